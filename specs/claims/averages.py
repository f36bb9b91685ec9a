"""Exponential averages unrolled, and why Adam divides."""

from sympy import Basic, Expr, Integer, Sum, Symbol

from ..language import grad, intermediates, t, theta
from ..language.claims import Identity, Part, Verdict, by_induction
from .adam import MHAT, VHAT, G, M, V, m, s, v
from .forms import beta, beta1, beta2
from .momentum import d

i = Symbol("i", integer=True, positive=True)
g = Symbol("g", real=True)
ZERO = Integer(0)
G_I = grad(theta[i - 1])
CONSTANT = "the gradient is the same at every step"
ACCUMULATED = beta * d[t - 1] + G


def _constant(recurrence: Expr) -> Basic:
    return recurrence.xreplace({G: g})


average_unrolled = Identity(
    "average-unrolled",
    "An exponential average from 0 is the sum of the gradients, "
    "each weighted by (1 - beta) beta^(t - i).",
    by_induction(m[t], (1 - beta1) * Sum(beta1 ** (t - i) * G_I, (i, 1, t)), M.value, ZERO),
    Verdict.PROVED,
    about=("Adam", "Adamax", "AdamW", "KahanAdamW", "Lamb", "NAdam", "RAdam"),
)

average_unrolled_unweighted = Identity(
    "average-unrolled-unweighted",
    "Without the factor 1 - beta the weighted sum is not the exponential average.",
    by_induction(m[t], Sum(beta1 ** (t - i) * G_I, (i, 1, t)), M.value, ZERO),
    Verdict.REFUTED,
    about=("Adam", "Adamax", "AdamW", "KahanAdamW", "Lamb", "NAdam", "RAdam"),
)

second_moment_unrolled = Identity(
    "second-moment-unrolled",
    "Adam's second moment is the sum of the squared gradients, weighted in the same way.",
    by_induction(v[t], (1 - beta2) * Sum(beta2 ** (t - i) * G_I**2, (i, 1, t)), V.value, ZERO),
    Verdict.PROVED,
    about=("Adam", "AdamW", "KahanAdamW", "Lamb", "NAdam", "RAdam"),
)

momentum_unrolled = Identity(
    "momentum-unrolled",
    "Momentum's direction is the sum of all gradients, the i-th weighted by beta^(t - i).",
    by_induction(d[t], Sum(beta ** (t - i) * G_I, (i, 1, t)), ACCUMULATED, ZERO),
    Verdict.PROVED,
    about=("SGD",),
)

adagrad_unrolled = Identity(
    "adagrad-unrolled",
    "Adagrad's accumulator is the sum of the squared gradients.",
    by_induction(s[t], Sum(G_I**2, (i, 1, t)), s[t - 1] + G**2, ZERO),
    Verdict.PROVED,
    about=("Adagrad",),
)

(weights,) = intermediates("weights")
_WEIGHTS = (1 - beta1) * Sum(beta1 ** (t - i), (i, 1, t))
_NEXT_WEIGHTS = beta1 * weights[t - 1] + (1 - beta1)

average_weights = Identity(
    "average-weights",
    "The weights of an exponential average from 0 add up to 1 - beta^t, not to 1.",
    (
        *by_induction(weights[t], _WEIGHTS, _NEXT_WEIGHTS, ZERO),
        *by_induction(weights[t], 1 - beta1**t, _NEXT_WEIGHTS, ZERO),
    ),
    Verdict.PROVED,
    about=("Adam", "Adamax", "AdamW", "KahanAdamW", "Lamb", "NAdam", "RAdam"),
)

average_weights_one = Identity(
    "average-weights-one",
    "The weights of an exponential average from 0 do not add up to 1 after finitely many steps.",
    (Part("the weights", _WEIGHTS, Integer(1)),),
    Verdict.REFUTED,
    about=("Adam", "Adamax", "AdamW", "KahanAdamW", "Lamb", "NAdam", "RAdam"),
)

average_constant = Identity(
    "average-constant",
    "For a constant gradient g the average from 0 is (1 - beta^t) g.",
    by_induction(m[t], (1 - beta1**t) * g, _constant(M.value), ZERO),
    Verdict.PROVED,
    (CONSTANT,),
    about=("Adam", "Adamax", "AdamW", "KahanAdamW", "Lamb", "NAdam", "RAdam"),
)

average_corrected = Identity(
    "average-corrected",
    "Divided by 1 - beta^t, the average of a constant gradient is that gradient: why Adam divides.",
    (
        *average_constant.parts,
        Part("mhat", MHAT.value.xreplace({m[t]: (1 - beta1**t) * g}), g),
        Part("vhat", VHAT.value.xreplace({v[t]: (1 - beta2**t) * g**2}), g**2),
    ),
    Verdict.PROVED,
    (CONSTANT,),
    about=("Adam", "Adamax", "AdamW", "KahanAdamW", "Lamb", "NAdam", "RAdam"),
)

average_uncorrected = Identity(
    "average-uncorrected",
    "Without the division, the average of a constant gradient is not that gradient.",
    (*average_constant.parts, Part("m", (1 - beta1**t) * g, g)),
    Verdict.REFUTED,
    (CONSTANT,),
    about=("Adam", "Adamax", "AdamW", "KahanAdamW", "Lamb", "NAdam", "RAdam"),
)

momentum_constant = Identity(
    "momentum-constant",
    "For a constant gradient g momentum's direction is (1 - beta^t)/(1 - beta) g.",
    by_induction(d[t], (1 - beta**t) / (1 - beta) * g, _constant(ACCUMULATED), ZERO),
    Verdict.PROVED,
    (CONSTANT, "beta is not 1"),
    about=("SGD",),
)

momentum_constant_average = Identity(
    "momentum-constant-undivided",
    "Momentum's direction is not the average (1 - beta^t) g: it is 1/(1 - beta) times as long.",
    by_induction(d[t], (1 - beta**t) * g, _constant(ACCUMULATED), ZERO),
    Verdict.REFUTED,
    (CONSTANT,),
    about=("SGD",),
)

_WEIGHT = (1 - beta1) * beta1 ** (t - 1) / (1 - beta1**t)

average_from_first = Identity(
    "average-from-first",
    "An average that starts at the first gradient needs no correction, but the first gradient then "
    "weighs (1 - beta^t)/(1 - beta) times what it weighs in the corrected average.",
    (
        Part(
            "the weights, that add up to 1 at step 1, at every later step",
            _NEXT_WEIGHTS.xreplace({weights[t - 1]: Integer(1)}),
            Integer(1),
        ),
        Part(
            "the first gradient's weight", beta1 ** (t - 1) / _WEIGHT, (1 - beta1**t) / (1 - beta1)
        ),
    ),
    Verdict.PROVED,
    ("beta1 is not 0",),
    about=("Adam", "Adamax", "AdamW", "KahanAdamW", "Lamb", "NAdam", "RAdam"),
)
