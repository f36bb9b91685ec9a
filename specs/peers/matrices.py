"""Rules of matrices that others have under their names, beside the specs."""

from typing import cast

from sympy import Expr, Max, Piecewise, Rational, sqrt

from ..language import Update, cols, grad, norm, rows, t, theta
from ..language.peers import Difference, Peer
from ..optimizers import muon as _muon

_MATRIX = (rows, cols)
_G = grad(theta[t - 1])
_MU = _muon.momentum


def _over_norm(eps: Expr) -> Update:
    """What is made orthogonal, over its norm, to which an epsilon is added."""
    u = _muon.u[t]
    return Update(_muon.x[t], u / (norm(u, over=_MATRIX) + eps))


_SUMMED = Difference(
    "the momentum is a sum, not an average, so that it is divided by a norm that much greater; "
    "to which 1e-7 is added",
    [
        Update(_muon.m[t], _MU * _muon.m[t - 1] + _G),
        Update(_muon.u[t], Piecewise((_G + _MU * _muon.m[t], _muon.nesterov), (_muon.m[t], True))),
        _over_norm(Rational(1, 10**7)),
    ],
)
_CORRECTED = Difference(
    "momentum and gradient are corrected for the start, with Nesterov's by counts of their own, "
    "and epsilon is added to the norm",
    [
        Update(
            _muon.u[t],
            Piecewise(
                (
                    _MU * _muon.m[t] / (1 - _MU ** (t + 1)) + (1 - _MU) * _G / (1 - _MU**t),
                    _muon.nesterov,
                ),
                (_muon.m[t] / (1 - _MU**t), True),
            ),
        ),
        _over_norm(_muon.eps),
    ],
)
_WIDE = Difference(
    "matrices are taken to be inputs by outputs, so that the rate grows with the columns of those "
    "that have more of them than rows",
    [Update(_muon.rate[t], _muon.lr * sqrt(cast(Expr, Max(1, cols / rows))))],
)

MATRICES = (
    Peer("Muon", "keras.optimizers.Muon", (_SUMMED,)),
    Peer("Muon", "optax.contrib.muon", (_CORRECTED, _WIDE)),
)
