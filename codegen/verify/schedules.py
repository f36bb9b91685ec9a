"""Hold every implementation of a schedule against the oracle, beside the peer it stands in for.

The unit is the ulp of float64 at the ``schedule_reach`` of a result, so that cancellation (of
1 + cos near the end of an annealing) counts against nobody. A schedule that follows a metric is
held step by step, each from the states the implementation had before it.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ...specs.language import Schedule, eta, mu
from ..oracle import schedules as schedule_oracle
from ..oracle.arguments import Bound
from ..oracle.exact import Number, exact
from ..oracle.formats import FORMATS
from .schedule_configurations import configurations
from .schedule_engines import Implementation, Values, peer
from .schedule_reach import Reaches
from .schedule_steps import metrics, steps
from .ulp import errors
from .verify import Worst, told

BOUND = 4.0
"""In ulp: half a one for each of the eight roundings that the longest equations make in a row."""

_FLOAT = FORMATS["float64"]

_PEERS_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a peer raises where it has no such argument, or does not accept its value."""

Expected: TypeAlias = Mapping[str, tuple[Number | None, float]]
"""The exact value and its reach of every series."""


@dataclass(frozen=True)
class Result:
    """The worst error of one series in one implementation, in ulp.

    Args:
        spec: the schedule's name.
        backend: the implementation's.
        quantity: ``eta``, ``mu`` or a state.
        ours: the worst error.
        theirs: the peer's; None where there is none. Of a schedule made of others it is the
            error in its example alone: with others inside, the peer stands for another rule.
    """

    spec: str
    backend: str
    quantity: str
    ours: Worst
    theirs: Worst | None
    dtype: str = "float64"
    beyond: None = None
    theirs_beyond: None = None

    @property
    def failure(self) -> str:
        """What is wrong, and where; empty if nothing is."""
        return f"{self.ours.error:.3g} ulp {self.ours.where}" if self.ours.error > BOUND else ""


def verify(
    schedule: Schedule, implementations: Sequence[Implementation], *, beside_peer: bool = True
) -> list[Result]:
    """The worst errors of every series in every implementation, over all configurations.

    Args:
        schedule: an analysed schedule.
        implementations: those of it.
        beside_peer: whether what it stands in for, if it does, is run on the same.
    """
    worst: dict[str, dict[str, Worst]] = {i.backend: {} for i in implementations}
    theirs: dict[str, Worst] | None = {} if schedule.peer and beside_peer else None
    beside = peer(schedule) if beside_peer else None
    for number, bound in enumerate(configurations(schedule)):
        trial = _Metrics(bound, number == 0) if schedule.states else _Steps(bound, number == 0)
        where = f"with {_described(bound)}"
        for each in implementations:
            try:
                found = list(trial.errors(each))
            except Exception as error:  # whatever generated code may raise is its failure
                found = [(eta.name, told(error), math.inf)]
            _collect(worst[each.backend], found, where)
        if beside is not None and theirs is not None and not (schedule.composes and number):
            try:
                found = list(trial.errors(beside))
            except _PEERS_ERRORS:
                continue
            _collect(theirs, found, where)
    return [
        Result(schedule.name, backend, quantity, found, theirs.get(quantity) if theirs else None)
        for backend, quantities in worst.items()
        for quantity, found in quantities.items()
    ]


def _collect(worst: dict[str, Worst], errors: Iterable[tuple[str, str, float]], where: str) -> None:
    for quantity, when, found in errors:
        worst[quantity] = worst.get(quantity, Worst()).or_(Worst(found, f"{when} {where}"))


class _Steps:
    """A schedule at the steps it is tried at; what is expected there is evaluated once."""

    def __init__(self, bound: Bound, is_first: bool) -> None:
        self._bound = bound
        self._names = [eta.name, *([mu.name] if bound.schedule.sets_momentum else [])]
        reaches = Reaches(bound)
        self._expected: dict[int, Expected] = {}
        for step in steps(bound, 300 if is_first else 12):
            values: dict[str, Number | None] = {eta.name: schedule_oracle.rate(bound, step)}
            if bound.schedule.sets_momentum:
                values[mu.name] = schedule_oracle.momentum(bound, step)
            reach = reaches.of(self._names, step)
            self._expected[step] = {n: (values[n], reach[n]) for n in self._names}

    def errors(self, implementation: Implementation) -> Iterator[tuple[str, str, float]]:
        """The error of each series at each step: its name, where it was met, and how large."""
        for step, found in implementation.at(self._bound, list(self._expected)):
            for name, (value, reach) in self._expected.get(step, {}).items():
                if value is not None:
                    yield name, f"at step {step}", _error(found[name], value, reach)
                elif implementation.backend == "numpy" and found[name] is not None:
                    yield name, f"at step {step}", math.inf


class _Metrics:
    """A schedule that follows metrics, from one to the next."""

    def __init__(self, bound: Bound, is_first: bool) -> None:
        self._bound = bound
        self._metrics = metrics(200 if is_first else 28)
        self._reaches = Reaches(bound)
        self._known: dict[tuple[object, ...], Expected] = {}

    def errors(self, implementation: Implementation) -> Iterator[tuple[str, str, float]]:
        followed = implementation.follow(self._bound, self._metrics)
        for index, (metric, (before, after)) in enumerate(
            zip(self._metrics, followed, strict=True)
        ):
            for name, (value, reach) in self._after(before, metric).items():
                yield name, f"after metric {index}", _error(after[name], value, reach)

    def _after(self, before: Values, metric: float) -> Expected:
        key = (*before.values(), metric)
        if key not in self._known:
            states = {name: exact(value) for name, value in before.items() if value is not None}
            values = schedule_oracle.after(self._bound, states, metric)
            given = {name: value for name, value in before.items() if value is not None}
            reach = self._reaches.of(list(values), 0, given | {"metric": metric})
            self._known[key] = {name: (value, reach[name]) for name, value in values.items()}
        return self._known[key]


def _error(computed: float | None, value: Number | None, reach: float) -> float:
    if computed is None or value is None:
        return 0.0 if computed is value else math.inf
    if math.isinf(reach):
        return 0.0  # rounding decides
    return float(errors(float(computed), value, reach, _FLOAT))


def _described(bound: Bound) -> str:
    return ", ".join(f"{name}={_text(value)}" for name, value in bound.arguments.items())


def _text(value: object) -> str:
    if isinstance(value, Bound):
        return f"{value.schedule.name}({_described(value)})"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_text, value))}]"
    return getattr(value, "__name__", None) or repr(value)
