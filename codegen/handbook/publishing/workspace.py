"""The folder of sources that Sphinx reads, kept from one build to the next.

Only what differs is written, so that a page that stays the same is not built again, and a picture
whose digest stays the same is not drawn again. What was damaged, as by a run that was stopped, is
made anew.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from ...files.cache import digest
from ...files.turns import turn
from ...files.whole import replace
from ...forks import shared_out
from ..page import Page, Picture
from ..pictures.style import rendered


@dataclass(frozen=True)
class Workspace:
    """A folder that one build at a time works in."""

    folder: Path

    @property
    def sources(self) -> Path:
        return self.folder / "sources"

    @property
    def doctrees(self) -> Path:
        return self.folder / "doctrees"

    @property
    def static(self) -> Path:
        return self.folder / "static"

    @property
    def seal(self) -> Path:
        return self.folder / "seal"

    def output(self, builder: str) -> Path:
        return self.folder / builder

    @property
    def built(self) -> tuple[Path, ...]:
        """The folders that builds leave."""
        return self.doctrees, self.output("html"), self.output("latex")


@contextmanager
def workspace(
    language: str, references: Sequence[str], waiting: Callable[[], None]
) -> Iterator[Workspace]:
    """The workspace of a handbook, in the user's cache.

    Args:
        language: of the handbook.
        references: the specs it is about, as named; none for all.
        waiting: called if another build has it, before waiting for that to end.
    """
    named = [str(Path(r).resolve()) if ".py" in r else r for r in references]
    folder = user_cache_path("steprule") / "handbook" / digest(language, *named)[:16]
    space = Workspace(folder)
    with turn(folder, waiting):
        if _read(space.seal) != _state(space):
            for part in space.built:
                shutil.rmtree(part, ignore_errors=True)
        yield space
        replace(space.seal, _state(space).encode())


def _state(space: Workspace) -> str:
    """What a build leaves, but for what is in it: other than that, it was stopped or damaged."""
    files = sorted(file for part in space.built for file in part.rglob("*") if file.is_file())
    found = ((file, file.stat()) for file in files)
    return digest(*(f"{file} {stat.st_size} {stat.st_mtime_ns}" for file, stat in found))


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""


def fill(
    space: Workspace, pages: Sequence[Page], drawn: Callable[[str], None] = lambda name: None
) -> None:
    """Bring the sources up to date.

    Args:
        space: where.
        pages: all there are; sources of others are removed.
        drawn: told the name of each picture that is drawn.
    """
    texts = {f"{page.name}.md": page.text for page in pages}
    for page in pages:
        texts |= page.files
    kept = {space.sources / name for name in texts}
    for name, text in texts.items():
        _write(space.sources / name, text.encode())
    kept |= _draw(space.sources, _pictures(pages), drawn)
    for file in space.sources.rglob("*"):
        if file.is_file() and file not in kept:
            file.unlink()


def _pictures(pages: Sequence[Page]) -> Mapping[str, Picture]:
    return {picture.name: picture for page in pages for picture in page.pictures}


def _draw(
    sources: Path, pictures: Mapping[str, Picture], drawn: Callable[[str], None]
) -> set[Path]:
    """Draw those whose digest is new; returns the files of all."""
    record = sources / "pictures.json"
    known = _record(record)
    kept = {record}
    missing = list[tuple[Picture, Mapping[str, Path]]]()
    for name, picture in sorted(pictures.items()):
        stem = sources / "pictures" / name
        files = {suffix: stem.with_name(stem.name + suffix) for suffix in (".svg", ".pdf")}
        kept |= set(files.values())
        if name not in known or known[name] != _drawn(picture, files.values()):
            missing.append((picture, files))
    new = shared_out(rendered, [picture for picture, _ in missing])
    for (picture, files), data in zip(missing, new, strict=True):
        for suffix, content in data.items():
            _write(files[suffix], content)
        known[picture.name] = _drawn(picture, files.values())
        drawn(picture.name)
        # At once: what is drawn is not drawn again after a build that fails.
        _write(record, json.dumps(known, indent=1, sort_keys=True).encode())
    _write(record, json.dumps({n: known[n] for n in sorted(pictures)}, indent=1).encode())
    return kept


def _record(file: Path) -> dict[str, str]:
    """What is known of the pictures that are there; nothing, if the file is damaged."""
    try:
        found = json.loads(_read(file) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _drawn(picture: Picture, files: Iterable[Path]) -> str:
    """A picture and what its files hold, so that a damaged one is known."""
    held = (digest(f.read_bytes()) if f.is_file() else "" for f in files)
    return digest(picture.digest, *held)


def _write(file: Path, data: bytes) -> None:
    """A file with the same content keeps its time stamp."""
    if not file.is_file() or file.read_bytes() != data:
        replace(file, data)
