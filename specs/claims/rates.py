"""How fast a rule contracts on a quadratic whose curvatures lie between two bounds, at its best.

The curvatures lie in ``[a**2, b**2]``, with 0 < a < b: their roots stand in the answers, and
``kappa = b**2/a**2`` is the condition number. A rule's factor is the largest modulus of the roots
of its characteristic polynomials, those of ``stability.py``, over all curvatures in the range.
"""

from typing import cast

from sympy import Expr, Integer, Symbol

from ..language.claims import Identity, Part, Verdict
from .forms import beta, lr
from .stability import MOMENTUM_POLYNOMIAL, NESTEROV_POLYNOMIAL, SGD_POLYNOMIAL, h, z

a, b = Symbol("a", positive=True), Symbol("b", positive=True)
RANGE = ("every curvature lies between a^2 and b^2", "0 < a < b")
PLAIN = (b**2 - a**2) / (b**2 + a**2)
ROOT = (b - a) / (b + a)
TWO_ENDS = "the factor is the larger of its values at both ends, being convex in h"
POLYAK = "Polyak, 1964, theorem 9"

SGD_BEST = {lr: 2 / (a**2 + b**2)}
MOMENTUM_BEST = {lr: 4 / (a + b) ** 2, beta: ROOT**2}
NESTEROV_BEST = {lr: 1 / b**2, beta: ROOT}


def _root(at: Expr) -> Expr:
    """Of gradient descent's polynomial ``z - (1 - lr h)``, at a curvature."""
    return (z - SGD_POLYNOMIAL).xreplace({h: at, **SGD_BEST})  # pyright: ignore


def _discriminant(polynomial: Expr) -> Expr:
    middle, last = polynomial.coeff(z, 1), polynomial.coeff(z, 0)
    return cast(Expr, middle) ** 2 - 4 * cast(Expr, last)


def _double(polynomial: Expr, at: Expr, root: Expr) -> Expr:
    """What is left of a polynomial at a curvature beside a double root: 0."""
    return (polynomial - (z - root) ** 2).xreplace({h: at})  # pyright: ignore


_MOMENTUM = MOMENTUM_POLYNOMIAL.xreplace(MOMENTUM_BEST)
_NESTEROV = NESTEROV_POLYNOMIAL.xreplace(NESTEROV_BEST)

rate_sgd = Identity(
    "rate-sgd",
    "At its best rate, 2/(a^2 + b^2), gradient descent contracts by "
    "(b^2 - a^2)/(b^2 + a^2) = (kappa - 1)/(kappa + 1) a step.",
    (
        Part("the factor at the lowest curvature", _root(a**2), PLAIN),
        Part("the factor at the highest curvature", _root(b**2), -PLAIN),
        Part("by the condition number", PLAIN, (b**2 / a**2 - 1) / (b**2 / a**2 + 1)),
    ),
    Verdict.PROVED,
    (*RANGE, TWO_ENDS),
    "Nesterov, 2004, Introductory Lectures on Convex Optimization, theorem 2.1.15",
    about=("SGD",),
)

rate_momentum = Identity(
    "rate-momentum",
    "At its best, lr = 4/(a + b)^2 and beta = ((b - a)/(b + a))^2, momentum contracts by "
    "(b - a)/(b + a) = (sqrt(kappa) - 1)/(sqrt(kappa) + 1) a step.",
    (
        Part(
            "the discriminant, which is not positive",
            _discriminant(_MOMENTUM),
            (lr**2 * (h - a**2) * (h - b**2)).xreplace(MOMENTUM_BEST),
        ),
        Part("the product of the roots", _MOMENTUM.xreplace({z: Integer(0)}), ROOT**2),
        Part("the double root at the lowest curvature", _double(_MOMENTUM, a**2, ROOT), Integer(0)),
        Part(
            "the double root at the highest curvature", _double(_MOMENTUM, b**2, -ROOT), Integer(0)
        ),
        Part("by the condition number", ROOT, (b / a - 1) / (b / a + 1)),
    ),
    Verdict.PROVED,
    (*RANGE, "roots that are complex conjugates have the product of their moduli squared"),
    POLYAK,
    about=("SGD",),
)

rate_momentum_plain = Identity(
    "rate-momentum-plain",
    "Momentum's best factor is not gradient descent's: it takes the root of the condition number.",
    (Part("the factor", ROOT, PLAIN, a < b),),
    Verdict.REFUTED,
    RANGE,
    about=("SGD",),
)

rate_nesterov = Identity(
    "rate-nesterov",
    "At lr = 1/b^2 and beta = (b - a)/(b + a) Nesterov's look-ahead contracts by "
    "1 - a/b = 1 - 1/sqrt(kappa) a step.",
    (
        Part(
            "the double root at the lowest curvature",
            _double(_NESTEROV, a**2, 1 - a / b),
            Integer(0),
        ),
        Part("the double root at the highest curvature", _double(_NESTEROV, b**2, 0), Integer(0)),
        Part(
            "the discriminant, which is not positive",
            _discriminant(_NESTEROV),
            4 * (h - a**2) * (h - b**2) / (b**2 * (a + b) ** 2),
        ),
        Part(
            "the product of the roots, which falls as the curvature grows",
            _NESTEROV.xreplace({z: Integer(0)}),
            ROOT * (1 - h / b**2),
        ),
        Part("that product at the lowest curvature", ROOT * (1 - a**2 / b**2), (1 - a / b) ** 2),
    ),
    Verdict.PROVED,
    (*RANGE, "complex conjugate roots have equal moduli"),
    "Nesterov, 2004, Introductory Lectures on Convex Optimization, section 2.2",
    about=("SGD",),
)

rate_oscillating = Identity(
    "rate-oscillating",
    "Where momentum oscillates, which is where (1 - sqrt(beta))^2 < lr h < (1 + sqrt(beta))^2, its "
    "factor is sqrt(beta), whatever the curvature.",
    (
        Part(
            "the discriminant, negative just there",
            _discriminant(MOMENTUM_POLYNOMIAL).xreplace({beta: b**2}),
            (lr * h - (1 - b) ** 2) * (lr * h - (1 + b) ** 2),
        ),
        Part("the product of the roots", MOMENTUM_POLYNOMIAL.xreplace({z: Integer(0)}), beta),
    ),
    Verdict.PROVED,
    ("beta is b^2 in the first equation", "complex conjugate roots have equal moduli"),
    POLYAK,
    about=("SGD",),
)
