"""What runs a schedule with given arguments: the generated classes, and the peer."""

import importlib
import math
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeAlias

from ....specs.language import Schedule, eta, mu
from ...oracle.arguments import Bound
from ...oracle.arguments import bound as defaulted

Values: TypeAlias = Mapping[str, float | None]
"""The rate and the momentum, or states, by the name of their series."""

STEPPED = 300
"""How far schedulers that go one step at a time are taken."""

FIRST_MOMENTUM = 0.5
"""That of the optimizer, before a scheduler sets it."""


@dataclass(frozen=True)
class Implementation:
    """A way to run a schedule, in float64.

    Args:
        backend: its name in the report.
        at: the values at each of some steps: in any order, any number of times, and others
            on the way.
        follow: the states before and after each of some metrics.
    """

    backend: str
    at: Callable[[Bound, Sequence[int]], Iterator[tuple[int, Values]]]
    follow: Callable[[Bound, Sequence[float]], Iterator[tuple[Values, Values]]]


def implementations(
    package: Callable[[str], ModuleType], without: Collection[str] = ()
) -> list[Implementation]:
    """The generated ones, by a function that imports a backend's package; none that is absent."""
    found = [numpy_schedules(package("numpy.schedules"))]
    if "torch" not in without:
        found.append(torch_schedulers("torch", package("torch.lr_scheduler"), jumps=True))
    return found


def peer(schedule: Schedule) -> Implementation | None:
    """The one a schedule is a drop-in for, stepped plainly."""
    module, _, _ = schedule.peer.rpartition(".")
    return (
        torch_schedulers("peer", importlib.import_module(module), jumps=False) if module else None
    )


def numpy_schedules(module: Any) -> Implementation:
    """Functions of the step."""

    def make(bound: Bound) -> Any:
        return getattr(module, bound.schedule.name)(**_arguments(bound, make))

    def at(bound: Bound, steps: Sequence[int]) -> Iterator[tuple[int, Values]]:
        schedule = make(bound)
        for step in steps:
            yield step, {eta.name: _rate(schedule, step), mu.name: schedule.momentum(step)}

    def follow(bound: Bound, metrics: Sequence[float]) -> Iterator[tuple[Values, Values]]:
        schedule = make(bound)
        keys = {state.name: state.key for state in bound.schedule.states}
        return _followed(schedule, metrics, lambda: _attributes(schedule, keys))

    return Implementation("numpy", at, follow)


def _rate(schedule: Any, step: int) -> float:
    """The rate; infinite where Python does not go beyond the largest float."""
    try:
        return schedule(step)
    except OverflowError:
        return math.inf


def torch_schedulers(backend: str, module: Any, *, jumps: bool) -> Implementation:
    """Schedulers of one parameter, stepped; and put to each step directly, where they can be."""

    def make(bound: Bound, optimizer: Any) -> Any:
        arguments = _arguments(bound, lambda inner: part(inner, optimizer))
        arguments.pop("lr", None)
        return getattr(module, bound.schedule.name)(optimizer=optimizer, **arguments)

    def part(bound: Bound, optimizer: Any) -> Any:
        # Those that have rates of their own leave one for the whole to start from, as in torch.
        (group,) = optimizer.param_groups
        start = group.get("initial_lr", group["lr"])
        made = make(bound, optimizer)
        group["initial_lr"] = start
        return made

    def at(bound: Bound, steps: Sequence[int]) -> Iterator[tuple[int, Values]]:
        optimizer = _optimizer(bound)
        group = optimizer.param_groups[0]

        def values(*jump: int) -> Values:
            try:
                scheduler.step(*jump)
            except OverflowError:
                return {eta.name: math.inf, mu.name: group["momentum"]}
            return {eta.name: group["lr"], mu.name: group["momentum"]}

        with _quietly():
            scheduler = make(bound, optimizer)
            yield 0, {eta.name: group["lr"], mu.name: group["momentum"]}
            for step in range(1, min(max(steps), STEPPED) + 1):
                yield step, values()
            for step in steps if jumps else ():
                yield step, values(step)

    def follow(bound: Bound, metrics: Sequence[float]) -> Iterator[tuple[Values, Values]]:
        optimizer = _optimizer(bound)
        scheduler = make(bound, optimizer)
        group = optimizer.param_groups[0]
        keys = {s.name: s.key for s in bound.schedule.states if s.name != eta.name}
        return _followed(
            scheduler, metrics, lambda: _attributes(scheduler, keys) | {eta.name: group["lr"]}
        )

    return Implementation(backend, at, follow)


def _followed(
    schedule: Any, metrics: Sequence[float], read: Callable[[], Values]
) -> Iterator[tuple[Values, Values]]:
    for metric in metrics:
        before = read()
        schedule.step(metric)
        yield before, read()


def _attributes(schedule: Any, keys: Mapping[str, str]) -> dict[str, float | None]:
    return {name: getattr(schedule, key) for name, key in keys.items()}


def _arguments(bound: Bound, make: Callable[[Bound], Any]) -> dict[str, Any]:
    """The arguments of a constructor; those at their defaults are left to it."""
    defaults = defaulted(bound.schedule, {}).arguments
    return {
        name: _made(value, make)
        for name, value in bound.arguments.items()
        if value is not None and (value != defaults[name] or defaults[name] is None)
    }


def _made(value: Any, make: Callable[[Bound], Any]) -> Any:
    if isinstance(value, Bound):
        return make(value)
    return [_made(each, make) for each in value] if isinstance(value, tuple) else value


def _optimizer(bound: Bound) -> Any:
    import torch

    parameter = torch.nn.Parameter(torch.zeros(()))
    rate = next(_starting_rates(bound), 1.0)
    return torch.optim.SGD([parameter], lr=rate, momentum=FIRST_MOMENTUM)


def _starting_rates(bound: Bound) -> Iterator[float]:
    """The rates a schedule, or those inside it, start from: all the same, in torch."""
    if "lr" in bound.arguments:
        yield bound.arguments["lr"]
    for inner in bound.inner:
        yield from _starting_rates(inner)


@contextmanager
def _quietly() -> Iterator[None]:
    """Without torch's warnings that no optimizer is stepped, and that steps can be jumped to."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
