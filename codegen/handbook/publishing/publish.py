"""What was built, put where the user wants it, beside what the user has there.

A site is made of many files. Those it had and those it is to have are written into a list in its
folder before the first is replaced: whenever a run is stopped, every file is old or new, whole,
what is not in the list is the user's and stays, and the next run knows which are stale.
"""

import filecmp
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from ...files.emit import ForeignFileError
from ...files.turns import turn
from ...files.whole import SUFFIX, remove_leftovers, replace, replacing

_LIST = ".steprule-handbook"
"""The files of a site, one a line, in its folder; by it the folder is known for a site's."""
_NEW = f".site{SUFFIX}"
"""The folder in it in which the new files wait."""
EARLIER = "versions"
"""The folder in which an owner keeps earlier sites."""


def require_replaceable(folder: Path) -> None:
    """Refuse a folder that holds files and no site.

    Hidden ones, as those of git, are no matter, and earlier sites are none.

    Raises:
        ForeignFileError: it does, or it is a file.
    """
    if folder.is_dir():
        visible = {f.name for f in folder.iterdir() if not f.name.startswith(".")}
        if visible - {EARLIER} and not (folder / _LIST).is_file():
            raise ForeignFileError(
                f"{folder} holds files that are no handbook, and stays as it is. "
                "Name a new or an empty folder"
            )
    elif folder.exists() or folder.is_symlink():
        raise ForeignFileError(f"{folder} is no folder, and stays as it is. Name a folder")


def publish_folder(built: Path, target: Path, waiting: Callable[[], None] = lambda: None) -> None:
    """Put a copy of the files of a folder into another, and remove what an older copy left there.

    Raises:
        ForeignFileError: as :func:`require_replaceable` does; or a file of the site's name in it
            is not the site's.
        OSError: it cannot be written; the old site is still there.
    """
    require_replaceable(target)
    target = target.resolve()
    with turn(target, waiting):
        shutil.rmtree(target / _NEW, ignore_errors=True)
        remove_leftovers(target / _LIST)
        files = (f for f in built.rglob("*") if f.is_file())
        new = {PurePosixPath(f.relative_to(built).as_posix()) for f in files}
        old = _listed(target, new)
        _require_own(target, new, old)
        changed = [p for p in sorted(new) if not _is_same(built / p, target / p)]
        try:
            for path in changed:
                _copy(built / path, target / _NEW / path)
            _write_list(target, old | new)
            for path in changed:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                os.replace(target / _NEW / path, target / path)
        finally:
            shutil.rmtree(target / _NEW, ignore_errors=True)
        for path in old - new:
            _remove(target, path)
        _write_list(target, new)


def _listed(target: Path, new: set[PurePosixPath]) -> set[PurePosixPath]:
    """The files of the site that is there; if its list is empty, those of the new one's names."""
    file = target / _LIST
    if not file.is_file():
        return set()
    paths = map(PurePosixPath, file.read_text(encoding="utf-8", errors="replace").splitlines())
    listed = {p for p in paths if p.parts and not p.is_absolute() and ".." not in p.parts}
    return listed or new


def _require_own(target: Path, new: set[PurePosixPath], old: set[PurePosixPath]) -> None:
    for path in sorted(new):
        file = target / path
        above = [target / p for p in path.parents if p.parts]
        blocking = [f for f in above if f.is_symlink() or (f.exists() and not f.is_dir())]
        if blocking or file.is_symlink() or file.is_dir() or (file.exists() and path not in old):
            raise ForeignFileError(
                f"{(blocking or [file])[0]} is none of the handbook's, and stays as it is. "
                "Move it away, or name another folder"
            )


def _is_same(file: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(file, other, shallow=False)


def _write_list(target: Path, paths: set[PurePosixPath]) -> None:
    replace(target / _LIST, "".join(f"{path}\n" for path in sorted(paths)).encode())


def _copy(file: Path, to: Path) -> None:
    """With the permissions of the user's umask."""
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, to)


def _remove(target: Path, path: PurePosixPath) -> None:
    """A file that is no longer the site's, and the folders it leaves empty."""
    file = target / path
    if file.is_file() and not file.is_symlink():
        file.unlink()
    with suppress(OSError):  # not empty
        for above in path.parents:
            if above.parts:
                (target / above).rmdir()


def publish_file(built: Path, target: Path) -> None:
    """Put a copy of a file in the place of another.

    Raises:
        OSError: it cannot be written; the old one is still there.
    """
    target = target.resolve()
    remove_leftovers(target)
    with replacing(target) as temporary:
        shutil.copyfile(built, temporary)
