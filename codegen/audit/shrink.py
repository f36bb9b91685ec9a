"""A trial where two optimizers part -> the smallest that still does.

One parameter of one element is smaller than several, few steps are, options as they are by default,
and round numbers. A change is kept if the two part as clearly as before, or clearly enough to be
seen; after it all changes are tried again.
"""

from collections.abc import Callable

from ...specs.language import Optimizer
from .compare import Parting
from .smaller import alone, smaller, until
from .trial import Trial

_CLEAR = 1e-2
"""How far apart two optimizers are, relative to the way, where anybody sees it."""
_SHARE = 4
"""Where they were closer than that, how much closer they may come."""
_MOST = 600
"""How many trials are made: each takes a millisecond or some, and nobody waits for ever."""


def shrunk(
    spec: Optimizer,
    trial: Trial,
    parts: Callable[[Trial], Parting | None],
    free: frozenset[str],
) -> Trial:
    """The smallest trial that is found to part them.

    Args:
        spec: the rule.
        trial: one in which they part.
        parts: says where they part in a trial.
        free: the hyperparameters and options that can be changed.
    """
    first = parts(trial)
    assert first is not None
    enough = min(_CLEAR, first.relative / _SHARE)
    trial = until(trial, first.step)
    left = _MOST

    def accepted(candidate: Trial) -> Trial | None:
        found = parts(candidate)
        return until(candidate, found.step) if found and found.relative >= enough else None

    # The parameter where it is seen is likely to show it by itself.
    trial = accepted(alone(trial, first.tensor)) or trial
    candidates = smaller(spec, trial, free)
    while left and (candidate := next(candidates, None)) is not None:
        left -= 1
        if (taken := accepted(candidate)) is not None:
            trial = taken
            candidates = smaller(spec, trial, free)
    return trial
