"""Optimizers of Keras, optax and timm, beside the specs."""

from typing import cast

from sympy import Abs, Eq, Expr, Integer, Max, Ne, Piecewise, Symbol, sqrt

from ..gradients import g, gtilde, thetabar, weight_decay
from ..language import Update, norm, t, theta
from ..language.peers import Difference, Peer
from ..optimizers import adadelta as _adadelta
from ..optimizers import adagrad as _adagrad
from ..optimizers import adam as _adam
from ..optimizers import adamax as _adamax
from ..optimizers import nadam as _nadam
from ..optimizers import novograd as _novograd
from ..optimizers import radam as _radam
from ..optimizers import rmsprop as _rmsprop
from ..optimizers import sgd as _sgd

_LR = _adam.lr
_DECAY = weight_decay.symbol
_ROOT_EPS = Symbol("eps_root", real=True)

SHRUNK = Update(thetabar[t], theta[t - 1] * (1 - _LR * _DECAY))

_DECOUPLED = "weight decay shrinks the parameter before the step and stays out of the gradient"


def _decoupled(claim: str, *updates: Update) -> Difference:
    """Decay that is decoupled, and the equations that read the parameter after it."""
    return Difference(_DECOUPLED, [Update(gtilde[t], g[t]), SHRUNK, *updates], claim)


_RATE_FORM = Difference(
    "the corrections stand in the rate and epsilon beside the uncorrected root, so that its "
    "weight shrinks in the first steps",
    [
        Update(
            theta[t],
            thetabar[t]
            - _LR
            * sqrt(1 - _adam.beta2**t)
            / (1 - _adam.beta1**t)
            * _adam.m[t]
            / (sqrt(_adam.vtilde[t]) + _adam.eps),
        )
    ],
    "adam-rate-form-unscaled",
)
_EPS_ROOT = Difference(
    "a second epsilon under the root, which is 0 by default",
    [
        Update(
            theta[t],
            thetabar[t] - _LR * _adam.mhat[t] / (sqrt(_adam.vhat[t] + _ROOT_EPS) + _adam.eps),
        )
    ],
    "adam-epsilon-inside",
)
_LARGEST_CORRECTED = Difference(
    "AMSGrad, a rule of its own there, takes the largest of the corrected moments",
    [Update(_adam.vmax[t], Max(_adam.vmax[t - 1], _adam.vhat[t]))],
    "amsgrad-optax",
)
_RMS_INSIDE = Difference(
    "epsilon stands under the root",
    [Update(_rmsprop.d[t], gtilde[t] / sqrt(_rmsprop.variance[t] + _rmsprop.eps))],
    "rmsprop-epsilon-inside",
)


def _rate_in_momentum(point: Expr) -> Difference:
    """RMSprop's momentum, which starts from the parameter, or from what decay left of it."""
    return Difference(
        "the momentum gathers steps that the rate is in already, which differs where the rate "
        "varies",
        [
            Update(_rmsprop.b[t], _rmsprop.momentum * _rmsprop.b[t - 1] + _LR * _rmsprop.d[t]),
            Update(
                theta[t],
                Piecewise(
                    (point - _rmsprop.b[t], Ne(_rmsprop.momentum, 0)),
                    (point - _LR * _rmsprop.d[t], True),
                ),
            ),
        ],
        "momentum-velocity-varying-rate",
    )


def _adagrad_inside(point: Expr) -> Difference:
    return Difference(
        "epsilon stands under the root, and the rate does not decay",
        [Update(theta[t], point - _LR * gtilde[t] / sqrt(_adagrad.s[t] + _adagrad.eps))],
    )


OPTIMIZERS = (
    Peer(
        "SGD",
        "keras.optimizers.SGD",
        (
            Difference(
                "the momentum is a velocity that the rate is in already, which differs where the "
                "rate varies",
                [
                    Update(_sgd.b[t], _sgd.momentum * _sgd.b[t - 1] - _LR * gtilde[t]),
                    Update(theta[t], theta[t - 1] + _sgd.b[t]),
                ],
                "momentum-velocity-varying-rate",
            ),
        ),
    ),
    Peer(
        "Adagrad",
        "keras.optimizers.Adagrad",
        (_decoupled("decay-adam"), _adagrad_inside(thetabar[t])),
    ),
    Peer("Adagrad", "optax.adagrad", (_adagrad_inside(theta[t - 1]),)),
    Peer(
        "Adadelta",
        "keras.optimizers.Adadelta",
        (
            _decoupled(
                "decay-adam",
                Update(theta[t], thetabar[t] - _LR * _adadelta.d[t]),
            ),
        ),
    ),
    Peer(
        "RMSprop",
        "keras.optimizers.RMSprop",
        (_decoupled("decay-adam"), _RMS_INSIDE, _rate_in_momentum(thetabar[t])),
    ),
    Peer("RMSprop", "optax.rmsprop", (_RMS_INSIDE, _rate_in_momentum(theta[t - 1]))),
    Peer(
        "RMSprop",
        "timm.optim.RMSpropTF",
        (
            _RMS_INSIDE,
            _rate_in_momentum(theta[t - 1]),
            Difference("the average of squares starts at 1", [Update(_rmsprop.v[0], Integer(1))]),
        ),
    ),
    Peer("Adam", "keras.optimizers.Adam", (_decoupled("decay-adam"), _RATE_FORM)),
    Peer("Adam", "optax.adam", (_EPS_ROOT, _LARGEST_CORRECTED)),
    Peer("AdamW", "keras.optimizers.AdamW", (_RATE_FORM,)),
    Peer(
        "AdamW",
        "optax.adamw",
        (
            _EPS_ROOT,
            Difference(
                "the decay is added to the update instead, which is the same",
                claim="adamw-decay-in-update",
            ),
        ),
    ),
    Peer(
        "Adamax",
        "keras.optimizers.Adamax",
        (
            _decoupled("decay-adam"),
            Difference(
                "epsilon is added to the norm, not to each gradient",
                [
                    Update(_adamax.u[t], Max(_adamax.beta2 * _adamax.u[t - 1], Abs(gtilde[t]))),
                    Update(
                        theta[t],
                        thetabar[t] - _LR * _adamax.mhat[t] / (_adamax.u[t] + _adamax.eps),
                    ),
                ],
            ),
        ),
    ),
    Peer("NAdam", "keras.optimizers.Nadam", (_decoupled("decay-adam"),)),
    Peer(
        "NAdam",
        "optax.nadam",
        (
            Difference(
                "the momentum does not warm up",
                [
                    Update(
                        _nadam.mhat[t],
                        _nadam.beta1 * _nadam.m[t] / (1 - _nadam.beta1 ** (t + 1))
                        + (1 - _nadam.beta1) * gtilde[t] / (1 - _nadam.beta1**t),
                    )
                ],
            ),
        ),
    ),
    Peer(
        "NovoGrad",
        "timm.optim.NvNovoGrad",
        (
            Difference(
                "a tensor whose gradients were all zero so far counts as new",
                [
                    Update(
                        _novograd.v[t],
                        Piecewise(
                            (norm(g[t]) ** 2, Eq(t, 1)),
                            (norm(g[t]) ** 2, cast(Expr, Eq(_novograd.v[t - 1], 0))),
                            (
                                _novograd.beta2 * _novograd.v[t - 1]
                                + (1 - _novograd.beta2) * norm(g[t]) ** 2,
                                True,
                            ),
                        ),
                    )
                ],
            ),
        ),
    ),
    Peer(
        "RAdam",
        "optax.radam",
        (
            Difference(
                "epsilon stands beside the corrected root, and a second one, 0 by default, under "
                "it; rho = 5 is rectified already",
                [
                    Update(
                        _radam.d[t],
                        Piecewise(
                            (
                                _radam.RECTIFIED
                                * _radam.mhat[t]
                                / (
                                    sqrt(_radam.v[t] / (1 - _radam.beta2**t) + _ROOT_EPS)
                                    + _radam.eps
                                ),
                                _radam.rho[t] >= 5,
                            ),
                            (_radam.mhat[t], True),
                        ),
                    )
                ],
            ),
        ),
    ),
)
