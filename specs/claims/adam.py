"""Adam: forms, misprints, and where its epsilon stands."""

from sympy import Integer, sqrt

from ..language import Update, grad, intermediates, states, t, theta
from ..language.claims import Equivalence, Side, Verdict
from ..optimizers import adam as _adam
from ..optimizers import adamw as _adamw
from .forms import beta, beta1, beta2, eps, lr, stepping

m, v, s = states("m v s")
mhat, vhat = intermediates("mhat vhat")
G = grad(theta[t - 1])
M = Update(m[t], beta1 * m[t - 1] + (1 - beta1) * G)
V = Update(v[t], beta2 * v[t - 1] + (1 - beta2) * G**2)
MHAT = Update(mhat[t], m[t] / (1 - beta1**t))
VHAT = Update(vhat[t], v[t] / (1 - beta2**t))
OFF = {_adam.weight_decay.symbol: Integer(0)}

PAPER = stepping(
    "AdamPaper",
    "Kingma & Ba, 2015, Algorithm 1",
    *(M, V, MHAT, VHAT),
    kept=(m, v),
    change=-lr * mhat[t] / (sqrt(vhat[t]) + eps),
)

RATE_FORM = stepping(
    "AdamRate",
    "Kingma & Ba, 2015, end of section 2: the corrections moved into the rate",
    *(M, V),
    kept=(m, v),
    change=-lr * sqrt(1 - beta2**t) / (1 - beta1**t) * m[t] / (sqrt(v[t]) + eps),
)

INSIDE = stepping(
    "AdamInside",
    "epsilon inside the root",
    *(M, V, MHAT, VHAT),
    kept=(m, v),
    change=-lr * mhat[t] / sqrt(vhat[t] + eps),
)

adam_spec = Equivalence(
    "adam-generated",
    "The generated Adam is identical to the paper's Algorithm 1.",
    Side(PAPER),
    Side(_adam.adam, hyper=OFF),
    {},
    Verdict.PROVED,
    about=("Adam",),
)

adam_rate = Equivalence(
    "adam-rate-form",
    "With its corrections in the rate Adam is the same, if epsilon is scaled by sqrt(1 - beta2^t).",
    Side(PAPER),
    Side(RATE_FORM, hyper={eps: eps * sqrt(1 - beta2**t)}),
    {},
    Verdict.PROVED,
    about=("Adam",),
)

adam_rate_unscaled = Equivalence(
    "adam-rate-form-unscaled",
    "With its corrections in the rate and the same epsilon Adam is another rule.",
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
        stepping(
            "AdamPrinted",
            "study notes, Adam's five lines as printed",
            *(_REVERSED, V, MHAT, VHAT),
            kept=(m, v),
            change=-lr * mhat[t] / (sqrt(vhat[t]) + eps),
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
        stepping(
            "AdamAdded",
            "study notes, Adam's five lines with the sign mended",
            *(_REVERSED, V, MHAT, VHAT),
            kept=(m, v),
            change=lr * mhat[t] / (sqrt(vhat[t]) + eps),
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
        stepping(
            "AdamPlus",
            "study notes, theta + alpha mhat/(sqrt(vhat) + eps)",
            *(M, V, MHAT, VHAT),
            kept=(m, v),
            change=lr * mhat[t] / (sqrt(vhat[t]) + eps),
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
        stepping(
            "AdamIncrement",
            "study notes, the moments as increments, the second mended",
            _INCREMENT,
            Update(v[t], v[t - 1] + (1 - beta2) * (G**2 - v[t - 1])),
            *(MHAT, VHAT),
            kept=(m, v),
            change=-lr * mhat[t] / (sqrt(vhat[t]) + eps),
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
        stepping(
            "AdamForgets",
            "study notes, the second moment as printed",
            _INCREMENT,
            Update(v[t], v[t - 1] + (1 - beta2) * G**2 - v[t - 1]),
            *(MHAT, VHAT),
            kept=(m, v),
            change=-lr * mhat[t] / (sqrt(vhat[t]) + eps),
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
        stepping(
            "AdamBare",
            "Adam with beta1 = 0 and no bias correction",
            Update(v[t], beta2 * v[t - 1] + (1 - beta2) * G**2),
            kept=(v,),
            change=-lr * G / (sqrt(v[t]) + eps),
        )
    ),
    Side(
        stepping(
            "RMSpropForm",
            "Tieleman & Hinton, 2012",
            Update(s[t], beta * s[t - 1] + (1 - beta) * G**2),
            kept=(s,),
            change=-lr * G / (sqrt(s[t]) + eps),
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
        stepping(
            "AdamNoMomentum",
            "Adam with beta1 = 0",
            *(V, VHAT),
            kept=(v,),
            change=-lr * G / (sqrt(vhat[t]) + eps),
        )
    ),
    Side(stepping("RMSpropBare", "RMSprop", V, kept=(v,), change=-lr * G / (sqrt(v[t]) + eps))),
    {},
    Verdict.REFUTED,
    about=("Adam", "RMSprop"),
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
