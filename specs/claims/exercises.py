"""The answers to the handbook's exercises."""

from typing import cast

from sympy import Expr, Integer, Rational, Symbol, sqrt, symbols

from ..language import hyperparameters, states, t
from ..language.claims import Identity, Part, Verdict, by_induction
from .estimators import B
from .forms import beta, lr
from .noise import NOISE, QUADRATIC, SETTLED, UNBIASED

d, average, m, v = states("d average m v")
f, g, h, x, s = symbols("f g h x s", real=True)
speed = Symbol("u", real=True)
n = Symbol("n", positive=True)
tau = Symbol("tau", real=True)
(wd,) = hyperparameters("weight_decay")

overshooting = Identity(
    "exercise-overshooting",
    "On a quadratic a step at one and a half times the rate that leads to the minimum leaves a "
    "quarter of the loss.",
    (Part("the loss after the step", h * (x - lr * h * x) ** 2 / 2, (h * x**2 / 2) / 4),),
    Verdict.PROVED,
    (QUADRATIC, "the minimum is at 0, with the loss 0"),
    where={lr: Rational(3, 2) / h},
    about=("SGD",),
)


BEFORE, AFTER = symbols("q1 q2", positive=True)

root_scaling = Identity(
    "exercise-root-scaling",
    "With a batch twice as large and the root of two times the rate, the mean squared distance at "
    "which descent settles falls, for small rates by that root.",
    (
        Part(
            "the distance, over what it was",
            AFTER / BEFORE,
            (2 - lr * h) / (sqrt(2) * (2 - sqrt(2) * lr * h)),
        ),
    ),
    Verdict.PROVED,
    (QUADRATIC, UNBIASED, NOISE),
    where={
        BEFORE: SETTLED,
        AFTER: cast(Expr, SETTLED.xreplace({lr: sqrt(2) * lr, B: 2 * B})),
    },
    about=("SGD",),
)

alternating = Identity(
    "exercise-alternating",
    "Of gradients that change their sign at every step, momentum cancels all but the share "
    "1/(1 + beta).",
    by_induction(
        d[t],
        g * (beta**t - (-1) ** t) / (1 + beta),
        beta * d[t - 1] - (-1) ** t * g,
        Integer(0),
    ),
    Verdict.PROVED,
    about=("SGD",),
)

equal_decays = Identity(
    "exercise-equal-decays",
    "With one decay rate for both moments, Adam's second moment minus the square of its first is "
    "an average of squared deviations of gradients from the first.",
    (
        Part(
            "that difference after a step",
            (beta * v[t - 1] + (1 - beta) * g**2) - (beta * m[t - 1] + (1 - beta) * g) ** 2,
            beta * (v[t - 1] - m[t - 1] ** 2) + beta * (1 - beta) * (g - m[t - 1]) ** 2,
        ),
    ),
    Verdict.PROVED,
    (),
    "Orvieto & Gower, 2025, arXiv:2505.21829, for the setting",
    about=("Adam",),
)

lagging = Identity(
    "exercise-lagging",
    "Behind a point that moves evenly, an exponential average lags by what it moves in tau/(1 - "
    "tau) steps.",
    by_induction(
        average[t],
        speed * (t - tau * (1 - tau**t) / (1 - tau)),
        tau * average[t - 1] + (1 - tau) * speed * t,
        Integer(0),
    ),
    Verdict.PROVED,
    ("the point and its average start at 0",),
    about=("SGD",),
)

polyak_power = Identity(
    "exercise-polyak-power",
    "On the n-th power of a number Polyak's rate takes away the n-th part of the distance.",
    (Part("the parameter after a step", x - (f / g**2) * g, x * (1 - 1 / n)),),
    Verdict.PROVED,
    ("n > 1, and the number is positive",),
    where={f: x**n, g: n * x ** (n - 1)},
    about=("PolyakSGD",),
)

resting = Identity(
    "exercise-resting",
    "Under decoupled decay, steps along one sign come to rest where the parameter is one over the "
    "decay, on the other side of 0.",
    (
        Part(
            "the distance from there after a step, and before it",
            (1 - lr * wd) * x - lr * s + s / wd,
            (1 - lr * wd) * (x + s / wd),
        ),
    ),
    Verdict.PROVED,
    ("s is the sign",),
    about=("SignSGD", "Lion"),
)
