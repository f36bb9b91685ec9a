"""What was compiled, as it is kept: a folder of files for each spec, published whole, and sealed.

It lies in the user's cache folder, as platformdirs finds it (``XDG_CACHE_HOME`` moves it on Linux).
An entry that nothing has asked for in 30 days is removed when another one is published.
"""

import errno
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from ..files import cache as kept
from ..files.sources import sources_of_texts
from ..files.whole import SUFFIX

_SEAL = "seal.json"
_TRIES = 3
"""At a place that others write to as well."""
_SEEN: set[str] = set()
"""Marks of entries that this process has found whole: what it may have imported stays as it is."""


def folder() -> Path:
    """Where entries are kept."""
    return kept.folder().with_name("compiled")


def find(mark: str, *, again: bool = False) -> Path | None:
    """The entry of a mark, if there is one that is whole and of this generator.

    Args:
        mark: which.
        again: look at its files although this process has found it whole before.
    """
    for place in _places():
        entry = place / mark
        if (mark in _SEEN and not again and entry.is_dir()) or _is_whole(entry):
            _SEEN.add(mark)
            with suppress(OSError):  # somebody else's, or on a disk that is only read
                os.utime(entry)
            return entry
    return None


def publish(mark: str, files: Mapping[str, bytes]) -> Path:
    """Keep an entry, for this process alone where the cache folder cannot be written to.

    Args:
        mark: whose.
        files: by path in it.

    Raises:
        OSError: it can be kept nowhere.
    """
    try:
        entry = _published(folder(), mark, files)
        _tidy()
    except OSError as error:
        _warn(f"{folder()} ({error.strerror or error})")
        entry = _published(_of_this_process(), mark, files)
    _SEEN.add(mark)
    return entry


def _places() -> Iterator[Path]:
    yield folder()
    if _of_this_process.cache_info().currsize:
        yield _of_this_process()


def _is_whole(entry: Path) -> bool:
    try:
        sealed: Any = kept.unsealed((entry / _SEAL).read_bytes())
        return (
            isinstance(sealed, dict)
            and sealed["basis"] == sources_of_texts()
            and all(
                kept.digest((entry / path).read_bytes()) == content
                for path, content in sealed["files"].items()
            )
        )
    except (OSError, KeyError, ValueError):
        return False


def _published(place: Path, mark: str, files: Mapping[str, bytes]) -> Path:
    """Written beside what may be there, which then gives way unless it is whole."""
    entry, new = place / mark, _beside(place, mark)
    try:
        for path, content in files.items():
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            (new / path).write_bytes(content)
        digests = {path: kept.digest(content) for path, content in files.items()}
        sealed = kept.sealed({"basis": sources_of_texts(), "files": digests})
        (new / _SEAL).write_bytes(sealed)
        for _ in range(_TRIES):
            if _is_whole(entry):  # as one is that another process has published meanwhile
                return entry
            _remove(entry)
            with suppress(FileExistsError):
                _rename(new, entry)
                return entry
    finally:
        shutil.rmtree(new, ignore_errors=True)
    raise OSError(errno.EIO, "others write there, and leave nothing whole", str(entry))


def _beside(place: Path, mark: str) -> Path:
    return place / f"{mark}.{secrets.token_hex(4)}{SUFFIX}"


def _remove(entry: Path) -> None:
    """At once: nobody finds a part of it."""
    gone = _beside(entry.parent, entry.name)
    with suppress(FileNotFoundError):
        entry.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def _rename(new: Path, entry: Path) -> None:
    """Put a folder in a place where there is none.

    Raises:
        FileExistsError: there is one.
    """
    try:
        new.rename(entry)
    except OSError as error:
        if entry.exists():
            raise FileExistsError(error.errno, error.strerror, str(entry)) from error
        raise


def _tidy() -> None:
    with suppress(OSError):
        for each in kept.unasked(folder()):
            shutil.rmtree(each, ignore_errors=True)


@cache
def _of_this_process() -> Path:
    made = tempfile.TemporaryDirectory(prefix="steprule_")
    _KEPT.append(made)  # which removes it when the process ends
    return Path(made.name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


@cache
def _warn(where: str) -> None:
    warnings.warn(
        f"what steprule.compile makes cannot be kept in {where}: it is made anew in every process, "
        "and no other one can unpickle it",
        RuntimeWarning,
        stacklevel=2,
    )
