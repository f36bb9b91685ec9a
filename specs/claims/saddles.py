"""Saddles and flat minima, in two dimensions."""

from sympy import Integer, Symbol, symbols

from ..language import states, t
from ..language.claims import Identity, Part, Verdict, by_induction
from .estimators import B
from .forms import lr

x, y, u, w = symbols("x y u w", real=True)
h, k, a = symbols("h k a", positive=True)
sigma2 = Symbol("sigma2", positive=True)
(q,) = states("q")

SADDLE = (h * x**2 - k * y**2) / 2
AWAY = 1 + lr * k


saddle_descent = Identity(
    "saddle-descent",
    "Beside a saddle gradient descent shrinks the distance along the axis that curves up, and "
    "stretches the one along the axis that curves down.",
    (
        Part("along the first axis", x - lr * SADDLE.diff(x), (1 - lr * h) * x),
        Part("along the second", y - lr * SADDLE.diff(y), AWAY * y),
    ),
    Verdict.PROVED,
    about=("SGD",),
)

saddle_noise = Identity(
    "saddle-noise",
    "Noise alone drives descent off a saddle: started on the very line that leads into it, the "
    "mean squared distance from that line grows geometrically.",
    by_induction(
        q[t],
        lr * sigma2 / (B * k * (2 + lr * k)) * (AWAY ** (2 * t) - 1),
        AWAY**2 * q[t - 1] + lr**2 * sigma2 / B,
        Integer(0),
    ),
    Verdict.PROVED,
    (
        "the gradients of different steps have independent noise, of the same variance at every "
        "point",
    ),
    "Ge et al., 2015, arXiv:1503.02101, for noise as a way off saddles",
    about=("SGD",),
)

LOSS = (u * w - 1) ** 2 / 2


flatness_rescaled = Identity(
    "flatness-rescaled",
    "One function has minima as sharp as one likes: where the product of two weights is all that "
    "counts, scaling one up and the other down leaves the loss and changes its curvature.",
    (
        Part("the loss", LOSS, Integer(0)),
        Part("its slope along the first weight", LOSS.diff(u), Integer(0)),
        Part("its slope along the second", LOSS.diff(w), Integer(0)),
        Part(
            "the sum of the curvatures along both axes",
            LOSS.diff(u, 2) + LOSS.diff(w, 2),
            a**2 + 1 / a**2,
        ),
        Part(
            "the determinant of the second derivatives, as the minima form a curve",
            LOSS.diff(u, 2) * LOSS.diff(w, 2) - LOSS.diff(u, w) ** 2,
            Integer(0),
        ),
    ),
    Verdict.PROVED,
    (),
    "Dinh et al., 2017, arXiv:1703.04933, for the argument",
    {u: a, w: 1 / a},
    about=("SGD",),
)
