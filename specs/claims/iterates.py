"""Averages of where a rule has been, and the rates that they amount to."""

from sympy import Function, Integer, Sum, Symbol

from ..language import intermediates, states, t
from ..language.claims import Identity, Part, Verdict, by_induction
from .averages import ZERO, i
from .forms import lr

tau, W = Symbol("tau", real=True), Symbol("W", positive=True)
x, g = Function("x", real=True), Function("g", real=True)
w, average, total = states("w average total")
(weights,) = intermediates("weights")

LINES = Sum((t - i + 1) * g(i), (i, 1, t))
STEPS = Sum(g(i), (i, 1, t))

samples_averaged = Identity(
    "rate-of-one-over-t",
    "At the rates one over the curvature and the step, descent on noisy quadratics is at the mean "
    "of the minima seen so far: after each step, the step's number times the parameter is their "
    "sum.",
    (
        *by_induction(w[t], Sum(x(i), (i, 1, t)), w[t - 1] + x(t), ZERO),
        Part(
            "the step's number times the parameter, after a step",
            t * (w[t - 1] / (t - 1) - (w[t - 1] / (t - 1) - x(t)) / t),
            w[t - 1] + x(t),
            t > 1,
        ),
    ),
    Verdict.PROVED,
    ("the loss of every step is a quadratic of the same curvature, and its minimum is random",),
    "Robbins & Monro, 1951, for such rates",
    about=("SGD", "InverseTimeLR"),
)

average_linear_decay = Identity(
    "average-is-linear-decay",
    "The average of all of SGD's points is where SGD would be, with the same gradients, if its "
    "rate fell to zero along a straight line.",
    (
        *by_induction(total[t], LINES, total[t - 1] + STEPS, ZERO),
        Part(
            "the average, from the sum of all points",
            (t * x(0) - lr * LINES) / t,
            x(0) - Sum(lr * (1 - (i - 1) / t) * g(i), (i, 1, t)),
        ),
    ),
    Verdict.PROVED,
    ("the gradients are given, and the rate is constant",),
    about=("SGD", "LinearLR"),
)

EMA = x(0) - lr * Sum((1 - tau ** (t - i + 1)) * g(i), (i, 1, t))

ema_weights = Identity(
    "ema-is-a-decay",
    "An exponential average of SGD's points is where SGD would be if it took less of the latest "
    "gradients: of the last one, only the share that the average takes in.",
    by_induction(
        average[t],
        EMA,
        tau * average[t - 1] + (1 - tau) * (x(0) - lr * STEPS),
        x(0),
    ),
    Verdict.PROVED,
    ("the gradients are given, and the rate is constant",),
    about=("SGD", "ema"),
)

schedule_free_weights = Identity(
    "schedule-free-at-a-constant-rate",
    "At a constant rate every step has the same weight in schedule-free averages: the newest "
    "counts as one of all so far.",
    (
        *by_induction(weights[t], t * lr**2, weights[t - 1] + lr**2, Integer(0)),
        Part("the weight of the newest", lr**2 / W, 1 / t),
    ),
    Verdict.PROVED,
    ("the learning rate is not 0",),
    "Defazio et al., 2024, arXiv:2405.15682",
    {W: t * lr**2},
    about=("schedule_free", "ScheduleFreeSGD"),
)
