"""Where the generated classes of a schedule are found."""

import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from ...specs.language import Schedule
from ..analysis import analyse
from ..backends import backends
from ..emit import difference, plan, write
from ..fingerprint import fingerprint
from ..load import builtin_schedules

PYTHON = ("numpy", "torch")
"""The backends whose schedules can be run."""


@contextmanager
def generated(schedule: Schedule) -> Iterator[Callable[[str], ModuleType]]:
    """Imports a module of the package in which a schedule's classes are found, by its path.

    For a built-in schedule that is the installed package; for any other, one generated for the
    occasion, in which the built-in ones are too, as a schedule may be made of them.
    """
    others = {name: analyse(s) for name, s in builtin_schedules().items()}
    own = others.pop(schedule.name, None)
    if own is not None and fingerprint(own) == fingerprint(schedule):
        root = __name__.partition(".")[0]
        yield lambda module: importlib.import_module(f"{root}.{module}")
        return
    with tempfile.TemporaryDirectory(prefix="steprule_") as name:
        folder = Path(name)
        python = {n: b for n, b in backends().items() if n in PYTHON}
        planned = plan([schedule, *others.values()], python, folder, complete=True)
        write(difference(planned, folder), folder)
        sys.path.insert(0, str(folder.parent))
        try:
            importlib.invalidate_caches()
            yield lambda module: importlib.import_module(f"{folder.name}.{module}")
        finally:
            sys.path.remove(str(folder.parent))
