"""What schedules are tried with: deterministic, the plainest first, for any schedule."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ....specs.language import Choice, Hyper, Numbers, Option, Schedule, SpecError
from ...oracle.arguments import Bound, bound, example
from ...oracle.schedules import holds
from ...verify.optimizers.configurations import contains
from ...verify.schedules.steps import metrics, steps
from .bounds import flat, with_arguments

_FIRST = 24
"""So many of the first steps are looked at, each."""
_FARTHEST = 400
"""Those that go one step at a time are taken no further."""
_METRICS = 60
_WHOLE, _REAL = (6, 9, 2, 4), (0.25, 0.5, 1.5)
"""What numbers are tried at beside those of the example."""


@dataclass(frozen=True)
class Trial:
    """Arguments, and where it is looked.

    Args:
        bound: the schedule with its arguments.
        steps: counted from 0; of schedules that are stepped with a metric, how many were given.
        metrics: of those, all of them.
    """

    bound: Bound
    steps: tuple[int, ...]
    metrics: tuple[float, ...] = ()


def trials(schedule: Schedule, free: frozenset[str], held: Mapping[str, Any]) -> Iterator[Trial]:
    """What is tried.

    Args:
        schedule: the spec.
        free: the arguments that theirs hears of; the others are at their defaults.
        held: those that are to have a value throughout.

    Raises:
        SpecError: there is no such argument to hold, or no such value.
    """
    base = _base(schedule, free, held)
    found: list[dict[str, Any]] = [base]
    found += [base | {n: x} for n, x in _changes(schedule, base) if n in free and n not in held]
    for name, value in base.items():
        if isinstance(value, Bound):
            inner = value.arguments
            for n, x in _changes(value.schedule, inner):
                if f"{name}_{n}" in free - held.keys():
                    found.append(base | {name: Bound(value.schedule, {**inner, n: x})})
    for each in found:
        made = Bound(schedule, each)
        if holds(made):
            yield looked_at(made)


def looked_at(made: Bound) -> Trial:
    """A trial of a schedule: the first steps, around every boundary, and past the end."""
    if made.schedule.takes_metric:
        given = tuple(metrics(_METRICS))
        return Trial(made, tuple(range(1, _METRICS + 1)), given)
    return Trial(made, tuple(s for s in steps(made, _FIRST) if s <= _FARTHEST))


def _base(schedule: Schedule, free: Collection[str], held: Mapping[str, Any]) -> dict[str, Any]:
    """The example's arguments, where theirs hears of them; else the defaults."""
    shown, plain = example(schedule).arguments, bound(schedule, {}).arguments
    base = {n: shown[n] if n in free or x is None else x for n, x in plain.items()}
    known = flat(Bound(schedule, base))
    for name, value in held.items():
        if name not in known:
            raise SpecError(
                "audit",
                spec=schedule.name,
                where=name,
                problem="it has no argument of this name to hold",
                remedy=f"It has {', '.join(known)}",
            )
        base = with_arguments(Bound(schedule, base), **{name: value}).arguments
    return dict(base)


def _changes(schedule: Schedule, base: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """One argument, and another value of it."""
    for h in schedule.hyper:
        match h:
            case Option():
                yield h.name, not base[h.name]
            case Choice():
                yield from ((h.name, word) for word in h.words if word != base[h.name])
            case Hyper():
                for x in _WHOLE if h.is_whole or _is_count(base[h.name]) else _REAL:
                    if contains(h.domain, x) and x != base[h.name]:
                        yield h.name, x
            case Numbers() if base[h.name]:
                yield h.name, tuple(x * 2 for x in base[h.name])
            case _:
                continue


def _is_count(value: Any) -> bool:
    """A number of steps, though it need not be whole."""
    return isinstance(value, int) and value > 1
