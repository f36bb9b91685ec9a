"""A spec file is run: within a time, looked at, and with what lies beside it.

One of this package's own is imported, so that what it declares is what has that name.
"""

import ast
import importlib
import sys
import tokenize
import traceback
from collections.abc import Collection, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from ...specs.language import SpecError
from ..analysis.nearby import either, near
from .asked import helpers, looked_at
from .deadline import COMPUTING, WAITING, Interrupted, Overrun, deadline
from .hints import described, hint
from .neighbours import neighbours
from .packaged import own_module

Bound = TypeVar("Bound")


@dataclass(frozen=True)
class Executed:
    """A file that was run.

    Args:
        names: what it binds.
        borrowed: the identities of what modules beside it bind, which is theirs.
        is_ours: whether it is one of this package's own.
    """

    names: Mapping[str, object]
    borrowed: frozenset[int]
    is_ours: bool = False

    def own(self, found: Mapping[str, Bound], ours: Collection[int]) -> dict[str, Bound]:
        """Those of some things that it makes itself; if none, those that lie beside it.

        Args:
            found: the things, by what they are bound to.
            ours: the identities of those of this package, which others import to build on.
        """
        ours = () if self.is_ours else ours
        others = {name: each for name, each in found.items() if id(each) not in ours}
        made = {name: each for name, each in others.items() if id(each) not in self.borrowed}
        return made or others


def executed(path: str) -> Executed:
    """What a file binds. It is compiled afresh: no bytecode is read or written beside it.

    Raises:
        SpecError: there is no such file, or it does not import.
    """
    file = Path(path)
    if not file.is_file():
        raise _no_file(file)
    if (name := own_module(path)) is not None:
        return _imported(name, file)
    module = ModuleType(f"steprule_spec_{file.stem}")
    module.__file__ = str(file)
    previous = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module  # where dataclasses and pickle look for it
    files = {str(file)}
    try:
        folder = file.resolve().parent
        with deadline(), neighbours(folder, files) as package, redirect_stdout(sys.stderr):
            if package:
                module.__spec__ = ModuleSpec(f"{package}.{file.stem}", None)
            with tokenize.open(file) as source:
                code = looked_at(source.read(), str(file))
            vars(module).update(helpers())
            exec(code, vars(module))
            borrowed = _bound_in(files - {str(file)})
    except Overrun as error:
        raise SpecError(
            "slow",
            spec=str(file),
            where=_line(str(file), error, files),
            problem=f"the file is still being imported after {COMPUTING} seconds of computing, or "
            f"{WAITING} of waiting",
            remedy="Leave out what takes so long: a loop without an end, a number of many digits",
        ) from error
    except KeyboardInterrupt as error:
        if isinstance(error.__cause__, Interrupted):
            raise
        raise _does_not_import(str(file), error, files, vars(module)) from error
    except BaseException as error:
        raise _does_not_import(str(file), error, files, vars(module)) from error
    finally:
        if previous is None:
            del sys.modules[module.__name__]
        else:
            sys.modules[module.__name__] = previous
    return Executed(vars(module), borrowed)


def _imported(name: str, file: Path) -> Executed:
    """A module of this package. What it borrows is what its import statements bind."""
    try:
        names = vars(importlib.import_module(name))
    except Exception as error:
        raise does_not_import(str(file.resolve()), error) from error
    imports = [n for n in ast.parse(file.read_bytes()).body if isinstance(n, ast.ImportFrom)]
    bound = [alias.asname or alias.name for each in imports for alias in each.names]
    borrowed = frozenset(id(names[each]) for each in bound if each in names)
    return Executed(names, borrowed, is_ours=True)


def _bound_in(files: Collection[str]) -> frozenset[int]:
    modules = [m for m in sys.modules.values() if getattr(m, "__file__", None) in files]
    return frozenset(id(value) for module in modules for value in vars(module).values())


def does_not_import(path: str, error: BaseException) -> SpecError:
    """The error for a module that cannot be imported, whatever it raises."""
    return _does_not_import(path, error, {path}, {})


def _no_file(file: Path) -> SpecError:
    beside = [f.name for f in file.parent.glob("*.py")] if file.parent.is_dir() else []
    close = [str(file.parent / f) for f in near(file.name, beside)]
    return SpecError(
        "no-file",
        spec=str(file),
        where="path",
        problem="it is a directory" if file.is_dir() else "there is no such file",
        remedy=f"Give {either(close)}" if close else "Give the path of a Python file",
    )


def _does_not_import(
    path: str, error: BaseException, files: Collection[str], names: Mapping[str, object]
) -> SpecError:
    beside = [file.stem for file in Path(path).parent.glob("*.py")]
    return SpecError(
        "import",
        spec=path,
        where=_line(path, error, files),
        problem=f"the file does not import: {type(error).__name__}: {described(error)}",
        remedy=hint(error, names, beside),
    )


def _line(path: str, error: BaseException, files: Collection[str]) -> str:
    """The last line of the file, or of one beside it, that the error passed through."""
    if isinstance(error, SyntaxError) and (file := error.filename or "") in files:
        return _of(path, file, f"line {error.lineno}")
    frames = traceback.extract_tb(error.__traceback__)
    lines = [
        _of(path, f.filename, f"line {f.lineno}: {f.line}") for f in frames if f.filename in files
    ]
    return lines[-1] if lines else "file"


def _of(path: str, file: str, line: str) -> str:
    return line if file == path else f"{Path(file).name}, {line}"
