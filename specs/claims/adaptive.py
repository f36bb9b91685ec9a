"""Adagrad, RMSprop and Adam: forms, misprints, and where an epsilon stands."""

from sympy import Expr, Integer, Max, Rational, sqrt

from ..language import Optimizer, Series, Update, grad, intermediates, states, t, theta
from ..language.claims import Equivalence, Side, Verdict
from ..optimizers import adagrad as _adagrad
from ..optimizers import adam as _adam
from ..optimizers import adamw as _adamw
from ..optimizers import rmsprop as _rmsprop
from .forms import beta, beta1, beta2, eps, form, lr

m, v, s, vmax = states("m v s vmax")
mhat, vhat = intermediates("mhat vhat")

G = grad(theta[t - 1])
M = Update(m[t], beta1 * m[t - 1] + (1 - beta1) * G)
V = Update(v[t], beta2 * v[t - 1] + (1 - beta2) * G**2)
MHAT = Update(mhat[t], m[t] / (1 - beta1**t))
VHAT = Update(vhat[t], v[t] / (1 - beta2**t))
OFF = {_adam.weight_decay.symbol: Integer(0)}


def _step(
    name: str, source: str, *before: Update, kept: tuple[Series, ...], step: Expr
) -> Optimizer:
    return form(name, source, kept, *before, Update(theta[t], theta[t - 1] + step))


PAPER = _step(
    "AdamPaper",
    "Kingma & Ba, 2015, Algorithm 1",
    *(M, V, MHAT, VHAT),
    kept=(m, v),
    step=-lr * mhat[t] / (sqrt(vhat[t]) + eps),
)
RATE_FORM = _step(
    "AdamRate",
    "Kingma & Ba, 2015, end of section 2: the corrections moved into the rate",
    *(M, V),
    kept=(m, v),
    step=-lr * sqrt(1 - beta2**t) / (1 - beta1**t) * m[t] / (sqrt(v[t]) + eps),
)
INSIDE = _step(
    "AdamInside",
    "epsilon inside the root",
    *(M, V, MHAT, VHAT),
    kept=(m, v),
    step=-lr * mhat[t] / sqrt(vhat[t] + eps),
)

adam_spec = Equivalence(
    "adam-generated",
    "The generated Adam is the paper's.",
    Side(PAPER),
    Side(_adam.adam, hyper=OFF),
    {},
    Verdict.PROVED,
    about=("Adam",),
)

adam_rate = Equivalence(
    "adam-rate-form",
    "With the corrections in the rate it is Adam, if epsilon is scaled by sqrt(1 - beta2^t).",
    Side(PAPER),
    Side(RATE_FORM, hyper={eps: eps * sqrt(1 - beta2**t)}),
    {},
    Verdict.PROVED,
    about=("Adam",),
)

adam_rate_unscaled = Equivalence(
    "adam-rate-form-unscaled",
    "With the corrections in the rate and the same epsilon it is not Adam.",
    Side(PAPER),
    Side(RATE_FORM),
    {},
    Verdict.REFUTED,
    about=("Adam",),
)

epsilon_inside = Equivalence(
    "adam-epsilon-inside",
    "An epsilon inside the root is not one outside.",
    Side(PAPER),
    Side(INSIDE),
    {},
    Verdict.REFUTED,
    about=("Adam",),
)

_REVERSED = Update(m[t], beta1 * m[t - 1] - (1 - beta1) * G)

adam_climbs = Equivalence(
    "adam-printed-signs",
    "A first moment of negative gradients, subtracted, climbs: a misprint.",
    Side(PAPER),
    Side(
        _step(
            "AdamPrinted",
            "study notes, Adam's five lines as printed",
            *(_REVERSED, V, MHAT, VHAT),
            kept=(m, v),
            step=-lr * mhat[t] / (sqrt(vhat[t]) + eps),
        )
    ),
    {m[t]: -m[t]},
    Verdict.REFUTED,
    about=("Adam",),
)

adam_corrected = Equivalence(
    "adam-corrected-signs",
    "A first moment of negative gradients, added, is Adam.",
    Side(PAPER),
    Side(
        _step(
            "AdamAdded",
            "study notes, Adam's five lines with the sign mended",
            *(_REVERSED, V, MHAT, VHAT),
            kept=(m, v),
            step=lr * mhat[t] / (sqrt(vhat[t]) + eps),
        )
    ),
    {m[t]: -m[t]},
    Verdict.PROVED,
    about=("Adam",),
)

adam_added = Equivalence(
    "adam-printed-plus",
    "Adam with its step added climbs: a misprint.",
    Side(PAPER),
    Side(
        _step(
            "AdamPlus",
            "study notes, theta + alpha mhat/(sqrt(vhat) + eps)",
            *(M, V, MHAT, VHAT),
            kept=(m, v),
            step=lr * mhat[t] / (sqrt(vhat[t]) + eps),
        )
    ),
    {},
    Verdict.REFUTED,
    about=("Adam",),
)

_INCREMENT = Update(m[t], m[t - 1] + (1 - beta1) * (G - m[t - 1]))

average_increment = Equivalence(
    "average-increment",
    "m += (1 - beta)(g - m) is the exponential average.",
    Side(PAPER),
    Side(
        _step(
            "AdamIncrement",
            "study notes, the moments as increments, the second mended",
            _INCREMENT,
            Update(v[t], v[t - 1] + (1 - beta2) * (G**2 - v[t - 1])),
            *(MHAT, VHAT),
            kept=(m, v),
            step=-lr * mhat[t] / (sqrt(vhat[t]) + eps),
        )
    ),
    {},
    Verdict.PROVED,
    about=("Adam",),
)

average_printed = Equivalence(
    "average-printed",
    "v += (1 - beta)g^2 - v, as printed, forgets everything: a misprint.",
    Side(PAPER),
    Side(
        _step(
            "AdamForgets",
            "study notes, the second moment as printed",
            _INCREMENT,
            Update(v[t], v[t - 1] + (1 - beta2) * G**2 - v[t - 1]),
            *(MHAT, VHAT),
            kept=(m, v),
            step=-lr * mhat[t] / (sqrt(vhat[t]) + eps),
        )
    ),
    {},
    Verdict.REFUTED,
    about=("Adam",),
)

adam_without_momentum = Equivalence(
    "adam-rmsprop",
    "Adam without momentum and without correction is RMSprop.",
    Side(
        _step(
            "AdamBare",
            "Adam with beta1 = 0 and no bias correction",
            Update(v[t], beta2 * v[t - 1] + (1 - beta2) * G**2),
            kept=(v,),
            step=-lr * G / (sqrt(v[t]) + eps),
        )
    ),
    Side(
        _step(
            "RMSpropForm",
            "Tieleman & Hinton, 2012",
            Update(s[t], beta * s[t - 1] + (1 - beta) * G**2),
            kept=(s,),
            step=-lr * G / (sqrt(s[t]) + eps),
        ),
        hyper={beta: beta2},
    ),
    {s[t]: v[t]},
    Verdict.PROVED,
    about=("Adam", "RMSprop"),
)

adam_is_not_rmsprop = Equivalence(
    "adam-is-not-rmsprop",
    "With its corrections, Adam without momentum is not RMSprop.",
    Side(
        _step(
            "AdamNoMomentum",
            "Adam with beta1 = 0",
            *(V, VHAT),
            kept=(v,),
            step=-lr * G / (sqrt(vhat[t]) + eps),
        )
    ),
    Side(_step("RMSpropBare", "RMSprop", V, kept=(v,), step=-lr * G / (sqrt(v[t]) + eps))),
    {},
    Verdict.REFUTED,
    about=("Adam", "RMSprop"),
)

_MAX_RAW = Update(vmax[t], Max(vmax[t - 1], v[t]))
_AMSGRAD = _step(
    "AMSGrad",
    "torch.optim.Adam(amsgrad=True): the largest moment, then corrected",
    *(M, V, _MAX_RAW, MHAT),
    kept=(m, v, vmax),
    step=-lr * mhat[t] / (sqrt(vmax[t] / (1 - beta2**t)) + eps),
)

amsgrad_spec = Equivalence(
    "amsgrad-generated",
    "The generated Adam with amsgrad corrects the largest moment, as torch does.",
    Side(_AMSGRAD),
    Side(_adam.adam, options=[_adam.amsgrad], hyper=OFF),
    {},
    Verdict.PROVED,
    about=("Adam",),
)

amsgrad_optax = Equivalence(
    "amsgrad-optax",
    "The largest corrected moment, as optax takes it, is another rule.",
    Side(_AMSGRAD),
    Side(
        _step(
            "AMSGradOptax",
            "optax.amsgrad: corrected, then the largest",
            *(M, V, VHAT),
            Update(vmax[t], Max(vmax[t - 1], vhat[t])),
            MHAT,
            kept=(m, v, vmax),
            step=-lr * mhat[t] / (sqrt(vmax[t]) + eps),
        )
    ),
    {},
    Verdict.REFUTED,
    about=("Adam",),
)

_AMSGRAD_PLAIN = _step(
    "AMSGradPlain",
    "Reddi et al., 2018, Algorithm 2",
    *(M, V, _MAX_RAW),
    kept=(m, v, vmax),
    step=-lr * m[t] / (sqrt(vmax[t]) + eps),
)

amsgrad_printed = Equivalence(
    "amsgrad-printed",
    "AMSGrad as printed, without its first moment and with v defined by itself, is another "
    "rule: a misprint.",
    Side(_AMSGRAD_PLAIN),
    Side(
        _step(
            "AMSGradPrinted",
            "study notes, AMSGrad as printed",
            # v_t = beta2 v_t + (1 - beta2) g_t^2, solved for v_t
            *(M, Update(v[t], G**2), _MAX_RAW),
            kept=(m, v, vmax),
            step=-lr / (sqrt(vmax[t]) + eps),
        )
    ),
    {},
    Verdict.REFUTED,
    about=("Adam",),
)

amsgrad_corrected = Equivalence(
    "amsgrad-corrected",
    "With v's last value and m in its step, what was printed is AMSGrad, uncorrected for bias.",
    Side(_AMSGRAD_PLAIN),
    Side(
        _step(
            "AMSGradMended",
            "study notes, AMSGrad with both lines mended",
            *(M, V, Update(vmax[t], Max(v[t], vmax[t - 1]))),
            kept=(m, v, vmax),
            step=-lr / (sqrt(vmax[t]) + eps) * m[t],
        )
    ),
    {},
    Verdict.PROVED,
    about=("Adam",),
)

_SUM = Update(s[t], s[t - 1] + G**2)
_ADAGRAD = _step(
    "AdagradForm", "Duchi et al., 2011", _SUM, kept=(s,), step=-lr * G / (eps + sqrt(s[t]))
)

adagrad_spec = Equivalence(
    "adagrad-generated",
    "The generated Adagrad is the paper's.",
    Side(_ADAGRAD),
    Side(
        _adagrad.adagrad,
        hyper={
            _adagrad.lr_decay: Integer(0),
            _adagrad.initial_accumulator_value: Integer(0),
            _adagrad.weight_decay.symbol: Integer(0),
        },
    ),
    {},
    Verdict.PROVED,
    about=("Adagrad",),
)

adagrad_printed = Equivalence(
    "adagrad-printed-sign",
    "Adagrad with its step added climbs: a misprint.",
    Side(_ADAGRAD),
    Side(
        _step(
            "AdagradPrinted",
            "study notes, Adagrad as printed",
            _SUM,
            kept=(s,),
            step=lr * G / (eps + sqrt(s[t])),
        )
    ),
    {},
    Verdict.REFUTED,
    about=("Adagrad",),
)

_SQUARES = Update(v[t], beta * v[t - 1] + (1 - beta) * G**2)
_RMSPROP = _step(
    "RMSpropNotes",
    "Tieleman & Hinton, 2012",
    _SQUARES,
    kept=(v,),
    step=-lr * G / (eps + sqrt(v[t])),
)

rmsprop_spec = Equivalence(
    "rmsprop-generated",
    "The generated RMSprop is the lecture's.",
    Side(_RMSPROP),
    Side(
        _rmsprop.rmsprop,
        hyper={
            _rmsprop.alpha: beta,
            _rmsprop.momentum: Integer(0),
            _rmsprop.weight_decay.symbol: Integer(0),
        },
    ),
    {},
    Verdict.PROVED,
    about=("RMSprop",),
)

rmsprop_printed = Equivalence(
    "rmsprop-printed-sign",
    "RMSprop with its step added climbs: a misprint.",
    Side(_RMSPROP),
    Side(
        _step(
            "RMSpropPrinted",
            "study notes, RMSprop as printed",
            _SQUARES,
            kept=(v,),
            step=lr * G / (eps + sqrt(v[t])),
        )
    ),
    {},
    Verdict.REFUTED,
    about=("RMSprop",),
)

rmsprop_epsilon = Equivalence(
    "rmsprop-epsilon-inside",
    "RMSprop with epsilon inside the root, as keras and TensorFlow have it, is another rule.",
    Side(_RMSPROP),
    Side(
        _step(
            "RMSpropInside",
            "keras.optimizers.RMSprop",
            _SQUARES,
            kept=(v,),
            step=-lr * G / sqrt(v[t] + eps),
        )
    ),
    {},
    Verdict.REFUTED,
    about=("RMSprop",),
)

adam_decoupled = Equivalence(
    "adam-decoupled-adamw",
    "The generated AdamW is the generated Adam with decoupled weight decay.",
    Side(_adam.adam, options=[_adam.decoupled_weight_decay]),
    Side(_adamw.adamw),
    {},
    Verdict.PROVED,
    about=("Adam", "AdamW"),
)

adam_not_adamw = Equivalence(
    "adam-is-not-adamw",
    "The generated Adam with its L2 term is not the generated AdamW.",
    Side(_adam.adam),
    Side(_adamw.adamw),
    {},
    Verdict.REFUTED,
    about=("Adam", "AdamW"),
)

adagrad_not_rmsprop = Equivalence(
    "adagrad-is-not-rmsprop",
    "A sum of squares is no average of them: the generated Adagrad is not RMSprop.",
    Side(_adagrad.adagrad),
    Side(
        _rmsprop.rmsprop,
        hyper={
            _rmsprop.alpha: Rational(1, 2),
            _rmsprop.momentum: Integer(0),
        },
    ),
    {_rmsprop.v[t]: s[t]},
    Verdict.REFUTED,
    about=("Adagrad", "RMSprop"),
)
