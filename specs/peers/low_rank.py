"""Rules of a few directions, and with factors for each axis, that others have, beside the specs."""

from collections.abc import Sequence
from typing import cast

from sympy import Expr, Min, Piecewise, Rational, sqrt

from ..families.low_rank import SIDES, beta1, beta2, direction, eps, lr, m, n, v
from ..gradients import g, thetabar, weight_decay
from ..language import Series, Update, ndim, rms, t, theta
from ..language.peers import Difference, Peer
from ..optimizers import apollo as _apollo
from ..optimizers import galore as _galore
from ..optimizers import kron as _kron

_DECAY = weight_decay.symbol
_CORRECTION = sqrt(1 - beta2**t) / (1 - beta1**t)


def _led(low: Expr, first: Series, second: Series) -> Expr:
    """Where the moments lead, with an epsilon that no correction makes smaller."""
    led = direction(low, first, second)[2]
    return cast(Expr, led.xreplace({eps: eps / sqrt(1 - beta2**t)}))


_BESIDE = Difference(
    "epsilon stands beside the uncorrected root, so that its weight shrinks in the first steps",
    [
        *(Update(side.n[t], _led(side.low[t], side.m, side.v)) for side in SIDES),
        Update(n[t], _led(g[t], m, v)),
    ],
)


def _decayed_last(words: str, u: Expr, rate: Expr) -> Difference:
    """Decay of what the step has led to."""
    return Difference(
        words,
        [
            Update(thetabar[t], theta[t - 1]),
            Update(theta[t], (thetabar[t] - lr * u) * (1 - rate * _DECAY)),
        ],
    )


_FIRST: Sequence[Difference] = (
    _BESIDE,
    _decayed_last("decoupled decay shrinks the parameter after the step", _galore.u[t], lr),
)
_APOLLO: Sequence[Difference] = (
    _BESIDE,
    _decayed_last(
        "decoupled decay shrinks the parameter after the step, by a rate that is corrected for "
        "the start as the moments are",
        _apollo.u[t],
        lr * _CORRECTION,
    ),
)
_NO_VECTORS = Difference(
    "what has less than two axes does not decay, and 1e-6 is added to the root mean square of a "
    "step before it is bounded",
    [
        Update(
            thetabar[t],
            Piecewise((theta[t - 1] * (1 - lr * _DECAY), ndim >= 2), (theta[t - 1], True)),
        ),
        Update(
            _kron.u[t],
            _kron.n[t] * Min(1, _kron.max_rms / (rms(_kron.n[t]) + Rational(1, 10**6))),
        ),
    ],
)

LOW_RANK = (
    Peer("GaLore", "pytorch_optimizer.GaLore", _FIRST),
    Peer("APOLLO", "pytorch_optimizer.APOLLO", _APOLLO),
    Peer("Kron", "pytorch_optimizer.Kron", (_NO_VECTORS,)),
)
