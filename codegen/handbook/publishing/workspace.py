"""The folder of sources that Sphinx reads, kept from one build to the next.

Only what differs is written, so that a page that stays the same is not built again, and a picture
whose digest stays the same is not drawn again.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..page import Page, Picture, digest
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

    def output(self, builder: str) -> Path:
        return self.folder / builder


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
    from filelock import FileLock, Timeout
    from platformdirs import user_cache_path

    named = [str(Path(r).resolve()) if ".py" in r else r for r in references]
    folder = user_cache_path("steprule") / "handbook" / digest(language, *named)[:16]
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waiting()
        lock.acquire()
    try:
        yield Workspace(folder)
    finally:
        lock.release()


def fill(
    space: Workspace, pages: Sequence[Page], drawing: Callable[[str], None] = lambda name: None
) -> None:
    """Bring the sources up to date.

    Args:
        space: where.
        pages: all there are; sources of others are removed.
        drawing: told the name of each picture before it is drawn.
    """
    texts = {f"{page.name}.md": page.text for page in pages}
    for page in pages:
        texts |= page.files
    kept = {space.sources / name for name in texts}
    for name, text in texts.items():
        _write(space.sources / name, text.encode())
    kept |= _draw(space.sources, _pictures(pages), drawing)
    for file in space.sources.rglob("*"):
        if file.is_file() and file not in kept:
            file.unlink()


def _pictures(pages: Sequence[Page]) -> Mapping[str, Picture]:
    return {picture.name: picture for page in pages for picture in page.pictures}


def _draw(
    sources: Path, pictures: Mapping[str, Picture], drawing: Callable[[str], None]
) -> set[Path]:
    """Draw those whose digest is new; returns the files of all."""
    record = sources / "pictures.json"
    known = json.loads(record.read_text()) if record.is_file() else {}
    kept = {record}
    for name, picture in sorted(pictures.items()):
        stem = sources / "pictures" / name
        files = {suffix: stem.with_name(stem.name + suffix) for suffix in (".svg", ".pdf")}
        kept |= set(files.values())
        if known.get(name) == picture.digest and all(f.is_file() for f in files.values()):
            continue
        drawing(name)
        for suffix, data in rendered(picture).items():
            _write(files[suffix], data)
        known[name] = picture.digest
        # At once: what is drawn is not drawn again after a build that fails.
        record.write_text(json.dumps(known, indent=1, sort_keys=True))
    record.write_text(json.dumps({n: known[n] for n in sorted(pictures)}, indent=1))
    return kept


def _write(file: Path, data: bytes) -> None:
    """A file with the same content keeps its time stamp."""
    if not file.is_file() or file.read_bytes() != data:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
