"""How long Adam's steps are: what the gradient's scale does to them, and what bounds them."""

from sympy import Abs, Expr, Integer, Rational, sqrt

from ..language import Optimizer, Update, t, theta
from ..language.claims import Equivalence, Identity, Part, Side, Verdict
from .adam import MHAT, PAPER, VHAT, G, M, V, m, v
from .averages import ZERO
from .forms import beta, beta1, beta2, c, eps, form, lr
from .momentum import CONSTANT_RATE, d, momentum_velocity

# Momentum as an average, the shape of Adam's numerator.

_AVERAGED = form(
    "Averaged",
    "momentum as an exponential average of the gradients",
    [m],
    Update(m[t], beta * m[t - 1] + (1 - beta) * G),
    Update(theta[t], theta[t - 1] - lr * m[t]),
)
ACCUMULATED = momentum_velocity.left

momentum_average = Equivalence(
    "momentum-average",
    "Momentum as an average of the gradients, at 1/(1 - beta) times the rate, is momentum.",
    ACCUMULATED,
    Side(_AVERAGED, hyper={lr: lr / (1 - beta)}),
    {m[t]: (1 - beta) * d[t]},
    Verdict.PROVED,
    (CONSTANT_RATE,),
    about=("SGD", "Adam"),
)

momentum_average_unscaled = Equivalence(
    "momentum-average-unscaled",
    "Momentum as an average of the gradients, at the same rate, is not momentum: its steps are "
    "1 - beta times as long.",
    ACCUMULATED,
    Side(_AVERAGED),
    {m[t]: (1 - beta) * d[t]},
    Verdict.REFUTED,
    about=("SGD", "Adam"),
)

# A loss c times as large: every gradient is, and where it is taken stays the same.

LARGER = "the gradients of the second are c times those of the first, and c > 0"


def _on_larger(rule: Optimizer) -> Optimizer:
    updates = [Update(u.target, u.value.xreplace({G: c * G})) for u in rule.updates]
    kept = [s.series for s in rule.states]
    return form(f"{rule.name}Larger", "the same rule on a loss c times as large", kept, *updates)


NO_EPSILON = {eps: ZERO}
_ADAM = Side(PAPER, hyper=NO_EPSILON)

scale_adam = Equivalence(
    "scale-adam",
    "On a loss c times as large Adam without epsilon takes the same steps.",
    _ADAM,
    Side(_on_larger(PAPER), hyper=NO_EPSILON),
    {m[t]: c * m[t], v[t]: c**2 * v[t]},
    Verdict.PROVED,
    (LARGER,),
    "Kingma & Ba, 2015, section 2.1",
    about=("Adam", "AdamW"),
)

scale_adam_epsilon = Equivalence(
    "scale-adam-epsilon",
    "With an epsilon Adam does not take the same steps on a loss c times as large: epsilon has a "
    "scale.",
    Side(PAPER),
    Side(_on_larger(PAPER)),
    {m[t]: c * m[t], v[t]: c**2 * v[t]},
    Verdict.REFUTED,
    (LARGER,),
    about=("Adam", "AdamW"),
)

scale_momentum = Equivalence(
    "scale-momentum",
    "On a loss c times as large momentum takes the steps that c times the rate makes on the loss "
    "itself.",
    Side(ACCUMULATED.spec, hyper={lr: c * lr}),
    Side(_on_larger(ACCUMULATED.spec)),
    {d[t]: c * d[t]},
    Verdict.PROVED,
    (LARGER,),
    about=("SGD",),
)

scale_momentum_same = Equivalence(
    "scale-momentum-same-rate",
    "On a loss c times as large momentum does not take the same steps at the same rate.",
    ACCUMULATED,
    Side(_on_larger(ACCUMULATED.spec)),
    {d[t]: c * d[t]},
    Verdict.REFUTED,
    (LARGER,),
    about=("SGD",),
)

# The signs.

_SIGNS = form(
    "SignDescent",
    "steps of one length, against the sign g/|g| of each component",
    [m, v],
    Update(m[t], G),
    Update(v[t], G**2),
    Update(theta[t], theta[t - 1] - lr * G / Abs(G)),
)
_NO_MEMORY = {beta1: ZERO, beta2: ZERO}

sign_adam = Equivalence(
    "sign-adam",
    "Adam without memory, beta1 = beta2 = 0, and without epsilon is sign descent.",
    Side(PAPER, hyper={**NO_EPSILON, **_NO_MEMORY}),
    Side(_SIGNS),
    {},
    Verdict.PROVED,
    ("no component of a gradient is 0",),
    "Balles & Hennig, 2018, arXiv:1705.07774",
    about=("Adam",),
)

sign_adam_epsilon = Equivalence(
    "sign-adam-epsilon",
    "With an epsilon the steps of Adam without memory are shorter than those of sign descent.",
    Side(PAPER, hyper=_NO_MEMORY),
    Side(_SIGNS),
    {},
    Verdict.REFUTED,
    about=("Adam",),
)

# The first step, and a bound on all.

_FIRST = {t: Integer(1)}


def _first(update: Update) -> Expr:
    return update.value.xreplace({m[t - 1]: ZERO, v[t - 1]: ZERO}).xreplace(_FIRST)  # pyright: ignore


_G0: Expr = G.xreplace(_FIRST)  # pyright: ignore[reportAssignmentType]
M1, V1 = _first(M), _first(V)
_MHAT1 = MHAT.value.xreplace({m[t]: M1}).xreplace(_FIRST)
_VHAT1 = VHAT.value.xreplace({v[t]: V1}).xreplace(_FIRST)
RATIO = (1 - beta1) / sqrt(1 - beta2)

first_step = Identity(
    "first-step-corrected",
    "Adam's first step is lr long in every component, up to epsilon: corrected, both moments are "
    "the gradient's own.",
    (
        Part("the first moment", _MHAT1, _G0),
        Part("the second moment", _VHAT1, _G0**2),
        Part("the step", lr * _MHAT1 / (sqrt(_VHAT1) + eps), lr * _G0 / (Abs(_G0) + eps)),
    ),
    Verdict.PROVED,
    ("both moments start at 0",),
    about=("Adam", "AdamW"),
)

first_step_uncorrected = Identity(
    "first-step-uncorrected",
    "Without the corrections Adam's first step is (1 - beta1)/sqrt(1 - beta2) times as long: for "
    "0.9 and 0.999, sqrt(10) = 3.16 times.",
    (
        Part("the first moment", M1, (1 - beta1) * _G0),
        Part("the second moment", V1, (1 - beta2) * _G0**2),
        Part("the step, without epsilon", lr * M1 / sqrt(V1), lr * RATIO * _G0 / Abs(_G0)),
        Part(
            "the ratio for 0.9 and 0.999",
            RATIO.xreplace({beta1: Rational(9, 10), beta2: Rational(999, 1000)}),
            sqrt(10),
        ),
    ),
    Verdict.PROVED,
    ("both moments start at 0",),
    about=("Adam", "AdamW"),
)

first_step_same = Identity(
    "first-step-uncorrected-same",
    "Without the corrections Adam's first step is not lr long.",
    (Part("the step, without epsilon", lr * M1 / sqrt(V1), lr * _G0 / Abs(_G0)),),
    Verdict.REFUTED,
    ("both moments start at 0",),
    about=("Adam", "AdamW"),
)

GAP = beta2 - beta1**2
BOUND = (1 - beta1) ** 2 * beta2 / ((1 - beta2) * GAP)


def _excess(first: Expr, second: Expr) -> Expr:
    return BOUND * second - first**2


_REMAINDER = (GAP * m[t - 1] - beta1 * (1 - beta1) * G) ** 2 / GAP

step_bound = Identity(
    "adam-step-bound",
    "No first moment outgrows its second: m^2 <= K v with "
    "K = (1 - beta1)^2 beta2/((1 - beta2)(beta2 - beta1^2)), at every step and for all gradients.",
    (
        Part("K v - m^2 at the start", _excess(ZERO, ZERO), ZERO),
        Part(
            "K v - m^2 after a step, beta2 times what it was and a square",
            _excess(M.value, V.value),
            beta2 * _excess(m[t - 1], v[t - 1]) + _REMAINDER,
        ),
    ),
    Verdict.PROVED,
    ("beta1^2 < beta2 < 1", "a sum of terms that are not negative is not negative"),
    "Kingma & Ba, 2015, section 2.1, for the step's size",
    about=("Adam", "AdamW"),
)

step_bound_first = Identity(
    "adam-step-bound-first",
    "The first step's ratio, (1 - beta1)^2/(1 - beta2), is no such bound for later steps: "
    "what is left over is no square.",
    (
        Part(
            "K v - m^2 after a step",
            (1 - beta1) ** 2 / (1 - beta2) * V.value - M.value**2,
            beta2 * ((1 - beta1) ** 2 / (1 - beta2) * v[t - 1] - m[t - 1] ** 2) + _REMAINDER,
        ),
    ),
    Verdict.REFUTED,
    ("beta1^2 < beta2 < 1",),
    about=("Adam", "AdamW"),
)
