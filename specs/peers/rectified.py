"""RAdam, and Ranger that looks ahead with it, as others have them, beside the specs."""

from sympy import And, Expr, Piecewise, sqrt

from ..gradients import g, gtilde, thetabar
from ..language import Update, t, theta
from ..language.peers import Difference, Peer
from ..optimizers import radam as _radam
from .optimizers import SHRUNK

_IS_TRACTABLE = _radam.rho[t] >= 5


def _stepping(before: Expr | int) -> Update:
    """A direction that is rectified from rho = 5 on, and what it is before."""
    rectified = _radam.mhat[t] * _radam.ADAPTED
    return Update(_radam.d[t], Piecewise((rectified, _IS_TRACTABLE), (before, True)))


_NOT_BEFORE = Difference(
    "nothing moves and nothing decays before the rate can be rectified, which is from rho = 5 on; "
    "decay that is not decoupled is left out",
    [
        Update(gtilde[t], g[t]),
        Update(
            thetabar[t],
            Piecewise(
                (SHRUNK.value, And(_radam.decoupled_weight_decay, _IS_TRACTABLE)),
                (theta[t - 1], True),
            ),
        ),
        _stepping(0),
    ],
)
_UPHILL = Difference(
    "before the rate can be rectified, which is from rho = 5 on, its steps go up the gradient",
    [_stepping(-_radam.mhat[t])],
)
_CORRECTED_ROOT = Difference(
    "epsilon stands beside the corrected root",
    [
        Update(
            _radam.d[t],
            Piecewise(
                (
                    _radam.RECTIFIED
                    * _radam.mhat[t]
                    / (sqrt(_radam.v[t] / (1 - _radam.beta2**t)) + _radam.eps),
                    _radam.rho[t] > 5,
                ),
                (_radam.mhat[t], True),
            ),
        )
    ],
)

RECTIFIED = (
    Peer("RAdam", "pytorch_optimizer.RAdam", (_NOT_BEFORE,)),
    Peer("RAdam", "optimi.RAdam", (_CORRECTED_ROOT,)),
    Peer("Ranger", "pytorch_optimizer.Ranger", (_UPHILL,)),
    Peer("Ranger", "optimi.Ranger", (_CORRECTED_ROOT,)),
)
