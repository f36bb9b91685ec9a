"""Optimizers of other libraries that reduce tensors, beside the specs."""

from typing import cast

from sympy import And, Eq, Expr, Max, Min, Or, Piecewise, sqrt
from sympy.logic.boolalg import Boolean

from ..gradients import g, gtilde, thetabar, weight_decay
from ..language import Update, cols, mean, ndim, norm, rms, rows, t, theta
from ..language.peers import Difference, Peer
from ..operators import clipping as _clipping
from ..operators import gradients as _gradients
from ..operators import trust as _trust
from ..optimizers import adafactor as _adafactor
from ..optimizers import adam as _adam
from ..optimizers import lamb as _lamb
from ..optimizers import novograd as _novograd
from ..optimizers import sgd as _sgd
from ..optimizers import sm3 as _sm3
from ..optimizers.adafactor import FACTORED
from .optimizers import SHRUNK

_DECAY = weight_decay.symbol
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

_G, _SIZE = g[t], norm(theta[t - 1])
_ALL = _G + _trust.decay * theta[t - 1]
_OVER_BOTH = norm(_G) + _trust.decay * _SIZE


def _trusted(by: Expr, *when: Boolean) -> Update:
    """The trust ratio, over a length that is not zero."""
    ratio = _trust.coefficient * _SIZE / by
    return Update(_trust.trust[t], Piecewise((ratio, And(_SIZE > 0, by > 0, *when)), (1, True)))


_B, _MOMENTUM = _sgd.b, _sgd.momentum
_DAMPED = Difference(
    "the momentum dampens the first gradient too",
    [
        Update(
            _B[t],
            _MOMENTUM * Piecewise((0, Eq(t, 1)), (_B[t - 1], True))
            + (1 - _sgd.dampening) * gtilde[t],
        )
    ],
)
_LARS_OF_MATRICES = Difference(
    "what has less than two axes is neither scaled nor decayed; the gradient may be zero where "
    "there is decay",
    [
        _trusted(_OVER_BOTH, cast(Boolean, ndim >= 2)),
        Update(_trust.scaled[t], Piecewise((_trust.trust[t] * _ALL, ndim >= 2), (_G, True))),
    ],
)
_LARS_OF_SUM = Difference(
    "the ratio is to the norm of gradient and decay together, not to the sum of their norms",
    [_trusted(norm(_ALL))],
)
_VELOCITY = Difference(
    "the momentum gathers steps that the rate is in already, which differs where the rate varies",
    [
        Update(
            _B[t],
            _MOMENTUM * Piecewise((0, Eq(t, 1)), (_B[t - 1], True)) + _sgd.lr * gtilde[t],
        ),
        Update(
            theta[t],
            theta[t - 1]
            - Piecewise(
                (_sgd.lr * gtilde[t], Eq(_MOMENTUM, 0)),
                (_sgd.lr * gtilde[t] + _MOMENTUM * _B[t], _sgd.nesterov),
                (_B[t], True),
            ),
        ),
    ],
    "momentum-velocity-varying-rate",
)
_LAMB_SIZE = Min(_SIZE, 10)
_LAMB_RATIO = Difference(
    "the trust ratio is of the uncorrected moments, with the parameter's norm at most 10 and "
    "epsilon added to the step's; the first moment's correction is multiplied on after it",
    [
        Update(
            _lamb.u[t],
            _lamb.m[t] / (sqrt(_lamb.v[t]) + _lamb.eps) + _DECAY * theta[t - 1],
        ),
        Update(
            _lamb.phi[t],
            Piecewise(
                (
                    _LAMB_SIZE / (norm(_lamb.u[t]) + _lamb.eps),
                    And(_SIZE > 0, norm(_lamb.u[t]) > 0),
                ),
                (1, True),
            ),
        ),
        Update(
            theta[t],
            theta[t - 1] - _lamb.lr / (1 - _lamb.beta1**t) * _lamb.ratio[t] * _lamb.u[t],
        ),
    ],
)
_BEGUN = Difference(
    "the first moment begins with all of what is added to it first",
    [
        Update(
            _novograd.m[t],
            Piecewise(
                (_novograd.d[t], Eq(t, 1)),
                (
                    _novograd.beta1 * _novograd.m[t - 1] + (1 - _novograd.beta1) * _novograd.d[t],
                    _novograd.grad_averaging,
                ),
                (_novograd.beta1 * _novograd.m[t - 1] + _novograd.d[t], True),
            ),
        )
    ],
)

_NUMBER_KEPT = Difference(
    "the average of a single number is kept as it is, and not the largest so far",
    [
        Update(
            _sm3.v[t],
            Piecewise((_sm3.kept(_sm3.nu[t], _sm3.v[t - 1]), ndim >= 1), (_sm3.nu[t], True)),
        )
    ],
)

_ACROSS = _gradients.across[t]
_ALONG = Difference(
    "of a gradient along the parameter nothing is left, not even where both are a single number",
    [
        Update(
            _gradients.orthogonal[t],
            Piecewise(
                (0, norm(_ACROSS) <= norm(_G) / 2**50),
                (_ACROSS * (norm(_G) / (norm(_ACROSS) + _gradients.LEAST)), True),
            ),
        )
    ],
)

REDUCTIONS = (
    Peer("orthogonal_gradient(sgd)", "pytorch_optimizer.OrthoGrad(torch.optim.SGD)", (_ALONG,)),
    Peer("SM3", "pytorch_optimizer.SM3", (_NUMBER_KEPT,)),
    Peer("Lamb", "pytorch_optimizer.Lamb", (_LAMB_RATIO,)),
    Peer("lars(sgd)", "optax.lars", (_LARS_OF_SUM, _VELOCITY)),
    Peer("lars(sgd)", "pytorch_optimizer.LARS", (_LARS_OF_MATRICES, _DAMPED)),
    Peer("NovoGrad", "pytorch_optimizer.NovoGrad", (_BEGUN,)),
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
    Peer(
        "Adafactor",
        "keras.optimizers.Adafactor",
        (
            _EPS_IN_SQUARE,
            Difference(
                "the size of the parameter is taken after weight decay has shrunk it",
                [
                    Update(
                        _adafactor.alpha[t],
                        Max(_adafactor.eps2, rms(thetabar[t])) * _adafactor.rho[t],
                    )
                ],
            ),
        ),
    ),
    Peer(
        "Adafactor",
        "pytorch_optimizer.AdaFactor",
        (
            _EPS_IN_SQUARE,
            Difference(
                "the rate does not fall with the step", [Update(_adafactor.rho[t], _adafactor.lr)]
            ),
            Difference(
                "weight decay is multiplied by the rate that follows from the parameter's size",
                [Update(thetabar[t], theta[t - 1] * (1 - _adafactor.alpha[t] * _DECAY))],
            ),
        ),
    ),
    Peer(
        "Adafactor",
        "optax.adafactor",
        (
            _EPS_IN_SQUARE,
            Difference(
                "the rate does not fall with the step", [Update(_adafactor.rho[t], _adafactor.lr)]
            ),
            Difference(
                "weight decay is not multiplied by the rate",
                [Update(thetabar[t], theta[t - 1] * (1 - _DECAY))],
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
