"""Whether a run would find everything as the last one left it: told from bytes, in a moment.

A run that ends well is remembered with digests of all that it followed from (the generator and what
is installed, every file that was read while the specs were imported) and of the folder it
leaves. Where all of them are as they were, so is what it would do: nothing. Else it takes place. A
spec is a declaration: one that says something else by the hour or by a variable of the environment
is not seen to change.
"""

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import cache
from .cache import digest
from .sources import Sources, sources


@dataclass(frozen=True)
class Run:
    """What a run is asked for, and what it could follow from when it began.

    Args:
        references: the specs, as they are named.
        out: the folder.
        sources: digests of the generator and of what is installed.
        started: when it began, in nanoseconds.
    """

    references: tuple[str, ...]
    out: Path
    sources: Sources
    started: int

    @property
    def key(self) -> str:
        where = str(self.out.absolute()), os.getcwd()
        return digest("run", *where, *self.references, "", *sys.path)


def begun(references: Sequence[str], out: Path, started: int) -> Run:
    """A run that begins now."""
    return Run(tuple(references), out, sources(), started)


def unchanged(run: Run) -> int | None:
    """How many files there are, if all is as the last such run left it; else None."""
    last = cache.found(run.key)
    if last is None or last["sources"] != run.sources.whole:
        return None
    if not are_as_before(last["read"]):
        return None
    return last["count"] if _state(run.out, last["folders"]) == last["state"] else None


def remember(run: Run, read: Iterable[Path], folders: Iterable[str], count: int) -> None:
    """Keep that a run has left everything as it should be.

    Args:
        run: it has ended.
        read: the files that were read while its specs were imported.
        folders: those below its own that it writes to.
        count: how many files it has planned.
    """
    contents = contents_since(run.started, read)
    if contents is not None and sources() == run.sources:
        places = sorted(folders)
        cache.keep(
            run.key,
            {
                "sources": run.sources.whole,
                "read": contents,
                "folders": places,
                "state": _state(run.out, places),
                "count": count,
            },
        )


def contents_since(started: int, files: Iterable[Path]) -> dict[str, str | None] | None:
    """Digests of files; None if one was written to meanwhile, and may have been read before that.

    Args:
        started: when they began to be read, in nanoseconds.
        files: they may be gone.
    """
    read = sorted(files)
    if any(file.exists() and file.stat().st_mtime_ns >= started for file in read):
        return None
    return {str(file): _content(file) for file in read}


def are_as_before(contents: Mapping[str, str | None]) -> bool:
    """Whether files are what they were when these digests were taken."""
    return all(_content(Path(file)) == content for file, content in contents.items())


def _content(file: Path) -> str | None:
    return digest(file.read_bytes()) if file.is_file() else None


def _state(out: Path, folders: Iterable[str]) -> str:
    """All that lies where files are generated, but what Python leaves there."""
    return digest(*(part for folder in folders for part in _found(out / folder)))


def _found(folder: Path) -> Iterator[str | bytes]:
    for file in sorted([*folder.glob("*"), *folder.glob("*/*")]):
        kind = file.lstat().st_mode
        if "__pycache__" not in file.relative_to(folder).parts and not stat.S_ISDIR(kind):
            yield str(file)
            yield str(stat.S_IFMT(kind))
            yield file.read_bytes() if stat.S_ISREG(kind) else b""
