"""Whether two courses are apart by the other's rounding alone, in a format of fewer digits.

What differs in the equations changes smoothly with what goes in. What rounds jumps: gradients and
hyperparameters that are moved by half a unit of a format, which is next to nothing, then change how
far the two are apart by as much as they are apart. And they are not apart by much more than the
format's units.
"""

from dataclasses import replace

import numpy as np

from ..oracle.formats import FORMATS
from ..verify.optimizers.configurations import contains
from .ours import course
from .sides import Sides
from .theirs import RaisedError
from .trial import Floats, Moment, Trial

_NARROWER = ("float32", "float16", "bfloat16")
_UNITS = {"float32": 512, "float16": 32, "bfloat16": 32}
"""How many units of a format rounding in it leads to in a few steps, of the most moved element. In
float32 there are betas as near to 1 as 0.999, of which 1 - beta has a thousandth of the digits."""
_PART = 2.0**-8
"""What part of a unit it is, where a number is rounded that has little to say."""
_JUMP = 0.25
"""How much of the distance a change is by which it is taken to jump. Equations give a few units."""
_DRAWS = 4
_FINE = 2.0**-20
"""By how much hyperparameters can be moved that are near 1, and what is left of them to 1 change
little by it."""


def rounds_in(sides: Sides, trial: Trial) -> str:
    """The format that the other seems to round in, or nothing.

    Args:
        sides: both.
        trial: one of many elements, in which they part.
    """
    ends = _ends(sides, trial)
    if ends is None or not np.isfinite(gap := _gap(ends)).all():
        return ""
    size, way = np.abs(gap).max(), _way(ends[0], trial)
    if not (size and way):
        return ""
    by_likelihood = sorted(_NARROWER, key=lambda name: abs(np.log2(size / way / _unit(name)) - 1))
    for name in by_likelihood:
        if not _PART < size / way / _unit(name) < _UNITS[name]:
            continue
        shaken = (_shaken(sides, trial, _unit(name) / 2, seed) for seed in range(_DRAWS))
        moved = [_gap(found) for each in shaken if (found := _ends(sides, each)) is not None]
        jumps = [np.abs(other - gap).max() / size for other in moved]
        if jumps and float(np.median(jumps)) > _JUMP:
            return name
    return ""


def _unit(name: str) -> float:
    return float(FORMATS[name].epsilon)


def _ends(sides: Sides, trial: Trial) -> tuple[Moment, Moment] | None:
    """What is there after the last step, ours and theirs; nothing where the other cannot."""
    try:
        theirs = sides.theirs(trial)[-1]
    except RaisedError:
        return None
    *_, ours = course(sides.spec, trial)
    return ours, theirs


def _gap(ends: tuple[Moment, Moment]) -> Floats:
    """How far they are apart, element by element."""
    ours, theirs = ends
    pairs = zip(ours.theta, theirs.theta, strict=True)
    return np.concatenate([np.ravel(np.asarray(b, np.float64) - a) for a, b in pairs])


def _way(ours: Moment, trial: Trial) -> float:
    pairs = zip(ours.theta, trial.starts, strict=True)
    return max(float(np.abs(a - b).max(initial=0)) for a, b in pairs)


def _shaken(sides: Sides, trial: Trial, share: float, seed: int) -> Trial:
    """With other numbers, by up to a share of each."""
    rng = np.random.default_rng(seed)

    def moved(g: Floats) -> Floats:
        return np.asarray(g * (1 + share * rng.uniform(-1, 1, np.shape(g))))

    gradients = tuple(tuple(map(moved, each)) for each in trial.gradients)
    hyper = dict(trial.hyper)
    if share < _FINE:
        for h in sides.spec.hyperparameters:
            near = float(moved(np.asarray(hyper[h.name])))
            if h.name in sides.pairing.names and not h.is_whole and contains(h.domain, near):
                hyper[h.name] = near
    return replace(trial, gradients=gradients, hyper=hyper)
