"""Modules beside a spec file, which it can import as a script can.

What is installed comes first, so that a neighbour called ``numpy.py`` is in nobody's way; anything
else that Python would find, such as a module of the folder that a command is called in, comes
later. Neighbours are looked at as spec files are, and forgotten afterwards: another file may have
others of the same names beside it, and each is read again where it has changed.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import FileFinder, ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import decode_source
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from .asked import helpers, looked_at

_OF_PACKAGES = ("site-packages", "dist-packages")
"""What folders are called that packages are installed into."""


@contextmanager
def neighbours(folder: Path, found: set[str]) -> Iterator[None]:
    """Within, modules in a folder can be imported; the files of those that were are added."""
    finder = _Finder(folder, found)
    modules = [name for name in sys.modules if finder.has(name)]
    aside = {name: sys.modules.pop(name) for name in modules}
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if finder.has(name)]:
            del sys.modules[name]
        sys.modules.update(aside)


class _Finder(MetaPathFinder):
    def __init__(self, folder: Path, found: set[str]) -> None:
        self._folder, self._found = folder, found
        names = {entry.stem for entry in folder.iterdir() if _is_module(entry)}
        self._roots = {name for name in names if not is_installed(name)}

    def has(self, name: str) -> bool:
        """Whether a module of this name is found here, or would be within one that is."""
        return name.partition(".")[0] in self._roots

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not self.has(fullname):
            return None
        for folder in path or [str(self._folder)]:
            spec = FileFinder(folder, (_Loader, [".py"])).find_spec(fullname)
            if spec is not None and spec.loader is not None:
                self._found.add(str(spec.origin))
                return spec
        return None


class _Loader(SourceFileLoader):
    """Compiles the source each time: no bytecode is read or written beside it."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return looked_at(decode_source(self.get_data(path)), path)

    def exec_module(self, module: Any) -> None:
        vars(module).update(helpers())
        super().exec_module(module)


def _is_module(entry: Path) -> bool:
    if entry.name.startswith("__") or not entry.stem.isidentifier():
        return False
    return entry.suffix == ".py" or (entry / "__init__.py").is_file()


def is_installed(name: str) -> bool:
    """Whether a module is Python's, or of a package that is installed."""
    if name in sys.stdlib_module_names:
        return True
    folders = [folder for folder in sys.path if Path(folder).name in _OF_PACKAGES]
    return PathFinder.find_spec(name, folders) is not None or any(
        finder.find_spec(name, None) is not None
        for finder in sys.meta_path
        if finder is not PathFinder and not isinstance(finder, _Finder)
    )
