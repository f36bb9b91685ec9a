"""Momentum and Nesterov's look-ahead, in the forms papers, libraries and lectures write them."""

from sympy import Eq, Expr, Integer, Piecewise

from ..language import Optimizer, Update, grad, intermediates, states, t, theta
from ..language.claims import Equivalence, Side, Verdict
from ..optimizers import ogd as _ogd
from ..optimizers import sgd as _sgd
from .forms import beta, form, lr, rate_decay

d, v, c, p, h = states("d v c p h")
(rate,) = intermediates("rate")

G = grad(theta[t - 1])
VARYING = Update(rate[t], lr / (1 + rate_decay * (t - 1)))
CONSTANT_RATE = "the learning rate is constant"
NO_GRADIENT_BEFORE = "the gradient before the first step is 0"


def _accumulated(step: Expr, *before: Update) -> Optimizer:
    return form(
        "Accumulated",
        "momentum as the sum of decayed gradients",
        [d],
        *before,
        Update(d[t], beta * d[t - 1] + G),
        Update(theta[t], theta[t - 1] - step * d[t]),
    )


def _velocity(step: Expr, *before: Update) -> Optimizer:
    return form(
        "Velocity",
        "Polyak, 1964, eq. 9",
        [v],
        *before,
        Update(v[t], beta * v[t - 1] - step * G),
        Update(theta[t], theta[t - 1] + v[t]),
    )


def _look_ahead(step: Expr, *before: Update) -> Optimizer:
    return form(
        "LookAhead",
        "Nesterov, 1983, with the gradient ahead of the parameter",
        [d, c],
        *before,
        # c is a name for the direction before the last; the steps do not use it.
        Update(c[t], d[t - 1]),
        Update(d[t], beta * d[t - 1] + grad(theta[t - 1] - step * beta * d[t - 1])),
        Update(theta[t], theta[t - 1] - step * d[t]),
    )


def _gradient_difference(step: Expr, *before: Update) -> Optimizer:
    return form(
        "GradientDifference",
        "the look-ahead without looking ahead",
        [d, p],
        *before,
        Update(p[t], G),
        Update(d[t], beta * d[t - 1] + G + beta * (G - p[t - 1])),
        Update(theta[t], theta[t - 1] - step * d[t]),
    )


VELOCITY_AHEAD = form(
    "VelocityAhead",
    "Sutskever et al., 2013, eqs. 3-4",
    [v],
    Update(v[t], beta * v[t - 1] - lr * grad(theta[t - 1] + beta * v[t - 1])),
    Update(theta[t], theta[t - 1] + v[t]),
)
KERAS = form(
    "KerasNesterov",
    "keras, SGD(nesterov=True)",
    [v],
    Update(v[t], beta * v[t - 1] - lr * G),
    Update(theta[t], theta[t - 1] + beta * v[t] - lr * G),
)
TORCH = form(
    "TorchNesterov",
    "torch.optim.SGD(nesterov=True)",
    [d],
    Update(d[t], beta * d[t - 1] + G),
    Update(theta[t], theta[t - 1] - lr * (G + beta * d[t])),
)
PAST_EXTRAGRADIENT = form(
    "PastExtragradient",
    "Popov, 1980, whose first step looks ahead alone",
    [h],
    Update(h[t], grad(theta[t - 1] - lr * h[t - 1])),
    Update(theta[t], theta[t - 1] - Piecewise((0, Eq(t, 1)), (lr * h[t], True))),
)
LOOK_AHEAD = _look_ahead(lr)
DIFFERENCE = _gradient_difference(lr)

AHEAD = theta[t] - lr * beta * d[t]
NESTEROV = {theta[t]: AHEAD, d[t]: (1 + beta) * d[t] - beta * c[t], p[t]: d[t] - beta * c[t]}

nesterov = Equivalence(
    "nesterov",
    "Nesterov's look-ahead is momentum with the difference of successive gradients added.",
    Side(LOOK_AHEAD),
    Side(DIFFERENCE),
    NESTEROV,
    Verdict.PROVED,
    (CONSTANT_RATE, NO_GRADIENT_BEFORE),
    about=("SGD",),
)

nesterov_varying = Equivalence(
    "nesterov-varying-rate",
    "With a learning rate that varies, look-ahead and gradient difference are different rules.",
    Side(_look_ahead(rate[t], VARYING)),
    Side(_gradient_difference(rate[t], VARYING)),
    NESTEROV,
    Verdict.REFUTED,
    about=("SGD",),
)

look_ahead_velocity = Equivalence(
    "nesterov-velocity",
    "The look-ahead in velocity form is the look-ahead in accumulated form.",
    Side(LOOK_AHEAD),
    Side(VELOCITY_AHEAD),
    {v[t]: -lr * d[t]},
    Verdict.PROVED,
    (CONSTANT_RATE,),
    about=("SGD",),
)

look_ahead_torch = Equivalence(
    "nesterov-torch",
    "torch's Nesterov is the look-ahead, with the point ahead for its parameter.",
    Side(LOOK_AHEAD),
    Side(TORCH),
    {theta[t]: AHEAD},
    Verdict.PROVED,
    (CONSTANT_RATE,),
    about=("SGD",),
)

look_ahead_keras = Equivalence(
    "nesterov-keras",
    "Keras's Nesterov is the look-ahead, with the point ahead for its parameter.",
    Side(LOOK_AHEAD),
    Side(KERAS),
    {theta[t]: AHEAD, v[t]: -lr * d[t]},
    Verdict.PROVED,
    (CONSTANT_RATE,),
    about=("SGD",),
)

torch_keras = Equivalence(
    "nesterov-torch-keras",
    "torch's Nesterov is Keras's.",
    Side(TORCH),
    Side(KERAS),
    {v[t]: -lr * d[t]},
    Verdict.PROVED,
    (CONSTANT_RATE,),
    about=("SGD",),
)

velocity_torch = Equivalence(
    "nesterov-velocity-torch",
    "torch's Nesterov is the look-ahead in velocity form.",
    Side(VELOCITY_AHEAD),
    Side(TORCH),
    {theta[t]: theta[t] + beta * v[t], d[t]: -v[t] / lr},
    Verdict.PROVED,
    (CONSTANT_RATE, "the learning rate is not 0"),
    about=("SGD",),
)

velocity_keras = Equivalence(
    "nesterov-velocity-keras",
    "Keras's Nesterov is the look-ahead in velocity form.",
    Side(VELOCITY_AHEAD),
    Side(KERAS),
    {theta[t]: theta[t] + beta * v[t]},
    Verdict.PROVED,
    (CONSTANT_RATE,),
    about=("SGD",),
)

difference_torch = Equivalence(
    "nesterov-difference-torch",
    "torch's Nesterov is momentum with the difference of gradients.",
    Side(DIFFERENCE),
    Side(TORCH),
    {d[t]: (d[t] - p[t]) / beta},
    Verdict.PROVED,
    (CONSTANT_RATE, NO_GRADIENT_BEFORE, "beta is not 0"),
    about=("SGD",),
)

difference_keras = Equivalence(
    "nesterov-difference-keras",
    "Keras's Nesterov is momentum with the difference of gradients.",
    Side(DIFFERENCE),
    Side(KERAS),
    {v[t]: -lr * (d[t] - p[t]) / beta},
    Verdict.PROVED,
    (CONSTANT_RATE, NO_GRADIENT_BEFORE, "beta is not 0"),
    about=("SGD",),
)

difference_velocity = Equivalence(
    "nesterov-difference-velocity",
    "The look-ahead in velocity form is momentum with the difference of gradients.",
    Side(DIFFERENCE),
    Side(VELOCITY_AHEAD),
    {theta[t]: theta[t] + lr * (d[t] - p[t]), v[t]: -lr * (d[t] - p[t]) / beta},
    Verdict.PROVED,
    (CONSTANT_RATE, NO_GRADIENT_BEFORE, "beta is not 0"),
    about=("SGD",),
)

nesterov_spec = Equivalence(
    "nesterov-generated",
    "The generated SGD with nesterov is the look-ahead.",
    Side(LOOK_AHEAD),
    Side(
        _sgd.sgd,
        options=[_sgd.nesterov],
        hyper={
            _sgd.momentum: beta,
            _sgd.dampening: Integer(0),
            _sgd.weight_decay.symbol: Integer(0),
        },
    ),
    {theta[t]: AHEAD, _sgd.b[t]: d[t]},
    Verdict.PROVED,
    (CONSTANT_RATE, "beta is not 0"),
    about=("SGD",),
)

nesterov_is_not_momentum = Equivalence(
    "nesterov-is-not-momentum",
    "Without the difference of gradients the look-ahead would be momentum, and it is not.",
    Side(LOOK_AHEAD),
    Side(_accumulated(lr)),
    {},
    Verdict.REFUTED,
    about=("SGD",),
)

momentum_velocity = Equivalence(
    "momentum-velocity",
    "Momentum as a velocity is momentum as an accumulated gradient.",
    Side(_accumulated(lr)),
    Side(_velocity(lr)),
    {v[t]: -lr * d[t]},
    Verdict.PROVED,
    (CONSTANT_RATE,),
    about=("SGD",),
)

momentum_velocity_varying = Equivalence(
    "momentum-velocity-varying-rate",
    "With a learning rate that varies, velocity and accumulated gradient are different rules.",
    Side(_accumulated(rate[t], VARYING)),
    Side(_velocity(rate[t], VARYING)),
    {v[t]: -VARYING.value * d[t]},
    Verdict.REFUTED,
    about=("SGD",),
)

momentum_spec = Equivalence(
    "momentum-generated",
    "The generated SGD with momentum, without dampening, accumulates gradients.",
    Side(_accumulated(lr)),
    Side(
        _sgd.sgd,
        hyper={
            _sgd.momentum: beta,
            _sgd.dampening: Integer(0),
            _sgd.weight_decay.symbol: Integer(0),
        },
    ),
    {_sgd.b[t]: d[t]},
    Verdict.PROVED,
    ("beta is not 0",),
    about=("SGD",),
)

past_extragradient = Equivalence(
    "past-extragradient",
    "Optimistic descent is the extragradient method that looks ahead by its last gradient, with "
    "the point ahead for its parameter.",
    Side(PAST_EXTRAGRADIENT),
    Side(_ogd.ogd, hyper={_ogd.alpha: Integer(1), _ogd.beta: Integer(1)}),
    {theta[t]: theta[t] - lr * h[t], _ogd.last[t]: h[t]},
    Verdict.PROVED,
    (CONSTANT_RATE,),
    about=("OGD",),
)
