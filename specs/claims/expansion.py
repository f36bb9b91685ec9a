"""What Taylor says of a step, and of the difference of gradients that Nesterov's rule adds."""

from sympy import Expr, Function, Integer, Symbol, factorial, symbols

from ..language import t, theta
from ..language.claims import Identity, Part, Verdict
from .forms import beta, lr
from .momentum import DIFFERENCE, G, d, p

x, y, delta, h, k = symbols("x y delta h k", real=True)
s = Symbol("s", real=True)
f, gradient = Function("f", real=True), Function("g", real=True)
SLOPE = f(x).diff(x)


def coefficient(e: Expr, variable: Symbol, order: int) -> Expr:
    """The coefficient of ``variable**order`` in the Taylor expansion about 0."""
    derived = e.diff(variable, order) if order else e
    return derived.subs(variable, 0).doit() / factorial(order)


def _difference(of_x: Expr, of_y: Expr) -> Expr:
    return beta * (of_x - of_y)


# Nesterov's rule with the difference of gradients, on a gradient h*theta + k.
_CURVATURE_TERM = beta * h * (theta[t - 1] - theta[t - 2])
_DIRECTION = next(u.value for u in DIFFERENCE.updates if u.target == d[t]).xreplace(
    {G: h * theta[t - 1] + k, p[t - 1]: h * theta[t - 2] + k}
)

difference_quadratic = Identity(
    "difference-quadratic",
    "On a quadratic of curvature h, Nesterov's difference term beta [g(x) - g(y)] is "
    "beta h (x - y) exactly.",
    (
        Part("the difference term", _difference(h * x + k, h * y + k), beta * h * (x - y)),
        Part("the direction", _DIRECTION, beta * d[t - 1] + h * theta[t - 1] + k + _CURVATURE_TERM),
    ),
    Verdict.PROVED,
    about=("SGD",),
)

difference_printed = Identity(
    "difference-quadratic-sign",
    "With the two points exchanged, beta h (y - x) is not Nesterov's difference term.",
    (Part("the difference term", _difference(h * x + k, h * y + k), beta * h * (y - x)),),
    Verdict.REFUTED,
    about=("SGD",),
)

x1, x2, y1, y2, h11, h12, h22, k1, k2 = symbols("x1 x2 y1 y2 h11 h12 h22 k1 k2", real=True)


def _quadratic(a: Expr, b: Expr) -> Expr:
    half = (h11 * a**2 + 2 * h12 * a * b + h22 * b**2) / 2
    return half + k1 * a + k2 * b


def _partial(of: Symbol, a: Expr, b: Expr) -> Expr:
    return _quadratic(x1, x2).diff(of).xreplace({x1: a, x2: b})  # pyright: ignore


difference_hessian = Identity(
    "difference-hessian",
    "On a quadratic with Hessian H in two dimensions, Nesterov's difference term is "
    "beta H (x - y) exactly.",
    (
        Part(
            "its first component",
            _difference(_partial(x1, x1, x2), _partial(x1, y1, y2)),
            beta * (h11 * (x1 - y1) + h12 * (x2 - y2)),
        ),
        Part(
            "its second component",
            _difference(_partial(x2, x1, x2), _partial(x2, y1, y2)),
            beta * (h12 * (x1 - y1) + h22 * (x2 - y2)),
        ),
    ),
    Verdict.PROVED,
    about=("SGD",),
)

difference_any_loss = Identity(
    "difference-any-loss",
    "For a loss that is not quadratic the difference term is not beta H (x - y).",
    (
        Part(
            "the difference term",
            _difference(gradient(x), gradient(y)),
            beta * gradient(x).diff(x) * (x - y),
        ),
    ),
    Verdict.REFUTED,
    about=("SGD",),
)

_SMALL_STEP = gradient(x) - gradient(x - s * delta)

difference_first_order = Identity(
    "difference-first-order",
    "For any smooth loss the difference of gradients over a step s delta is s H delta + O(s^2).",
    (
        Part("the term without s", coefficient(_SMALL_STEP, s, 0), Integer(0)),
        Part("the coefficient of s", coefficient(_SMALL_STEP, s, 1), gradient(x).diff(x) * delta),
    ),
    Verdict.PROVED,
    ("the gradient has two continuous derivatives",),
    about=("SGD",),
)

difference_second_order = Identity(
    "difference-second-order",
    "The next term of the difference of gradients is -s^2 g''(x) delta^2/2, which vanishes on a "
    "quadratic.",
    (
        Part(
            "the coefficient of s^2",
            coefficient(_SMALL_STEP, s, 2),
            -gradient(x).diff(x, 2) * delta**2 / 2,
        ),
        Part("it on a quadratic", -(h * x + k).diff(x, 2) * delta**2 / 2, Integer(0)),
    ),
    Verdict.PROVED,
    ("the gradient has three continuous derivatives",),
    about=("SGD",),
)


def _after(step: Expr) -> Expr:
    return f(x + step)


descent = Identity(
    "descent-taylor",
    "A small step against the gradient lowers the loss: f(x - lr f'(x)) = f(x) - lr f'(x)^2 + "
    "O(lr^2).",
    (
        Part("the term without lr", coefficient(_after(-lr * SLOPE), lr, 0), f(x)),
        Part("the coefficient of lr", coefficient(_after(-lr * SLOPE), lr, 1), -(SLOPE**2)),
    ),
    Verdict.PROVED,
    ("the loss has two continuous derivatives",),
    about=("SGD",),
)

ascent = Identity(
    "descent-printed-plus",
    "A small step along the gradient does not lower the loss: a misprint of the sign.",
    (
        Part("the term without lr", coefficient(_after(lr * SLOPE), lr, 0), f(x)),
        Part("the coefficient of lr", coefficient(_after(lr * SLOPE), lr, 1), -(SLOPE**2)),
    ),
    Verdict.REFUTED,
    ("the loss has two continuous derivatives",),
    about=("SGD",),
)


_value, _slope = symbols("f g", real=True)
_CHANGE = -lr * (1 - lr * h / 2) * _slope**2


def _quadratic_loss(at: Expr) -> Expr:
    return h * at**2 / 2 + k * at


descent_quadratic = Identity(
    "descent-quadratic",
    "On a quadratic of curvature h a step changes the loss by -lr (1 - lr h/2) times its squared "
    "slope: it falls where, and only where, 0 < lr h < 2, and the most for lr = 1/h.",
    (
        Part("the loss after a step", _quadratic_loss(x - lr * _slope), _value + _CHANGE),
        Part(
            "its change, by the distance of lr h from 1",
            _CHANGE,
            (lr * h - 1) ** 2 * _slope**2 / (2 * h) - _slope**2 / (2 * h),
        ),
        Part(
            "the loss after a step with lr = 1/h", _value - _slope**2 / (2 * h), -(k**2) / (2 * h)
        ),
    ),
    Verdict.PROVED,
    ("h is positive", "the slope is not 0"),
    where={_slope: h * x + k, _value: _quadratic_loss(x)},
    about=("SGD",),
)
