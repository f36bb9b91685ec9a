"""The NumPy backend: in place, in cache-sized blocks, with reused buffers.

Stages: the compiled program is written out (``expand``), linearised and given buffers
(``allocate``); ``printer`` turns each instruction into a ufunc call and the templates put
the calls into a class.
"""

from collections.abc import Mapping, Sequence

from ....specs.language import Optimizer, Schedule, Spec
from ...program.allocate import Choice, Prefer, allocate
from ...program.compile import compile_spec
from ...program.linearise import linearise
from ...program.passes.expand import expand, expand_scalars
from .. import Entry
from ..rendering import environment
from ..schedule_class import schedule_context
from .context import context
from .printer import NumpyPrinter


class NumpyBackend:
    """Prints specs as classes over NumPy arrays."""

    name = "numpy"
    comment = "#"

    def __init__(self) -> None:
        self._printer = NumpyPrinter()
        self._templates = environment(
            __name__,
            {
                "instruction": self._printer,
                "scalar": self._printer.scalar,
                "is_choice": lambda step: isinstance(step, Choice),
            },
        )

    def files(self, spec: Spec) -> Mapping[str, str]:
        if isinstance(spec, Schedule):
            return {f"schedules/{spec.module}.py": self._schedule(spec)}
        return {f"{spec.module}.py": self._optimizer(spec)}

    def _schedule(self, schedule: Schedule) -> str:
        template = self._templates.get_template("schedules/schedule.py.j2")
        return template.render(schedule_context(schedule))

    def _optimizer(self, spec: Optimizer) -> str:
        program = linearise(expand(expand_scalars(compile_spec(spec))))
        listing = allocate(program, prefer=Prefer.OWN)
        template = self._templates.get_template("optimizer.py.j2")
        return template.render(context(spec, program, listing))

    def shared(self, entries: Sequence[Entry]) -> Mapping[str, str]:
        optimizers = [e for e in entries if not e.is_schedule]
        schedules = [e for e in entries if e.is_schedule]
        shared = {"__init__.py": optimizers, "_optimizer.py": optimizers}
        if schedules:
            shared |= {"schedules/__init__.py": schedules, "schedules/_schedule.py": schedules}
        return {
            name: self._templates.get_template(f"{name}.j2").render(entries=listed)
            for name, listed in shared.items()
        }


backend = NumpyBackend()
