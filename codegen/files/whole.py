"""Files written whole: a new one is written beside the old one, then renamed over it."""

import glob
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUFFIX = ".steprule-new"
"""Of a file that is being written; one left by a killed run can be removed."""


def beside(file: Path) -> Path:
    """An empty file of a new name beside a file, on the same file system.

    Its permissions are those of the user's umask.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{secrets.token_hex(4)}{SUFFIX}")
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    return new


def remove_leftovers(file: Path) -> None:
    """Those that killed runs have left beside a file."""
    for leftover in file.parent.glob(f"{glob.escape(file.name)}.*{SUFFIX}"):
        leftover.unlink(missing_ok=True)


def fill(temporary: Path, content: bytes, file: Path) -> None:
    """Write the content of a file to be, and have it on the disk.

    Raises:
        OSError: it cannot be written; the error names the file.
    """
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from error


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """A new file to be filled within, which then takes the place of another.

    Raises:
        OSError: it cannot be made, or renamed; the old one is still there.
    """
    temporary = beside(file)
    try:
        yield temporary
        os.replace(temporary, file)
    finally:
        temporary.unlink(missing_ok=True)


def replace(file: Path, content: bytes) -> None:
    """Write a file: it is the old one or the new one at any moment.

    Raises:
        OSError: it cannot be written; the old one is still there.
    """
    remove_leftovers(file)
    with replacing(file) as temporary:
        fill(temporary, content, file)
