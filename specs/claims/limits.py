"""Adamax as the limit of Adam on the p-norm."""

from sympy import Abs, Expr, Limit, Sum, Symbol, oo

from ..language import grad, t, theta
from ..language.claims import Identity, Part, Verdict, by_induction
from .adam import G, s
from .averages import ZERO, i

p, n = (Symbol(name, integer=True, positive=True) for name in "pn")
a, b = Symbol("a", positive=True), Symbol("b", positive=True)
beta2 = Symbol("beta2", positive=True)
SIZE = Abs(grad(theta[i - 1]))
SUM = Sum((beta2 ** (t - i)) ** p * SIZE**p, (i, 1, t))
SOURCE = "Kingma & Ba, 2015, section 7.1"


def _recurrence(decay: Expr) -> Expr:
    return decay * s[t - 1] + Abs(G) ** p


p_norm = Identity(
    "adamax-p-norm",
    "The p-th power of the p-norm of the decayed gradients beta2^(t - i) |g_i| is its predecessor "
    "times beta2^p plus |g_t|^p.",
    by_induction(s[t], SUM, _recurrence(beta2**p), ZERO),
    Verdict.PROVED,
    ("beta2 is positive",),
    SOURCE,
    about=("Adamax",),
)

p_norm_unraised = Identity(
    "adamax-decay-not-raised",
    "With beta2 in place of beta2^p the recurrence does not give the p-norm of the decayed "
    "gradients.",
    by_induction(s[t], SUM, _recurrence(beta2), ZERO),
    Verdict.REFUTED,
    ("beta2 is positive",),
    SOURCE,
    about=("Adamax",),
)

adamax_limit = Identity(
    "adamax-limit",
    "For a >= b > 0 the p-norm (a^p + b^p)^(1/p) lies between a and 2^(1/p) a, and so tends to "
    "the larger one, which is Adamax's maximum.",
    (
        Part("its p-th power less a^p is b^p, not negative", (a**p + b**p) - a**p, b**p),
        Part(
            "2 a^p less its p-th power is a^p (1 - (b/a)^p), not negative",
            2 * a**p - (a**p + b**p),
            a**p * (1 - (b / a) ** p),
        ),
        Part("the upper bound's limit", Limit(2 ** (1 / p) * a, p, oo), a),
        Part("that of n terms, all at most a", Limit(n ** (1 / p) * a, p, oo), a),
    ),
    Verdict.PROVED,
    ("a >= b > 0", "the root 1/p is monotone"),
    SOURCE,
    about=("Adamax",),
)

adamax_limit_mean = Identity(
    "adamax-limit-mean",
    "A mean of the two powers in place of their sum has the same limit: ((a^p + b^p)/2)^(1/p) "
    "lies between 2^(-1/p) a and a.",
    (
        Part("a^p less its p-th power", a**p - (a**p + b**p) / 2, a**p * (1 - (b / a) ** p) / 2),
        Part("its p-th power less a^p/2", (a**p + b**p) / 2 - a**p / 2, b**p / 2),
        Part("the lower bound's limit", Limit(2 ** (-1 / p) * a, p, oo), a),
    ),
    Verdict.PROVED,
    ("a >= b > 0", "the root 1/p is monotone"),
    about=("Adamax",),
)

adamax_limit_sum = Identity(
    "adamax-limit-sum",
    "The p-norm of two gradients is not their sum, except for p = 1.",
    (Part("the p-th powers", a**p + b**p, (a + b) ** p),),
    Verdict.REFUTED,
    ("p > 1",),
    about=("Adamax",),
)
