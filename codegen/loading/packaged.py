"""What package a file lies in: this one's ``specs``, or one of somebody's own.

It is told from paths alone, before anything is imported.
"""

from pathlib import Path

from ... import specs


def path_and_name(reference: str) -> tuple[str, str]:
    """The two parts of ``path/to/file.py:name``; each is empty where it is not there."""
    path, _, name = reference.rpartition(":")
    if path.endswith(".py"):
        return path, name
    return (reference, "") if reference.endswith(".py") else ("", reference)


def own_module(path: str) -> str | None:
    """The module of this package's specs that a file is, whatever path leads to it."""
    file, root = Path(path).resolve(), Path(specs.__path__[0]).resolve()
    if not path or not file.is_relative_to(root):
        return None
    below = file.relative_to(root).with_suffix("").parts
    return ".".join([specs.__name__, *(part for part in below if part != "__init__")])


def packages_above(folder: Path) -> list[Path]:
    """The folders with an ``__init__.py`` that a file in a folder lies in, outermost first."""
    above: list[Path] = []
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        above.insert(0, folder)
        folder = folder.parent
    return above
