"""What epsilon does to Adam: little where it is small, and another rule where it is large."""

from sympy import Abs, Expr, Limit, Symbol, oo, sqrt, symbols

from ..language import t
from ..language.claims import Identity, Part, Verdict
from .averages import CONSTANT, g
from .forms import beta1, beta2, lr

epsilon = Symbol("eps", positive=True)
mhat, vhat = Symbol("mhat", real=True), Symbol("vhat", positive=True)

m, v = symbols("m v", real=True)


def _step(first: Expr, second: Expr, rate: Expr) -> Expr:
    return rate * first / (sqrt(second) + epsilon)


adam_constant = Identity(
    "adam-constant",
    "For a gradient that is the same at every step, every step of Adam is one learning rate long, "
    "apart from epsilon.",
    (
        Part(
            "the step",
            _step(m / (1 - beta1**t), v / (1 - beta2**t), lr),
            lr * g / (Abs(g) + epsilon),
        ),
    ),
    Verdict.PROVED,
    (CONSTANT, "both moments start at 0"),
    "",
    {m: (1 - beta1**t) * g, v: (1 - beta2**t) * g**2},
    about=("Adam", "AdamW"),
)

adam_large_epsilon = Identity(
    "adam-large-epsilon",
    "As epsilon grows, and the learning rate in proportion to it, Adam's step becomes that of an "
    "average of the gradients.",
    (
        Part(
            "the step, at a rate that grows along",
            Limit(_step(mhat, vhat, lr * epsilon), epsilon, oo),
            lr * mhat,
        ),
        Part(
            "the share of that step which is taken at an epsilon",
            _step(mhat, vhat, lr * epsilon) / (lr * mhat),
            1 / (1 + sqrt(vhat) / epsilon),
        ),
    ),
    Verdict.PROVED,
    (),
    "Choi et al., 2019, arXiv:1910.05446, for one rule as the limit of another",
    about=("Adam", "SGD"),
)
