"""Modules beside a spec file, which it can import as a script can.

Where its folder is a package, what it imports with dots, or by the package's name, is found in it.
What is installed comes first, so that a neighbour called ``numpy.py`` is in nobody's way; anything
else that Python would find, such as a module of the folder that a command is called in, comes
later. Neighbours are looked at as spec files are, and forgotten afterwards: another file may have
others of the same names beside it, and each is read again where it has changed.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import FileFinder, ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import decode_source
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from .asked import helpers, looked_at
from .packaged import packages_above

_OF_PACKAGES = ("site-packages", "dist-packages")
"""What folders are called that packages are installed into."""


@contextmanager
def neighbours(folder: Path, found: set[str]) -> Iterator[str]:
    """Within, modules in a folder can be imported; the files of those that were are added.

    Yields:
        the package that the folder is, by its name within the outermost; or nothing.
    """
    above = packages_above(folder)
    if above and is_installed(above[0].name, other_than=above[0]):
        above = []
    roots = {name: folder for name in _modules(folder) if not is_installed(name)}
    finder = _Finder(roots | {top.name: top.parent for top in above[:1]}, found)
    modules = [name for name in sys.modules if finder.has(name)]
    aside = {name: sys.modules.pop(name) for name in modules}
    sys.meta_path.insert(0, finder)
    try:
        yield ".".join(package.name for package in above)
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if finder.has(name)]:
            del sys.modules[name]
        sys.modules.update(aside)


class _Finder(MetaPathFinder):
    def __init__(self, roots: Mapping[str, Path], found: set[str]) -> None:
        self._roots, self._found = roots, found

    def has(self, name: str) -> bool:
        """Whether a module of this name is found here, or would be within one that is."""
        return name.partition(".")[0] in self._roots

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not self.has(fullname):
            return None
        for folder in path or [str(self._roots[fullname])]:
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


def _modules(folder: Path) -> set[str]:
    return {entry.stem for entry in folder.iterdir() if _is_module(entry)}


def _is_module(entry: Path) -> bool:
    if entry.name.startswith("__") or not entry.stem.isidentifier():
        return False
    return entry.suffix == ".py" or (entry / "__init__.py").is_file()


def is_installed(name: str, *, other_than: Path | None = None) -> bool:
    """Whether a module is Python's, or of a package that is installed.

    Args:
        name: its name.
        other_than: a folder that may be what is installed, and then does not count.
    """
    if name in sys.stdlib_module_names:
        return True
    folders = [folder for folder in sys.path if Path(folder).name in _OF_PACKAGES]
    finders = [f for f in sys.meta_path if f is not PathFinder and not isinstance(f, _Finder)]
    found = [PathFinder.find_spec(name, folders), *(f.find_spec(name, None) for f in finders)]
    places = [spec.submodule_search_locations or () for spec in found if spec is not None]
    return any(other_than not in {Path(p).resolve() for p in each} for each in places)
