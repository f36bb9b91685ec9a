"""What was built, put in place of the old: whole, or not at all."""

import os
import shutil
import tempfile
from pathlib import Path

from ...emit import ForeignFileError

_MARK = ".steprule-handbook"
"""A file in the folder of a site, by which it is known for one that can be replaced."""


def require_replaceable(folder: Path) -> None:
    """Refuse a folder that holds anything but a site.

    Raises:
        ForeignFileError: it does, or it is a file.
    """
    if folder.is_dir():
        if any(folder.iterdir()) and not (folder / _MARK).is_file():
            raise ForeignFileError(
                f"{folder} holds files that are no handbook, and stays as it is. "
                "Name a new or an empty folder"
            )
    elif folder.exists():
        raise ForeignFileError(f"{folder} is a file, and stays as it is. Name a folder")


def publish_folder(built: Path, target: Path) -> None:
    """Put a copy of a folder in the place of another.

    Raises:
        ForeignFileError: as :func:`require_replaceable` does.
        OSError: it cannot be written; the old one is still there.
    """
    require_replaceable(target)
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as name:
        new, old = Path(name) / "new", Path(name) / "old"
        shutil.copytree(built, new)
        (new / _MARK).touch()
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise


def publish_file(built: Path, target: Path) -> None:
    """Put a copy of a file in the place of another.

    Raises:
        OSError: it cannot be written; the old one is still there.
    """
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(descriptor)
    try:
        shutil.copyfile(built, name)
        Path(name).chmod(0o644)
        os.replace(name, target)
    finally:
        Path(name).unlink(missing_ok=True)
