"""Hold every implementation of a schedule against the oracle, beside the peer it stands in for.

It passes where every result is as near to the exact one as its roundings explain (``bounds``), so
that cancellation (of 1 + cos near the end of an annealing) counts against nobody. A schedule that
follows a metric is held step by step, each from the states the implementation had before it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from ....specs.language import Schedule, eta, mu
from ...oracle import schedules as schedule_oracle
from ...oracle.arguments import Bound
from ...oracle.exact import Number, exact
from ...oracle.formats import FORMATS
from ..results import Result, Worst, told, worst
from ..ulp import Expected, expected
from .bounds import ScheduleBounds
from .engines import Implementation, Values, peer
from .steps import metrics, steps

_FLOAT = FORMATS["float64"]

_PEERS_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a peer raises where it has no such argument, or does not accept its value."""

Known: TypeAlias = Mapping[str, tuple[Expected | None, float]]
"""The exact value of every series, None for none, and how far from it rounding can lead."""

Found: TypeAlias = tuple[str, Worst]
"""The name of a series, and an error of it."""


def verify(
    schedule: Schedule,
    implementations: Sequence[Implementation],
    tried: Sequence[Bound],
    *,
    beside_peer: bool = True,
) -> list[Result]:
    """The worst errors of every series in every implementation, over all that is tried.

    Args:
        schedule: an analysed schedule.
        implementations: those of it.
        tried: its arguments, of which the first are tried at more steps than the others.
        beside_peer: whether what it stands in for, if it does, is run on the same.
    """
    found_of: dict[str, dict[str, Worst]] = {i.backend: {} for i in implementations}
    theirs: dict[str, Worst] | None = {} if schedule.peer and beside_peer else None
    beside = peer(schedule) if beside_peer else None
    for number, bound in enumerate(tried):
        trial = _Metrics(bound, number == 0) if schedule.states else _Steps(bound, number == 0)
        for each in implementations:
            try:
                found = list(trial.errors(each))
            except Exception as error:  # whatever generated code may raise is its failure
                found = [(eta.name, Worst(math.inf, 0.0, f"{told(error)} {trial.where}"))]
            _collect(found_of[each.backend], found)
        # With others inside, the peer stands for another rule.
        if beside is not None and theirs is not None and not (schedule.composes and number):
            try:
                found = list(trial.errors(beside))
            except _PEERS_ERRORS:
                continue
            _collect(theirs, found)
    return [
        Result(
            schedule.name,
            backend,
            "float64",
            quantity,
            found,
            theirs.get(quantity) if theirs else None,
        )
        for backend, quantities in found_of.items()
        for quantity, found in quantities.items()
    ]


def _collect(met: dict[str, Worst], errors: Iterable[Found]) -> None:
    for quantity, found in errors:
        met[quantity] = met.get(quantity, Worst()).or_(found)


class _Steps:
    """A schedule at the steps it is tried at; what is expected there is evaluated once."""

    def __init__(self, bound: Bound, is_first: bool) -> None:
        self.where = f"with {_described(bound)}"
        self._bound = bound
        self._names = [eta.name, *([mu.name] if bound.schedule.sets_momentum else [])]
        bounds = ScheduleBounds(bound)
        self._known: dict[int, Known] = {}
        for step in steps(bound, 300 if is_first else 12):
            values = {eta.name: schedule_oracle.rate(bound, step)}
            if bound.schedule.sets_momentum:
                values[mu.name] = schedule_oracle.momentum(bound, step)
            off = bounds.of(self._names, step)
            self._known[step] = {n: (_expected(values[n]), off[n]) for n in self._names}

    def errors(self, implementation: Implementation) -> Iterator[Found]:
        """The error of each series at each step."""
        for step, found in implementation.at(self._bound, list(self._known)):
            for name, (value, off) in self._known.get(step, {}).items():
                where = f"at step {step} {self.where}"
                if value is not None or implementation.backend == "numpy":
                    yield name, _error(found[name], value, off, where)


class _Metrics:
    """A schedule that follows metrics, from one to the next."""

    def __init__(self, bound: Bound, is_first: bool) -> None:
        self.where = f"with {_described(bound)}"
        self._bound = bound
        self._metrics = metrics(200 if is_first else 28)
        self._bounds = ScheduleBounds(bound)
        self._known: dict[tuple[object, ...], Known] = {}

    def errors(self, implementation: Implementation) -> Iterator[Found]:
        followed = implementation.follow(self._bound, self._metrics)
        for index, (metric, (before, after)) in enumerate(
            zip(self._metrics, followed, strict=True)
        ):
            where = f"after metric {index} {self.where}"
            for name, (value, off) in self._after(before, metric).items():
                yield name, _error(after[name], value, off, where)

    def _after(self, before: Values, metric: float) -> Known:
        key = (*before.values(), metric)
        if key not in self._known:
            given = {name: value for name, value in before.items() if value is not None}
            states = {name: exact(value) for name, value in given.items()}
            values = schedule_oracle.after(self._bound, states, metric)
            off = self._bounds.of(list(values), 0, given | {"metric": metric})
            self._known[key] = {n: (_expected(x), off[n]) for n, x in values.items()}
        return self._known[key]


def _expected(value: Number | None) -> Expected | None:
    return None if value is None else expected(value, _FLOAT)


def _error(computed: float | None, value: Expected | None, off: float, where: str) -> Worst:
    if computed is None or value is None:
        return Worst(0.0 if computed is value else math.inf, 0.0, where)
    return worst(value.distance(float(computed)), off, value, where)


def _described(bound: Bound) -> str:
    return ", ".join(f"{name}={_text(value)}" for name, value in bound.arguments.items())


def _text(value: object) -> str:
    if isinstance(value, Bound):
        return f"{value.schedule.name}({_described(value)})"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_text, value))}]"
    return getattr(value, "__name__", None) or repr(value)
