"""Rules that average their steps, as others have them, beside the specs."""

from sympy import Eq, Expr, Max, Min, Piecewise, sqrt

from ..gradients import g, thetabar, weight_decay
from ..language import Update, t, theta
from ..language.peers import Difference, Peer
from ..optimizers import radam as _radam
from ..optimizers import schedulefreeadamw as _free
from ..optimizers import schedulefreeradam as _free_radam
from .elementwise import TINY

_DECAY = weight_decay.symbol
_C, _RATE = _free.c[t], _free.rate[t]


def _direction(root: Expr, decay: Expr) -> Update:
    return Update(_free.d[t], g[t] / (root + _free.eps) + decay)


_ALIKE = Difference(
    "all steps count alike in the average, whatever the rate was",
    [Update(_free.c[t], 1 / t)],
)
_DECAY_OF_POINT = Difference(
    "weight decay shrinks the point where gradients are taken, by the rate that does not warm up, "
    "and leaves the steps as they are",
    [
        Update(thetabar[t], theta[t - 1] * (1 - _free.lr * _DECAY)),
        _direction(sqrt(_free.vhat[t]), 0 * _DECAY),
        Update(
            theta[t],
            (1 - _C) * thetabar[t]
            + _C * _free.z[t - 1]
            - _RATE * (1 - _free.beta1 * (1 - _C)) * _free.d[t],
        ),
    ],
)
_BEHIND = Piecewise((1, Eq(_free.warmup_steps, 0)), (Min(1, (t - 1) / _free.warmup_steps), True))
_LATE_WARMUP = Difference(
    "the rate of a step that warms up is that of the step before, and 0 in the first, while the "
    "average is weighted by its own",
    [
        Update(_RATE, _free.lr * _BEHIND),
        Update(_free.lr_max[t], Max(_free.lr_max[t - 1], _free.lr * _free.WARMUP)),
    ],
)
_TINY_UNDER = Difference(
    "1e-15 stands under the root",
    [_direction(sqrt(_free.vhat[t] + TINY), _DECAY * theta[t - 1])],
)
_AT_ONE = Difference(
    "steps that are taken before there is a second moment have the rate 1, whatever lr is",
    [
        Update(
            _RATE,
            Piecewise(
                (_free.lr * _radam.RECTIFIED, _radam.rho[t] > 4),
                (0, _free_radam.silent_sgd_phase),
                (1, True),
            ),
        )
    ],
)

AVERAGES = (
    Peer("ScheduleFreeAdamW", "keras.optimizers.ScheduleFreeAdamW", (_ALIKE, _DECAY_OF_POINT)),
    Peer("ScheduleFreeAdamW", "optax.contrib.schedule_free_adamw", (_LATE_WARMUP,)),
    Peer("ScheduleFreeAdamW", "pytorch_optimizer.ScheduleFreeAdamW", (_TINY_UNDER,)),
    Peer("ScheduleFreeRAdam", "pytorch_optimizer.ScheduleFreeRAdam", (_AT_ONE,)),
)
