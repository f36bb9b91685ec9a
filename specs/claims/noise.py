"""One step, and many, along noisy gradients of a quadratic loss: how far they settle."""

from sympy import Expr, Integer, symbols

from ..language import states, t
from ..language.claims import Identity, Part, Verdict, by_induction
from .estimators import GBAR, SIGMA2, B, deviation, g, gbar, k, one_draw, sigma2
from .expansion import coefficient
from .forms import lr

f, x, h, G, q0, offset = symbols("f x h G q0 offset", real=True)
(q,) = states("q")
ONE_STEP = 1 - lr * h
QUADRATIC = "the loss is a quadratic of curvature h, in one dimension"
UNBIASED = "a batch's gradient has the mean gbar and the variance sigma2/B"
NOISE = "sigma2 is the same at every point, and the draws of different steps are independent"
BOTTOU = "Bottou, Curtis & Nocedal, 2018, arXiv:1606.04838, section 4"


def quadratic(at: Expr) -> Expr:
    return h * at**2 / 2 + offset * at


def after(value: Expr, slope: Expr, gradient: Expr) -> Expr:
    """The loss after a step along a gradient, from a point with that value and slope."""
    return value - lr * slope * gradient + lr**2 * h * gradient**2 / 2


EXPECTED = f - lr * gbar * gbar + lr**2 * h * (gbar**2 + sigma2 / B) / 2
NOISELESS = f - lr * (1 - lr * h / 2) * gbar**2
RISE = lr**2 * h * sigma2 / (2 * B)

descent = Identity(
    "estimator-descent",
    "A step on a quadratic changes the expected loss by -lr (1 - lr h/2) gbar^2 + "
    "lr^2 h sigma^2/(2B). The first term vanishes at the minimum and the second does not: "
    "at a constant rate the steps never settle there.",
    (
        Part(
            "a quadratic after a step along G",
            quadratic(x - lr * G),
            after(quadratic(x), quadratic(x).diff(x), G),
        ),
        Part(
            "its mean over one draw for G, from the value f and the slope gbar",
            one_draw(lambda one: after(f, gbar, g(one))),
            EXPECTED.xreplace({B: Integer(1)}),
        ),
        Part("its mean over a batch, E[G^2] being gbar^2 + sigma2/B", EXPECTED, NOISELESS + RISE),
        Part("the rise at the minimum", (EXPECTED - f).xreplace({gbar: Integer(0)}), RISE),
    ),
    Verdict.PROVED,
    (QUADRATIC, UNBIASED),
    BOTTOU,
    {gbar: GBAR, sigma2: SIGMA2},
    about=("SGD",),
)

descent_noiseless = Identity(
    "estimator-descent-noiseless",
    "The expected decrease is not the batch gradient's lr (1 - lr h/2) gbar^2: the variance takes "
    "its part.",
    (
        Part(
            "the loss's mean after a step", one_draw(lambda one: after(f, gbar, g(one))), NOISELESS
        ),
    ),
    Verdict.REFUTED,
    (QUADRATIC, UNBIASED),
    where={gbar: GBAR, sigma2: SIGMA2},
    about=("SGD",),
)

SETTLED = lr * sigma2 / (B * h * (2 - lr * h))
RECURRENCE = ONE_STEP**2 * q[t - 1] + lr**2 * sigma2 / B

settled = Identity(
    "estimator-settled",
    "On a quadratic the mean squared distance from the minimum tends to "
    "lr sigma^2/(B h (2 - lr h)) at a constant rate: not to 0, but to less for smaller rates and "
    "larger batches.",
    (
        Part(
            "after a step from x, over one draw of a gradient h x + deviation",
            one_draw(lambda one: (x - lr * (h * x + deviation(one))) ** 2),
            ONE_STEP**2 * x**2 + lr**2 * sigma2,
        ),
        Part(
            "the distance that a step leaves as it is",
            RECURRENCE.xreplace({q[t - 1]: SETTLED}),
            SETTLED,
        ),
        *by_induction(q[t], SETTLED + ONE_STEP ** (2 * t) * (q0 - SETTLED), RECURRENCE, q0),
        Part(
            "its growth with the rate, which is positive",
            SETTLED.diff(lr),
            2 * sigma2 / (B * h * (2 - lr * h) ** 2),
        ),
        Part("it to first order in lr", coefficient(SETTLED, lr, 1), sigma2 / (2 * B * h)),
        Part(
            "the loss it holds above the minimum",
            h / 2 * SETTLED,
            lr * sigma2 / (2 * B * (2 - lr * h)),
        ),
    ),
    Verdict.PROVED,
    (QUADRATIC, UNBIASED, NOISE, "0 < lr h < 2"),
    BOTTOU,
    {gbar: GBAR, sigma2: SIGMA2},
    about=("SGD",),
)

settled_small_rate = Identity(
    "estimator-settled-small-rate",
    "lr sigma^2/(2 B h) is the settled distance to first order in lr alone.",
    (
        Part(
            "the distance that a step leaves as it is",
            RECURRENCE.xreplace({q[t - 1]: lr * sigma2 / (2 * B * h)}),
            lr * sigma2 / (2 * B * h),
        ),
    ),
    Verdict.REFUTED,
    (QUADRATIC, UNBIASED, NOISE),
    where={gbar: GBAR, sigma2: SIGMA2},
    about=("SGD",),
)

settled_scaled = Identity(
    "estimator-settled-scaled",
    "A batch k times as large does not make up for a rate k times as large: the settled distance "
    "grows, though not to first order in lr.",
    (
        Part(
            "the settled distance",
            SETTLED.xreplace({lr: k * lr, B: k * B}),
            SETTLED,
            k * lr * h < 2,
        ),
    ),
    Verdict.REFUTED,
    (QUADRATIC, UNBIASED, NOISE),
    "Goyal et al., 2017, arXiv:1706.02677, section 2.1, for the scaling",
    {gbar: GBAR, sigma2: SIGMA2},
    about=("SGD",),
)
