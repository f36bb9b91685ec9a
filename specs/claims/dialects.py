"""What rules are beside those that they grew out of, and what others have under their names."""

from sympy import Integer, sqrt

from ..gradients import g, gtilde, thetabar, weight_decay
from ..language import Update, derived, t, theta
from ..language.claims import Equivalence, Side, Verdict
from ..operators.decay import decay, decoupled_decay
from ..optimizers import adam as _adam
from ..optimizers import laprop as _laprop
from ..optimizers import nadamw as _nadamw
from ..optimizers import optimisticadam as _optimisticadam
from ..optimizers import qhadam as _qhadam
from ..optimizers import sgd as _sgd
from ..optimizers import sgdw as _sgdw

_WD = weight_decay.symbol
_ONE, _NOTHING = Integer(1), Integer(0)

qhadam_of_one = Equivalence(
    "qhadam-of-one",
    "QHAdam with both of its weights 1 is Adam.",
    Side(_qhadam.qhadam, hyper={_qhadam.nu1: _ONE, _qhadam.nu2: _ONE}),
    Side(_adam.adam),
    {},
    Verdict.PROVED,
    about=("Adam", "QHAdam"),
)

optimistic_of_none = Equivalence(
    "optimistic-of-none",
    "OptimisticAdam that adds nothing of the change of its direction is Adam.",
    Side(
        _optimisticadam.optimisticadam,
        hyper={_optimisticadam.alpha: _ONE, _optimisticadam.beta: _NOTHING},
    ),
    Side(_adam.adam),
    {},
    Verdict.PROVED,
    about=("Adam", "OptimisticAdam"),
)

sgdw_of_sgd = Equivalence(
    "sgdw-of-sgd",
    "SGDW is SGD with decoupled decay.",
    Side(decoupled_decay(_sgd.sgd), hyper={_WD: _NOTHING, decay: _WD}),
    Side(_sgdw.sgdw),
    {},
    Verdict.PROVED,
    about=("SGD", "SGDW", "decoupled_decay"),
)

laprop_rate_within = Equivalence(
    "laprop-rate-within",
    "With a constant learning rate it makes no difference to LaProp whether the rate stands within "
    "its average.",
    Side(_laprop.laprop),
    Side(
        derived(
            _laprop.laprop,
            "LaPropRateWithin",
            summary="LaProp whose rate stands within its average.",
            source="github.com/Z-T-WANG/LaProp-Optimizer; timm; pytorch_optimizer",
            updates=[
                Update(
                    _adam.m[t],
                    _adam.beta1 * _adam.m[t - 1]
                    + _adam.lr * (1 - _adam.beta1) * gtilde[t] / (sqrt(_adam.vhat[t]) + _adam.eps),
                ),
                Update(theta[t], thetabar[t] - _adam.mhat[t]),
            ],
        )
    ),
    {_adam.m[t]: _adam.lr * _adam.m[t]},
    Verdict.PROVED,
    ("the learning rate is constant",),
    about=("LaProp",),
)

nadamw_optax = Equivalence(
    "nadamw-optax",
    "NAdamW whose momentum is corrected for one step more, and its gradient for the present one, "
    "as optax has it, is not the NAdamW that is corrected as a whole.",
    Side(_nadamw.nadamw),
    Side(
        derived(
            _nadamw.nadamw,
            "NAdamWOptax",
            summary="NAdamW as optax has it.",
            source="optax 0.2.8",
            updates=[
                Update(
                    _adam.mhat[t],
                    _adam.beta1 * _adam.m[t] / (1 - _adam.beta1 ** (t + 1))
                    + (1 - _adam.beta1) * g[t] / (1 - _adam.beta1**t),
                )
            ],
        )
    ),
    {},
    Verdict.REFUTED,
    about=("NAdamW",),
)
