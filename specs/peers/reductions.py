"""Optimizers of other libraries that reduce tensors, beside the specs."""

from sympy import And, Max, Min, Or, Piecewise, sqrt

from ..gradients import thetabar
from ..language import Update, cols, mean, norm, rows, t, theta
from ..language.peers import Difference, Peer
from ..operators import clipping as _clipping
from ..optimizers import adafactor as _adafactor
from ..optimizers import adam as _adam
from ..optimizers import lamb as _lamb
from ..optimizers.adafactor import FACTORED
from .optimizers import SHRUNK

_W, _R, _C, _V = (_adafactor.w[t], _adafactor.r, _adafactor.c, _adafactor.v)
_SQUARE = _adafactor.g[t] ** 2 + _adafactor.eps1
_EPS_IN_SQUARE = Difference(
    "the first epsilon is added to the squared gradient, as in the paper, and to nothing else",
    [
        Update(_R[t], (1 - _W) * _R[t - 1] + _W * mean(_SQUARE, over=cols)),
        Update(_C[t], (1 - _W) * _C[t - 1] + _W * mean(_SQUARE, over=rows)),
        Update(_V[t], (1 - _W) * _V[t - 1] + _W * _SQUARE),
        Update(
            _adafactor.vhat[t],
            Piecewise((_R[t] * _C[t] / mean(_R[t], over=rows), FACTORED), (_V[t], True)),
        ),
        Update(_adafactor.u[t], _adafactor.g[t] / sqrt(_adafactor.vhat[t])),
    ],
)
_USUAL = _clipping.usual
_WARMS_UP = t < _clipping.warmup
_RATIO = _clipping.relative * Max(_USUAL[t - 1], _adam.eps) / Max(_clipping.length[t], _adam.eps)
_ADAGC = Difference(
    "the denominator's epsilon is added to the norm of all gradients, and is the least that the "
    "other norms are taken for; it warms up for one step less",
    [
        Update(
            _clipping.ratio[t],
            Piecewise(
                (
                    Min(1, _clipping.absolute / (_clipping.before[t] + _adam.eps)),
                    Or(t <= 1, _WARMS_UP),
                ),
                (Min(1, _RATIO), True),
            ),
        ),
        Update(
            _USUAL[t],
            Piecewise(
                (_clipping.own[t], t <= 1),
                (Min(_USUAL[t - 1], _clipping.own[t]), _WARMS_UP),
                (_clipping.decay * _USUAL[t - 1] + (1 - _clipping.decay) * _clipping.own[t], True),
            ),
        ),
    ],
)
_DECAYED = norm(thetabar[t]) / norm(_lamb.u[t])

REDUCTIONS = (
    Peer("AdaGC", "pytorch_optimizer.AdaGC", (_ADAGC,)),
    Peer(
        "Lamb",
        "keras.optimizers.Lamb",
        (
            Difference(
                "weight decay shrinks the parameter before the step, and is not in the ratio",
                [
                    SHRUNK,
                    Update(_lamb.u[t], _lamb.mhat[t] / (sqrt(_lamb.vhat[t]) + _lamb.eps)),
                    Update(
                        _lamb.phi[t],
                        Piecewise(
                            (_DECAYED, And(norm(thetabar[t]) > 0, norm(_lamb.u[t]) > 0)),
                            (1, True),
                        ),
                    ),
                    Update(theta[t], thetabar[t] - _lamb.lr * _lamb.ratio[t] * _lamb.u[t]),
                ],
            ),
        ),
    ),
    Peer("Adafactor", "keras.optimizers.Adafactor", (_EPS_IN_SQUARE,)),
    Peer(
        "Adafactor",
        "optax.adafactor",
        (
            _EPS_IN_SQUARE,
            Difference(
                "the rate does not fall with the step", [Update(_adafactor.rho[t], _adafactor.lr)]
            ),
        ),
    ),
    Peer(
        "Adafactor",
        "timm.optim.Adafactor",
        (
            _EPS_IN_SQUARE,
            Difference(
                "a rate that is set is taken as it is, neither bounded nor relative; without one "
                "it is bounded by 0.01",
                [Update(_adafactor.alpha[t], _adafactor.lr)],
            ),
        ),
    ),
)
