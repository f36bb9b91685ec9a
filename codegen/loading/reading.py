"""Which files are read while specs are imported: all that they can follow from."""

import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from importlib.util import source_from_cache
from pathlib import Path

_reading: ContextVar[set[Path] | None] = ContextVar("_reading", default=None)


@contextmanager
def reading() -> Iterator[set[Path]]:
    """The files that are opened within, whether they are there or not; of modules, the source.

    Those of Python, of this package and of what is installed are left out, as they have versions;
    and what the system says of a process, which torch asks for.
    """
    _listen()
    found: set[Path] = set()
    token = _reading.set(found)
    try:
        yield found
    finally:
        _reading.reset(token)
        found -= {file for file in found if any(file.is_relative_to(root) for root in _left_out())}


@cache
def _listen() -> None:
    """Once in a process: what listens to Python cannot be taken away again."""

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and (found := _reading.get()) is not None:
            path = arguments[0]
            if isinstance(path, str | bytes | os.PathLike):
                found.add(_source(os.path.abspath(os.fsdecode(path))))

    sys.addaudithook(heard)


def _source(path: str) -> Path:
    if path.endswith(".pyc"):
        with suppress(ValueError):  # no compiled file of a source
            return Path(source_from_cache(path))
    return Path(path)


@cache
def _left_out() -> frozenset[Path]:
    folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    system = ("/proc", "/sys", "/dev")
    return frozenset({*map(Path, (*folders, *system)), Path(__file__).parent.parent})


def loaded() -> set[Path]:
    """The files of all modules that this process has imported, of those that are not left out."""
    origins = (getattr(module, "__file__", None) for module in [*sys.modules.values()])
    files = {Path(os.path.abspath(origin)) for origin in origins if isinstance(origin, str)}
    return {file for file in files if not any(file.is_relative_to(r) for r in _left_out())}
