"""Where the generated classes of a spec are found."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from ...specs.language import Schedule, Spec, SpecError
from ..analysis import analyse
from ..backends import runnable
from ..files.emit import difference, plan
from ..files.write import write
from ..loading.fingerprint import fingerprint
from ..loading.load import builtin_like, builtin_schedules
from .optimizers.starts import Installed, Package


@contextmanager
def generated(spec: Spec) -> Iterator[Package]:
    """Imports a module of the package in which a spec's classes are found, by its path.

    For a built-in spec that is the installed package; for any other, one generated for the
    occasion. Beside a schedule that has the built-in ones, as a schedule may be made of them.

    Raises:
        SpecError: what the installed package has is not of this spec.
    """
    known = builtin_schedules() if isinstance(spec, Schedule) else {}
    own = known.pop(spec.name, None) if isinstance(spec, Schedule) else builtin_like(spec)
    if own is not None and fingerprint(analyse(own)) == fingerprint(spec):
        _require_generated(spec)
        yield Installed(__name__.partition(".")[0])
        return
    others = map(analyse, known.values())
    with tempfile.TemporaryDirectory(prefix="steprule_") as name:
        folder = Path(name)
        planned = plan([spec, *others], runnable(), folder, complete=True)
        write(difference(planned, folder), folder)
        try:
            yield Installed(folder.name, str(folder.parent))
        finally:
            if str(folder.parent) in sys.path:
                sys.path.remove(str(folder.parent))


def _require_generated(spec: Spec) -> None:
    """Refuse what was changed, or added, and not generated since."""
    package = find_spec(f"{__name__.partition('.')[0]}.numpy")
    folder = Path(package.origin).parent if package and package.origin else Path()
    file = folder / ("schedules" if isinstance(spec, Schedule) else "") / f"{spec.module}.py"
    if not file.is_file() or fingerprint(spec) not in file.read_text().partition("\n")[0]:
        raise SpecError(
            "verify",
            spec=spec.name,
            where=f"{spec.module}.py",
            problem="what is generated is not of this spec, which has changed since",
            remedy="Run steprule generate, and then this again",
        )
