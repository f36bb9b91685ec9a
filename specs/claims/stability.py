"""Where a rule contracts on a quadratic loss, derived from its own equations."""

from sympy import Expr, Integer, Symbol

from ..language import Optimizer
from ..language.claims import Side, Stability, Verdict
from ..optimizers import sgd as _sgd
from .forms import beta, lr
from .momentum import KERAS, TORCH, VELOCITY_AHEAD, momentum_velocity

h, z = Symbol("h", real=True), Symbol("z")
JURY = (
    "the roots of a polynomial lie inside the unit circle where, and only where, Jury's "
    "conditions hold"
)
DECAY = "0 <= beta < 1"
ABOUT = ("SGD",)

_PLAIN = {_sgd.dampening: Integer(0), _sgd.weight_decay.symbol: Integer(0)}
SGD = Side(_sgd.sgd, hyper={**_PLAIN, _sgd.momentum: Integer(0)})
MOMENTUM = momentum_velocity.left
NESTEROV = Side(_sgd.sgd, options=[_sgd.nesterov], hyper={**_PLAIN, _sgd.momentum: beta})

SGD_POLYNOMIAL = z - (1 - lr * h)
MOMENTUM_POLYNOMIAL = z**2 - (1 + beta - lr * h) * z + beta
NESTEROV_POLYNOMIAL = z**2 - (1 + beta) * (1 - lr * h) * z + beta * (1 - lr * h)

MOMENTUM_BOUND = 2 * (1 + beta)
NESTEROV_BOUND = 2 * (1 + beta) / (1 + 2 * beta)


def _sgd_below(name: str, statement: str, bound: Expr, expected: Verdict) -> Stability:
    return Stability(
        name, statement, SGD, h, z, SGD_POLYNOMIAL, bound, None, expected, (JURY,), about=ABOUT
    )


def _momentum(name: str, statement: str, side: Side, bound: Expr, expected: Verdict) -> Stability:
    assumptions = (JURY, DECAY)
    margin = 1 - beta
    return Stability(
        *(name, statement, side, h, z, MOMENTUM_POLYNOMIAL, bound, margin, expected, assumptions),
        about=ABOUT,
    )


def _nesterov(
    name: str, statement: str, side: Side | Optimizer, bound: Expr, expected: Verdict
) -> Stability:
    side = side if isinstance(side, Side) else Side(side)
    margin = (1 - beta) + beta * lr * h
    assumptions = (JURY, DECAY)
    return Stability(
        *(name, statement, side, h, z, NESTEROV_POLYNOMIAL, bound, margin, expected, assumptions),
        about=ABOUT,
    )


sgd_region = _sgd_below(
    "stability-sgd",
    "On a quadratic of curvature h, gradient descent contracts where, and only where, "
    "0 < lr h < 2.",
    Integer(2),
    Verdict.PROVED,
)

sgd_region_half = _sgd_below(
    "stability-sgd-one",
    "The bound lr h < 1, which keeps the iterates from overshooting, is not gradient descent's "
    "bound of stability.",
    Integer(1),
    Verdict.REFUTED,
)

momentum_region = _momentum(
    "stability-momentum",
    "On a quadratic of curvature h, momentum contracts where, and only where, "
    "0 < lr h < 2 (1 + beta).",
    MOMENTUM,
    MOMENTUM_BOUND,
    Verdict.PROVED,
)

velocity_region = _momentum(
    "stability-momentum-velocity",
    "Momentum as a velocity has the characteristic polynomial of momentum as an accumulated "
    "gradient.",
    momentum_velocity.right,
    MOMENTUM_BOUND,
    Verdict.PROVED,
)

momentum_region_plain = _momentum(
    "stability-momentum-plain",
    "Momentum does not share gradient descent's bound: it stays stable for larger steps.",
    MOMENTUM,
    Integer(2),
    Verdict.REFUTED,
)

nesterov_region = _nesterov(
    "stability-nesterov",
    "On a quadratic of curvature h, Nesterov's look-ahead contracts where, and only where, "
    "0 < lr h < 2 (1 + beta)/(1 + 2 beta).",
    VELOCITY_AHEAD,
    NESTEROV_BOUND,
    Verdict.PROVED,
)

nesterov_region_generated = _nesterov(
    "stability-nesterov-generated",
    "The generated SGD with nesterov has the look-ahead's characteristic polynomial.",
    NESTEROV,
    NESTEROV_BOUND,
    Verdict.PROVED,
)

nesterov_region_torch = _nesterov(
    "stability-nesterov-torch",
    "torch's Nesterov has the look-ahead's characteristic polynomial.",
    TORCH,
    NESTEROV_BOUND,
    Verdict.PROVED,
)

nesterov_region_keras = _nesterov(
    "stability-nesterov-keras",
    "Keras's Nesterov has the look-ahead's characteristic polynomial.",
    KERAS,
    NESTEROV_BOUND,
    Verdict.PROVED,
)

nesterov_region_momentum = _nesterov(
    "stability-nesterov-momentum",
    "Nesterov's look-ahead does not share momentum's bound: its stable steps are smaller.",
    VELOCITY_AHEAD,
    MOMENTUM_BOUND,
    Verdict.REFUTED,
)
