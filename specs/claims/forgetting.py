"""What an average of squares forgets, and what that does to Adam and to its kin."""

from typing import cast

from sympy import Expr, Integer, Limit, Rational, Symbol, oo, sqrt, symbols

from ..language import states, t
from ..language.claims import Identity, Part, Verdict, by_induction
from .forms import beta, beta2, lr

C = Symbol("C", positive=True)
rho, eps = symbols("rho eps", positive=True)
g = Symbol("g", positive=True)
LARGE, FIRST, SECOND = symbols("v1 v2 v3", positive=True)

_WHOLE = (1 - beta2) / (1 - beta2**3)
_V = {
    LARGE: _WHOLE * (C**2 + beta2 + beta2**2),
    FIRST: _WHOLE * (1 + beta2 * C**2 + beta2**2),
    SECOND: _WHOLE * (1 + beta2 + beta2**2 * C**2),
}
_DECAY = {beta2: 1 / (1 + C**2)}
_AT = [cast(Expr, v.xreplace(_DECAY)) for v in _V.values()]

adam_forgets = Identity(
    "adam-forgets",
    "Of gradients C, -1, -1 in turn the mean is positive for C above 2; divided by the root of an "
    "average that has forgotten C, the two small ones outweigh it, and the steps add up the wrong "
    "way.",
    (
        Part("the average after a gradient of C", beta2 * SECOND + (1 - beta2) * C**2, LARGE),
        Part("after the first of -1", beta2 * LARGE + (1 - beta2), FIRST),
        Part("after the second", beta2 * FIRST + (1 - beta2), SECOND),
        Part("the square of the step of C, for large C", Limit(C**2 / _AT[0], C, oo), Integer(1)),
        Part("of the first of -1", Limit(1 / _AT[1], C, oo), Rational(1, 2)),
        Part("of the second", Limit(1 / _AT[2], C, oo), Integer(1)),
    ),
    Verdict.PROVED,
    (
        "the decay rate is one over 1 + C^2 in the last three, as in the paper",
        "there is no momentum, and the rate is 1",
    ),
    "Reddi, Kale & Kumar, 2018, arXiv:1904.09237, theorem 1, for the losses",
    _V,
    about=("Adam", "RMSprop"),
)

amsgrad_keeps = Identity(
    "amsgrad-keeps",
    "For gradients C, -1, -1 in turn the average after C is the largest, and AMSGrad divides all "
    "three gradients by it: then their steps have the sign of their sum.",
    (
        Part(
            "by how much that average exceeds the one after the first of -1",
            LARGE - FIRST,
            (1 - beta2) ** 2 / (1 - beta2**3) * (C**2 - 1),
        ),
        Part(
            "and the one after the second",
            LARGE - SECOND,
            (1 - beta2) * (1 - beta2**2) / (1 - beta2**3) * (C**2 - 1),
        ),
    ),
    Verdict.PROVED,
    ("C is above 1",),
    "Reddi, Kale & Kumar, 2018, arXiv:1904.09237",
    _V,
    about=("Adam",),
)

adadelta_first = Identity(
    "adadelta-first-step",
    "The length of Adadelta's first step is set by epsilon: close to the root of epsilon over "
    "that of one minus the decay rate, whatever the gradient, unless that is small as well.",
    (
        Part(
            "for large gradients",
            Limit(sqrt(eps) / sqrt((1 - rho) * g**2 + eps) * g, g, oo),
            sqrt(eps) / sqrt(1 - rho),
        ),
    ),
    Verdict.PROVED,
    ("the learning rate is 1, both averages start at 0, and the decay rate is below 1",),
    "Zeiler, 2012, arXiv:1212.5701, Algorithm 1",
    about=("Adadelta",),
)

h, x = symbols("h x", positive=True)
slope = Symbol("g", real=True)

rmsprop_ravine = Identity(
    "rmsprop-ravine",
    "Divided by its own size, a gradient says nothing of the curvature: on the floor of a ravine "
    "and on its walls the first steps of RMSprop are equally long.",
    (
        Part(
            "the first step along an axis",
            lr * slope / sqrt((1 - beta2) * slope**2),
            lr / sqrt(1 - beta2),
        ),
    ),
    Verdict.PROVED,
    (
        "there is no epsilon",
        "the axis has the curvature h, and the parameter is at the distance x from the minimum",
    ),
    "",
    {slope: h * x},
    about=("RMSprop",),
)

sigma2 = Symbol("sigma2", positive=True)
(q,) = states("q")

average_variance = Identity(
    "average-variance",
    "An exponential average of independent gradients has the variance of a mean of some number of "
    "them: after one step, corrected, of one; in the long run, of the number that RAdam starts "
    "from.",
    (
        *by_induction(
            q[t],
            (1 - beta) / (1 + beta) * sigma2 * (1 - beta ** (2 * t)),
            beta**2 * q[t - 1] + (1 - beta) ** 2 * sigma2,
            Integer(0),
        ),
        Part(
            "the variance of the corrected average",
            (1 - beta) / (1 + beta) * sigma2 * (1 - beta ** (2 * t)) / (1 - beta**t) ** 2,
            sigma2 * (1 - beta) * (1 + beta**t) / ((1 + beta) * (1 - beta**t)),
        ),
        Part("that number in the long run", 2 / (1 - beta) - 1, (1 + beta) / (1 - beta)),
    ),
    Verdict.PROVED,
    ("the gradients are independent, and have the variance sigma2", "beta is not 1"),
    "Liu et al., 2020, arXiv:1908.03265, for the number",
    about=("Adam", "RAdam", "RMSprop"),
)
