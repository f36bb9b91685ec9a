"""The NumPy backend: in place, in cache-sized blocks, with reused buffers.

Stages: the compiled program is written out (``expand``), linearised and given buffers
(``allocate``); ``printer`` turns each instruction into a ufunc call and the templates put
the calls into a class.
"""

from collections.abc import Mapping, Sequence

from ...notation.memo import once
from ...program import operations
from ...program.allocate import Prefer, Step, allocate
from ...program.compiled import Compiled, CompiledRule, CompiledSchedule, CompiledTransform
from ...program.cut import Parts
from ...program.linearise import linearise
from ...program.passes.expand import expand
from ...program.passes.spare import spare
from ...program.turns import turns
from .. import Entry
from ..clipping import clippings
from ..iterations import iteration_functions
from ..outputs import output_functions
from ..points import of_points
from ..rendering import environment
from ..runtime import runtime
from ..schedule_class import schedule_context
from .context import context
from .printer import EXPRESSIONS, NumpyPrinter

_BESIDE = frozenset({operations.SIGN})
"""What NumPy computes many times as fast beside its operand as over it, which it does element by
element, branching on each."""


class NumpyBackend:
    """Prints specs as classes over NumPy arrays."""

    name = "numpy"
    comment = "#"

    def files(self, compiled: Compiled) -> Mapping[str, str]:
        match compiled:
            case CompiledRule():
                found = {f"{compiled.module}.py": _optimizer(compiled)}
                return found | of_points(self, compiled)
            case CompiledSchedule():
                return {f"schedules/{compiled.module}.py": _schedule(compiled)}
            case CompiledTransform():
                return {"_clipping.py": self.shared(())["_clipping.py"]}

    def shared(self, entries: Sequence[Entry]) -> Mapping[str, str]:
        found = clippings()
        return runtime("steprule.codegen.runtime.numpy", _TEMPLATES, entries, clippings=found)


@once
def _schedule(compiled: CompiledSchedule) -> str:
    """Its class; pictures of its curve are drawn by it too."""
    template = _TEMPLATES.get_template("schedules/schedule.py.j2")
    return template.render(schedule_context(compiled))


def _optimizer(compiled: CompiledRule) -> str:
    parts = turns(spare(compiled.in_turns))
    program = linearise(expand(parts.program))
    listing = allocate(program, prefer=Prefer.OWN, beside=_BESIDE)
    template = _TEMPLATES.get_template("optimizer.py.j2")
    found = context(compiled, parts, program, listing)
    found |= {"outputs": output_functions(compiled, EXPRESSIONS)}
    found |= {"iterations": iteration_functions((program,), EXPRESSIONS)}
    return template.render(found | {"clippings": clippings()})


def _elementwise(parts: Parts) -> Sequence[Step]:
    listing = allocate(linearise(expand(parts.elementwise)))
    if listing.scratch:
        raise NotImplementedError(f"{parts.elementwise.spec} needs scratch of its own")
    return listing.steps


_PRINTER = NumpyPrinter()
_TEMPLATES = environment(
    __name__,
    {"instruction": _PRINTER, "scalar": _PRINTER.scalar, "elementwise": _elementwise},
)

backend = NumpyBackend()
