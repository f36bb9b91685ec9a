"""What somebody's schedule agrees with, where it parts from the spec."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from sympy import Basic, Expr

from ....specs.language import Choice, Option, Schedule, SpecError, Update
from ....specs.language.peers import Difference
from ....specs.language.symbols import Value
from ....specs.peers import PEERS
from ...loading.load import builtin_schedules
from ...oracle.arguments import Bound
from ...oracle.exact import UndecidedError
from .bounds import with_arguments
from .compare import SINGLE, TOLERANCE, parted
from .courses import Rates, our_rates
from .trials import Trial

_SHIFTS = {0: "", 1: ", one step ahead", -1: ", one step behind"}


@dataclass(frozen=True)
class Taken:
    """A trial, and the rates that the other gives in it."""

    trial: Trial
    theirs: Rates


def dialect(schedule: Schedule, taken: Sequence[Taken], free: frozenset[str]) -> str:
    """What gives their rates in all trials in which the two part, in words; or nothing.

    Args:
        schedule: the spec.
        taken: those trials.
        free: the arguments that theirs hears of, which are no dialect.
    """
    shifts = {0: ""} if schedule.takes_metric else _SHIFTS
    own = (schedule.module, _Variant(schedule, {}))
    variants = [own, *_variants(taken[0].trial.bound, free)]
    for tolerance, but in ((TOLERANCE, ""), (SINGLE, ", but for the rounding of float32")):
        for shift, said in shifts.items():
            for words, variant in variants:
                if all(_gives(variant(t.trial.bound), shift, t, tolerance) for t in taken):
                    return words + said + but
    return ""


def _variants(made: Bound, free: frozenset[str]) -> Iterator[tuple[str, "_Variant"]]:
    schedule = made.schedule
    for each in (p for p in PEERS if p.of == schedule.name):
        for difference in each.differences:
            if difference.equations:
                yield difference.words, _Variant(by_difference(schedule, difference), {})
    for name, value in _switched(made):
        if name not in free:
            yield f"{schedule.module} with {name}={value!r}", _Variant(schedule, {name: value})
    for other in builtin_schedules().values():
        needed = {h.name for h in other.hyper}
        if other is not schedule and needed <= made.arguments.keys():
            yield other.module, _Variant(other, {})


def _switched(made: Bound) -> Iterator[tuple[str, object]]:
    """Options and words that are other than they are, those of inner schedules among them."""
    for h in made.schedule.hyper:
        value = made.arguments[h.name]
        if isinstance(h, Option):
            yield h.name, not value
        elif isinstance(h, Choice):
            yield from ((h.name, word) for word in h.words if word != value)
        elif isinstance(value, Bound):
            yield from ((f"{h.name}_{name}", x) for name, x in _switched(value))


@dataclass(frozen=True)
class _Variant:
    schedule: Schedule
    changed: dict[str, object]

    def __call__(self, made: Bound) -> Bound:
        known = {h.name for h in self.schedule.hyper}
        own = {n: x for n, x in made.arguments.items() if n in known}
        return with_arguments(Bound(self.schedule, own), **self.changed)


def by_difference(schedule: Schedule, difference: Difference) -> Schedule:
    """A schedule with the equations of a peer in place of its own."""
    changed: dict[Basic, Expr] = {u.target: u.value for u in difference.equations}
    known = {u.target for u in schedule.updates}
    updates = [Update(u.target, changed.get(u.target, u.value)) for u in schedule.updates]
    updates += [Update(cast(Value, x), e) for x, e in changed.items() if x not in known]
    return replace(schedule, updates=updates)


def _gives(made: Bound, shift: int, taken: Taken, tolerance: float) -> bool:
    trial = taken.trial
    moved = replace(trial, bound=made, steps=tuple(max(0, s + shift) for s in trial.steps))
    try:
        return not parted(our_rates(moved), taken.theirs, tolerance)
    except (ValueError, ArithmeticError, KeyError, SpecError, UndecidedError):
        return False
