"""A trial where two schedules part -> one of small numbers that still does."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from ....specs.language import Hyper, Option
from ...oracle.arguments import Bound, bound
from ...oracle.schedules import holds
from ...verify.optimizers.configurations import contains
from .bounds import with_arguments
from .trials import Trial, looked_at

_NUMBERS = (1, 2, 3, 4, 0.5, 0.25)


def shrunk(trial: Trial, parts: Callable[[Trial], bool], free: Collection[str]) -> Trial:
    """The smallest trial that is found to part them.

    Args:
        trial: one in which they part.
        parts: says whether they part, as clearly, in a trial.
        free: the arguments that can be changed.
    """
    candidates = _smaller(trial, free)
    while (candidate := next(candidates, None)) is not None:
        if holds(candidate.bound) and parts(candidate):
            trial = candidate
            candidates = _smaller(trial, free)
    return trial


def _smaller(trial: Trial, free: Collection[str]) -> Iterator[Trial]:
    for name, x in _changes(trial.bound):
        if name in free:
            yield looked_at(with_arguments(trial.bound, **{name: x}))


def _changes(made: Bound) -> Iterator[tuple[str, Any]]:
    """An argument, and what it is rather."""
    own = bound(made.schedule, {}).arguments
    for h in made.schedule.hyper:
        value = made.arguments[h.name]
        if isinstance(value, Bound):
            yield from ((f"{h.name}_{name}", x) for name, x in _changes(value))
        else:
            yield from ((h.name, x) for x in _preferred(h, own[h.name], value))


def _preferred(h: object, default: Any, value: Any) -> Iterator[Any]:
    """What an argument is rather than what it is now."""
    if value == default:
        return
    if default is not None:
        yield default
    if isinstance(h, Option) or not isinstance(h, Hyper):
        return
    # A number of steps stays an int, a rate a float.
    kind = int if isinstance(value, int) else float
    known = [kind(x) for x in _NUMBERS if kind(x) == x and contains(h.domain, x)]
    yield from known[: known.index(value)] if value in known else known
