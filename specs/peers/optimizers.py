"""Optimizers of torch, Keras, optax, timm, optimi, schedulefree and others, beside the specs."""

from sympy import Abs, Integer, Max, Piecewise, Symbol, sqrt

from ..gradients import gtilde, thetabar, weight_decay
from ..language import Update, t, theta
from ..language.peers import Difference, Peer
from ..optimizers import adagrad as _adagrad
from ..optimizers import adam as _adam
from ..optimizers import adamax as _adamax
from ..optimizers import nadam as _nadam
from ..optimizers import radam as _radam
from ..optimizers import rmsprop as _rmsprop
from ..optimizers import sgd as _sgd

LIBRARIES = {
    "torch": "",
    "keras": "3.15",
    "optax": "0.2.8",
    "timm": "1.0.31",
    "optimi": "0.3.3",
    "schedulefree": "1.4.1",
}
"""The versions; torch is compared in the one that is installed, whichever that is."""

_LR = _adam.lr
_DECAY = weight_decay.symbol
_ROOT_EPS = Symbol("eps_root", real=True)


def peer(of: str, path: str, *differences: Difference, **defaults: str) -> Peer:
    """A peer by its path, which begins with its library's name."""
    library = path.partition(".")[0]
    return Peer(of, library, LIBRARIES[library], path, defaults, differences)


_SHRINKS = Update(thetabar[t], theta[t - 1] * (1 - _LR * _DECAY))

DECOUPLED = Difference(
    "weight decay shrinks the parameter before the step and stays out of the gradient",
    [_SHRINKS],
    "decay-adam",
)
DECOUPLED_BESIDE_SGD = Difference(DECOUPLED.words, DECOUPLED.equations, "decay-sgd")
NO_DECAY = Difference("no weight decay: that is a transform of its own")

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
            / (sqrt(_adam.v[t]) + _adam.eps),
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
_RMS_RATE_IN_MOMENTUM = Difference(
    "the momentum gathers steps that the rate is in already, which differs where the rate varies",
    [
        Update(
            _rmsprop.b[t],
            _rmsprop.momentum * _rmsprop.b[t - 1] + _LR * _rmsprop.d[t],
        ),
        Update(theta[t], theta[t - 1] - _rmsprop.b[t]),
    ],
    "momentum-velocity-varying-rate",
)
_ADAGRAD_INSIDE = Difference(
    "epsilon stands under the root, and the rate does not decay",
    [
        Update(
            theta[t],
            theta[t - 1] - _LR * gtilde[t] / sqrt(_adagrad.s[t] + _adagrad.eps),
        )
    ],
)

OPTIMIZERS = (
    peer("SGD", "torch.optim.SGD"),
    peer(
        "SGD",
        "keras.optimizers.SGD",
        Difference(
            "the momentum is a velocity that the rate is in already, which differs where the "
            "rate varies",
            [
                Update(_sgd.b[t], _sgd.momentum * _sgd.b[t - 1] - _LR * gtilde[t]),
                Update(theta[t], theta[t - 1] + _sgd.b[t]),
            ],
            "momentum-velocity-varying-rate",
        ),
        DECOUPLED_BESIDE_SGD,
        lr="0.01",
    ),
    peer(
        "SGD",
        "optax.sgd",
        Difference("no dampening: the momentum is the sum of gradients"),
        NO_DECAY,
        lr="",
    ),
    peer("Adagrad", "torch.optim.Adagrad"),
    peer(
        "Adagrad",
        "keras.optimizers.Adagrad",
        _ADAGRAD_INSIDE,
        DECOUPLED,
        lr="1e-3",
        initial_accumulator_value="0.1",
        eps="1e-7",
    ),
    peer(
        "Adagrad",
        "optax.adagrad",
        _ADAGRAD_INSIDE,
        Difference("where the sum of squares is 0, no step is taken"),
        NO_DECAY,
        lr="",
        initial_accumulator_value="0.1",
        eps="1e-7",
    ),
    peer("Adadelta", "torch.optim.Adadelta"),
    peer(
        "Adadelta",
        "keras.optimizers.Adadelta",
        DECOUPLED,
        lr="1e-3",
        rho="0.95",
        eps="1e-7",
    ),
    peer("Adadelta", "optax.adadelta", lr=""),
    peer(
        "RMSprop",
        "torch.optim.RMSprop",
        Difference(
            "centered, the difference under the root is not kept from falling below 0 by rounding",
            [Update(_rmsprop.variance[t], _rmsprop.v[t] - _rmsprop.gbar[t] ** 2)],
        ),
    ),
    peer(
        "RMSprop",
        "keras.optimizers.RMSprop",
        _RMS_INSIDE,
        _RMS_RATE_IN_MOMENTUM,
        DECOUPLED,
        lr="1e-3",
        alpha="0.9",
        eps="1e-7",
    ),
    peer(
        "RMSprop",
        "optax.rmsprop",
        _RMS_INSIDE,
        _RMS_RATE_IN_MOMENTUM,
        NO_DECAY,
        lr="",
        alpha="0.9",
    ),
    peer(
        "RMSprop",
        "timm.optim.RMSpropTF",
        _RMS_INSIDE,
        _RMS_RATE_IN_MOMENTUM,
        Difference("the average of squares starts at 1", [Update(_rmsprop.v[0], Integer(1))]),
        alpha="0.9",
        eps="1e-10",
    ),
    peer("Adam", "torch.optim.Adam"),
    peer(
        "Adam",
        "keras.optimizers.Adam",
        _RATE_FORM,
        DECOUPLED,
        eps="1e-7",
    ),
    peer("Adam", "optax.adam", _EPS_ROOT, _LARGEST_CORRECTED, NO_DECAY, lr=""),
    peer(
        "Adam",
        "optimi.Adam",
        Difference(
            "the moments are kept corrected, so that a checkpoint of one is none of the other"
        ),
    ),
    peer("AdamW", "torch.optim.AdamW"),
    peer("AdamW", "keras.optimizers.AdamW", _RATE_FORM, weight_decay="0.004", eps="1e-7"),
    peer(
        "AdamW",
        "optax.adamw",
        _EPS_ROOT,
        Difference(
            "the decay is added to the update instead, which is the same",
            claim="adamw-decay-in-update",
        ),
        lr="",
        weight_decay="1e-4",
    ),
    peer("Adamax", "torch.optim.Adamax"),
    peer(
        "Adamax",
        "keras.optimizers.Adamax",
        Difference(
            "epsilon is added to the norm, not to each gradient",
            [
                Update(_adamax.u[t], Max(_adamax.beta2 * _adamax.u[t - 1], Abs(gtilde[t]))),
                Update(
                    theta[t],
                    theta[t - 1] - _LR * _adamax.mhat[t] / (_adamax.u[t] + _adamax.eps),
                ),
            ],
        ),
        DECOUPLED,
        lr="1e-3",
        eps="1e-7",
    ),
    peer("Adamax", "optax.adamax", NO_DECAY, lr=""),
    peer("NAdam", "torch.optim.NAdam"),
    peer(
        "NAdam",
        "keras.optimizers.Nadam",
        Difference("the momentum's warm-up cannot be set: it is that of momentum_decay = 1"),
        DECOUPLED,
        lr="1e-3",
        eps="1e-7",
    ),
    peer(
        "NAdam",
        "optax.nadam",
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
        NO_DECAY,
        lr="",
    ),
    peer("ASGD", "torch.optim.ASGD"),
    peer("RAdam", "torch.optim.RAdam"),
    peer(
        "RAdam",
        "optax.radam",
        Difference(
            "epsilon stands beside the corrected root, and a second one, 0 by default, under it; "
            "rho = 5 is rectified already",
            [
                Update(
                    _radam.d[t],
                    Piecewise(
                        (
                            _radam.RECTIFIED
                            * _radam.mhat[t]
                            / (sqrt(_radam.v[t] / (1 - _radam.beta2**t) + _ROOT_EPS) + _radam.eps),
                            _radam.rho[t] >= 5,
                        ),
                        (_radam.mhat[t], True),
                    ),
                )
            ],
        ),
        NO_DECAY,
        lr="",
    ),
    peer(
        "ScheduleFreeAdamW",
        "schedulefree.AdamWScheduleFree",
        Difference(
            "the counts and sums are of a group, and so parameters that had no gradient in the "
            "first steps are averaged by weights of steps that others took"
        ),
        Difference(
            "`eval()` and `train()` put the average in the place of the parameters and back, where "
            "rounding moves them; a checkpoint is of one of the two"
        ),
    ),
    peer(
        "KahanAdamW",
        "optimi.AdamW",
        Difference(
            "weight decay shrinks the parameter by itself, before the sum, and what rounding takes "
            "from that is not kept"
        ),
        Difference("the averages are kept corrected for their start, in the states too"),
        Difference("parameters of other dtypes than float16 and bfloat16 are updated as by AdamW"),
        lr="",
        beta2="0.99",
        eps="1e-6",
    ),
    peer("Lion", "keras.optimizers.Lion", lr="1e-3"),
    peer("Lion", "optax.lion", lr="", weight_decay="1e-3"),
)
