"""Momentum as a ball with mass and friction, and what convexity alone does not give it."""

from dataclasses import replace

from sympy import Expr, Integer, Rational, Symbol, sqrt, symbols

from ..language import State, Update, states, t, theta
from ..language.claims import Equivalence, Identity, Part, Side, Verdict
from .adam import G
from .forms import beta, form, lr
from .momentum import CONSTANT_RATE, d
from .momentum import momentum_velocity as _accumulated
from .rates import POLYAK
from .stability import MOMENTUM_POLYNOMIAL, h, z

(p,) = states("p")

_BALL = form(
    "HeavyBall",
    "Polyak, 1964, Some methods of speeding up the convergence of iteration methods; not checked "
    "against the paper",
    [p],
    Update(p[t], theta[t - 1]),
    Update(theta[t], theta[t - 1] - lr * G + beta * (theta[t - 1] - p[t - 1])),
)
BALL = replace(_BALL, states=[State(p, init=theta[0], key="p")])

heavy_ball = Equivalence(
    "heavy-ball",
    "Momentum, written with the last displacement in place of a sum of gradients, is the heavy "
    "ball.",
    _accumulated.left,
    Side(BALL),
    {p[t]: theta[t] + lr * d[t]},
    Verdict.PROVED,
    (CONSTANT_RATE,),
    about=("SGD",),
)

x, y, w, slope, friction = symbols("x y w g c", real=True)
M, delta = symbols("M delta", positive=True)
b = Symbol("b", positive=True)

heavy_ball_oscillator = Identity(
    "heavy-ball-oscillator",
    "The heavy ball is Newton's law for a mass with friction, the derivatives replaced by "
    "differences over a short time.",
    (
        Part(
            "mass times acceleration, friction times speed, and the slope",
            M * (x - 2 * y + w) / delta**2 + friction * (y - w) / delta + slope,
            Integer(0),
        ),
        Part(
            "what decides whether a mass oscillates, by rate and momentum",
            friction**2 - 4 * M * h,
            (M / delta) ** 2 * ((1 - beta) ** 2 - 4 * lr * h),
        ),
    ),
    Verdict.PROVED,
    ("x is the point after a step, y the one before it, w the one before that",),
    "Qian, 1999, On the momentum term in gradient descent learning algorithms; not checked against "
    "the paper",
    {
        friction: (1 - beta) * M / delta,
        lr: delta**2 / M,
        x: y + beta * (y - w) - lr * slope,
    },
    about=("SGD",),
)

_CRITICAL: Expr = MOMENTUM_POLYNOMIAL.xreplace({beta: b**2, lr: (1 - b) ** 2 / h})  # pyright: ignore

critical_damping = Identity(
    "critical-damping",
    "Where the root of rate times curvature is one minus the root of the momentum, momentum is "
    "critically damped: both roots of its polynomial are the root of the momentum.",
    (
        Part("the characteristic polynomial", _CRITICAL, (z - b) ** 2),
        Part(
            "that distance from one, beside the oscillator's",
            (1 - b) / ((1 - b**2) / 2),
            2 / (1 + b),
        ),
    ),
    Verdict.PROVED,
    ("beta is b^2",),
    POLYAK,
    about=("SGD",),
)

FIRST, SECOND, THIRD = symbols("x1 x2 x3", real=True)


def _next(before: Expr, at: Expr, slope_there: Expr) -> Expr:
    return at - lr * slope_there + beta * (at - before)


heavy_ball_cycle = Identity(
    "heavy-ball-cycle",
    "At the best rate and momentum for quadratics with curvatures from 1 to 25 the heavy ball can "
    "go round for ever on another loss with the same curvatures.",
    (
        Part("the second point", _next(THIRD, FIRST, 25 * FIRST), SECOND),
        Part("the third", _next(FIRST, SECOND, 25 * SECOND), THIRD),
        Part("the first again", _next(SECOND, THIRD, 25 * THIRD - 24), FIRST),
    ),
    Verdict.PROVED,
    (
        "the slope of the loss is 25 times the point below 1, the point plus 24 up to 2, and 25 "
        "times the point less 24 from there on",
    ),
    "Lessard, Recht & Packard, 2016, arXiv:1408.3595, section 4.6, for the loss",
    {
        lr: Rational(1, 9),
        beta: Rational(4, 9),
        FIRST: Rational(792, 1225),
        SECOND: Rational(-2208, 1225),
        THIRD: Rational(2592, 1225),
    },
    about=("SGD",),
)

T, NEXT = symbols("T U", positive=True)

nesterov_growing = Identity(
    "nesterov-growing",
    "The numbers by which Nesterov's momentum grows on convex losses: the square of each is the "
    "square of the one before plus itself, and each exceeds the one before by more than a half.",
    (
        Part("its square, less itself", NEXT**2 - NEXT, T**2),
        Part(
            "by how much it exceeds the one before plus a half, which is positive",
            NEXT - T - Rational(1, 2),
            1 / (2 * (sqrt(1 + 4 * T**2) + 2 * T)),
        ),
    ),
    Verdict.PROVED,
    ("U is the number after T",),
    "Nesterov, 1983, A method of solving a convex programming problem with convergence rate "
    "O(1/k^2); not checked against the paper",
    {NEXT: (1 + sqrt(1 + 4 * T**2)) / 2},
    about=("SGD",),
)
