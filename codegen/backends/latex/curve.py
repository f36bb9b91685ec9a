"""The curve of a schedule: what its generated code gives, step by step, for its example.

The NumPy classes of the schedule, and of those in its example, are rendered and imported in
memory, beside the runtime they need, so that a spec can be drawn before it is installed anywhere,
and no formula is written a second time for its picture.
"""

import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from ....specs.language import Schedule, SpecError
from ...analysis import analyse
from ...oracle.arguments import Bound, example
from ...program.compiled import CompiledSchedule, compiled
from ...runtime.numpy import schedules
from ..numpy import backend

FLAT_FROM = 40
"""From this step on the metric of :func:`observed` is flat."""

_PACKAGE = schedules.__name__


@dataclass(frozen=True)
class Curve:
    """The values at steps 0, 1, ...; a momentum is None where none is set."""

    rates: tuple[float, ...]
    momenta: tuple[float | None, ...]


def observed(step: int) -> float:
    """The metric that schedules stepped with one are drawn for, from step 1 on.

    It falls, and no longer: ``1/min(step, 40)``.
    """
    return 1 / min(step, FLAT_FROM)


def curve(compiled: CompiledSchedule) -> Curve:
    """The values over the schedule's span. Before the first metric, at step 0, is the first rate.

    Raises:
        SpecError: the generated class refuses the example, or fails for it.
    """
    schedule = compiled.spec
    steps = range(schedule.span)
    bound = example(schedule)
    with _classes(bound, compiled) as classes:
        try:
            made = _made(bound, classes)
            if schedule.takes_metric:
                rates = (made(), *(made.step(observed(k)) for k in steps[1:]))
                momenta = (None,) * len(steps)
            else:
                rates, momenta = tuple(map(made, steps)), tuple(map(made.momentum, steps))
            for step, rate in enumerate(rates):
                if not math.isfinite(rate):
                    raise ValueError(f"the rate at step {step} is {rate}")
            return Curve(rates, momenta)
        except (ValueError, LookupError, ArithmeticError) as error:
            raise SpecError(
                "example",
                spec=schedule.name,
                where="example",
                problem=f"the generated class cannot be drawn with it: {error}",
                remedy="Change the example, or the equations",
            ) from error


def _made(bound: Bound, classes: Mapping[str, type]) -> Any:
    arguments = {name: _argument(x, classes) for name, x in bound.arguments.items()}
    return classes[bound.schedule.name](**arguments)


def _argument(value: Any, classes: Mapping[str, type]) -> Any:
    if isinstance(value, tuple):
        return tuple(_argument(x, classes) for x in value)
    return _made(value, classes) if isinstance(value, Bound) else value


@contextmanager
def _classes(bound: Bound, own: CompiledSchedule) -> Iterator[Mapping[str, type]]:
    """The generated classes of a schedule and all it is made of, by name."""
    sources: dict[str, str] = {}
    names: dict[str, str] = {}
    for schedule in _schedules(bound):
        is_own = schedule.module == own.spec.module
        files = backend.files(own if is_own else compiled(analyse(schedule)))
        names[schedule.name] = module = f"{_PACKAGE}.{schedule.module}"
        sources[module] = files[f"schedules/{schedule.module}.py"]
    try:
        for name, source in sources.items():
            module = sys.modules[name] = ModuleType(name)  # where dataclasses look
            module.__package__ = _PACKAGE
            exec(compile(source, name, "exec"), vars(module))
        yield {name: getattr(sys.modules[module], name) for name, module in names.items()}
    finally:
        for name in sources:
            sys.modules.pop(name, None)


def _schedules(bound: Bound) -> Iterator[Schedule]:
    yield bound.schedule
    for value in bound.arguments.values():
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Bound):
                yield from _schedules(each)
