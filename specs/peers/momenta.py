"""Rules about what a momentum gathers, as others have them, beside the specs."""

from typing import cast

from sympy import Abs, And, Eq, Expr, Integer, Ne, Piecewise, Rational, sqrt
from sympy.logic.boolalg import Boolean

from ..gradients import g, gtilde, weight_decay
from ..language import (
    NON_NEGATIVE,
    Shape,
    State,
    Update,
    global_total,
    grad,
    intermediates,
    states,
    t,
    theta,
)
from ..language.peers import Difference, Peer
from ..operators import gradients as _gradients
from ..optimizers import adam as _adam
from ..optimizers import adasmooth as _adasmooth
from ..optimizers import pid as _pid
from ..optimizers import prodigy as _prodigy
from ..optimizers import sgd as _sgd
from ..optimizers import swats as _swats
from .elementwise import TINY, over_uncorrected_root

_LR, _BETA1 = _adam.lr, _adam.beta1
_DECAY = weight_decay.symbol
(_gammabar,) = states("gammabar")
(_gdot,) = intermediates("gdot")  # where SAM finds the gradient that it looks along


def _rate_within(denominator: Expr) -> Difference:
    """LaProp whose average holds the rate, and is corrected by the same average of it."""
    gathered = _LR * gtilde[t] / denominator
    return Difference(
        "the learning rate stands within the average, so that its past ones count",
        [
            Update(_gammabar[t], _BETA1 * _gammabar[t - 1] + (1 - _BETA1) * _LR),
            Update(_adam.m[t], _BETA1 * _adam.m[t - 1] + (1 - _BETA1) * gathered),
            Update(theta[t], theta[t - 1] - _LR * _adam.m[t] / _gammabar[t]),
        ],
        "laprop-rate-within",
        [State(_gammabar, init=0, key="", shape=Shape.SCALAR, domain=NON_NEGATIVE)],
    )


_STEPPED = theta[t - 1] - _LR * _adam.m[t] / _gammabar[t]
_DECAY_LAST = Difference(
    "decoupled decay shrinks the parameter after the step",
    [
        Update(
            theta[t],
            Piecewise(
                (_STEPPED * (1 - _LR * _DECAY), _adam.decoupled_weight_decay), (_STEPPED, True)
            ),
        )
    ],
)
_NO_L2 = Difference("decay that is not decoupled is left out", [Update(gtilde[t], g[t])])

_LAST, _C = _gradients.last, _gradients.corrected[t]
_FIRST_CORRECTED = Difference(
    "the first gradient is corrected too, as if the one before it were 0",
    [
        Update(_LAST[0], Integer(0)),
        Update(_C, g[t] + _gradients.gamma * _BETA1 / (1 - _BETA1) * (g[t] - _LAST[t - 1])),
    ],
)

_DAMPED = Difference(
    "the sum of gradients dampens the first one too",
    [
        Update(
            _pid.b[t],
            _pid.momentum * Piecewise((0, Eq(t, 1)), (_pid.b[t - 1], True))
            + (1 - _sgd.dampening) * gtilde[t],
        )
    ],
)
_WINDING = Difference(
    "epsilon is added to the path, so that the first step is taken as if it wound",
    [
        Update(
            _adasmooth.straight[t],
            Abs(_adasmooth.way[t - 1]) / (_adasmooth.path[t - 1] + _adasmooth.eps),
        )
    ],
)

_USUAL, _NEEDED = _swats.usual[t], _swats.needed[t]
_IS_ON_ITS_WAY = And(t > 1, _USUAL > 0, cast(Boolean, Ne(_swats.pg[t], 0)))
_NEAR = Rational(1, 10**8) + _swats.eps * Abs(_NEEDED)
_SETTLED = Difference(
    "the rate of SGD has settled where it is within 1e-8, and epsilon times itself, of its average",
    [
        Update(
            _swats.settled[t],
            Piecewise(
                (_swats.settled[t - 1], _swats.settled[t - 1] > 0),
                (_USUAL, And(_IS_ON_ITS_WAY, Abs(_USUAL - _NEEDED) <= _NEAR)),
                (0, True),
            ),
        )
    ],
)
_SWATS_ROOT = Difference(
    "1e-15 stands under the root",
    [
        Update(
            _swats.d[t],
            _swats.lr
            * sqrt(1 - _swats.beta2**t)
            / (1 - _swats.beta1**t)
            * _swats.m[t]
            / (sqrt(_swats.v[t] + TINY) + _swats.eps),
        )
    ],
)

_DOWN = Difference(
    "with `maximize`, it looks along the gradient, where the objective is highest, and not where "
    "it is lowest",
    [Update(_gdot[t], grad(theta[t - 1]))],
)

_D = _prodigy.d[t - 1]
_SHARE = _D / _prodigy.d0
_DISTANCE = global_total(gtilde[t] * (_prodigy.p0[t - 1] - theta[t - 1]))
_NAN = Difference(
    "while all gradients have been zero, zero is divided by zero",
    [
        Update(
            _prodigy.num[t],
            _prodigy.beta3 * _prodigy.num[t - 1] + _SHARE * _prodigy.dlr[t] * _DISTANCE,
        ),
        Update(_prodigy.dhat[t], _prodigy.d_coef * _prodigy.num[t] / _prodigy.denom[t]),
        Update(_prodigy.k[t], _prodigy.k[t - 1] + 1),
        Update(_prodigy.moved[t], _prodigy.dlr[t]),
    ],
)

MOMENTA = (
    Peer("Prodigy", "optax.contrib.prodigy", (_NAN,)),
    Peer(
        "LaProp",
        "timm.optim.LaProp",
        (_rate_within(sqrt(_adam.vhat[t]) + _adam.eps), _DECAY_LAST),
    ),
    Peer(
        "LaProp",
        "pytorch_optimizer.LaProp",
        (
            _rate_within((sqrt(_adam.vtilde[t] + TINY) + _adam.eps) / sqrt(1 - _adam.beta2**t)),
            _DECAY_LAST,
            _NO_L2,
        ),
    ),
    Peer(
        "mars(adamw)",
        "pytorch_optimizer.MARS",
        (_FIRST_CORRECTED, over_uncorrected_root(_adam.mhat[t], _adam.vtilde[t])),
    ),
    Peer("PID", "pytorch_optimizer.PID", (_DAMPED,)),
    Peer("AdaSmooth", "pytorch_optimizer.AdaSmooth", (_WINDING,)),
    Peer("SWATS", "pytorch_optimizer.SWATS", (_SWATS_ROOT, _SETTLED)),
    Peer("SAM", "pytorch_optimizer.SAM(torch.optim.SGD)", (_DOWN,)),
)
