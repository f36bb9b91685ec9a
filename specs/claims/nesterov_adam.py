"""NAdam with constant momentum: Adam with Nesterov's look-ahead, and where that ends."""

from sympy import Expr, sqrt

from ..language import Update, grad, intermediates, t, theta
from ..language.claims import Equivalence, Identity, Part, Side, Verdict
from ..optimizers import nadam as _nadam
from .adam import MHAT, VHAT, G, M, V, m, v
from .forms import beta1, beta2, eps, form, lr

# NAdam. CARRIED is what Adam's corrected average takes over from the step before.
gtilde, mu_product = _nadam.gtilde, _nadam.mu_product
CARRIED = beta1 * m[t - 1] / (1 - beta1**t)
FRESH = (1 - beta1) * gtilde[t] / (1 - beta1**t)
_CONSTANT_MOMENTUM = {
    _nadam.mu[t]: beta1,
    _nadam.mu_next[t]: beta1,
    mu_product[t]: beta1**t,
    mu_product[t - 1]: beta1 ** (t - 1),
}


def _of_nadam(value: Expr) -> Expr:
    equation = next(u.value for u in _nadam.nadam.updates if u.target == value)
    return equation.xreplace(_CONSTANT_MOMENTUM)  # pyright: ignore[reportReturnType]


_ADAM_MHAT = MHAT.value.xreplace({m[t]: M.value.xreplace({G: gtilde[t]})})
_PRODUCT = Part("the product of momenta", _of_nadam(mu_product[t]), beta1**t)

nadam_carried = Identity(
    "nadam-one-step-ahead",
    "With constant momentum, NAdam's direction is Adam's with the part carried over from the "
    "past, beta1 m_(t-1)/(1 - beta1^t), taken one step ahead.",
    (
        _PRODUCT,
        Part("Adam's direction", _ADAM_MHAT, CARRIED + FRESH),
        Part("NAdam's direction", _of_nadam(_nadam.mhat[t]), CARRIED.xreplace({t: t + 1}) + FRESH),
    ),
    Verdict.PROVED,
    ("the momentum is constant",),
    "Dozat, 2016",
    about=("NAdam",),
)

nadam_correction = Identity(
    "nadam-correction-not-ahead",
    "With the present step's correction for the momentum part as well, "
    "the direction is not NAdam's.",
    (
        _PRODUCT,
        Part("NAdam's direction", _of_nadam(_nadam.mhat[t]), beta1 * MHAT.value + FRESH),
    ),
    Verdict.REFUTED,
    ("the momentum is constant",),
    about=("NAdam",),
)

(direction,) = intermediates("direction")
_NADAM_DIRECTION: Expr = _of_nadam(_nadam.mhat[t]).xreplace({gtilde[t]: G})  # pyright: ignore
_AHEAD = grad(theta[t - 1] - lr * CARRIED)
_POINT_AHEAD = theta[t] - lr * CARRIED.xreplace({t: t + 1})

nadam_look_ahead = Equivalence(
    "nadam-look-ahead",
    "With constant momentum and without the second moment, NAdam is Adam with Nesterov's "
    "look-ahead, the point ahead for its parameter.",
    Side(
        form(
            "AdamAhead",
            "Adam's corrected average, its gradient where the carried part leads",
            [m],
            Update(m[t], beta1 * m[t - 1] + (1 - beta1) * _AHEAD),
            MHAT,
            Update(theta[t], theta[t - 1] - lr * MHAT.target),
        )
    ),
    Side(
        form(
            "NAdamDirection",
            "Dozat, 2016, with constant momentum and without the second moment",
            [m],
            M,
            Update(direction[t], _NADAM_DIRECTION),
            Update(theta[t], theta[t - 1] - lr * direction[t]),
        )
    ),
    {theta[t]: _POINT_AHEAD},
    Verdict.PROVED,
    ("the momentum is constant", "the learning rate is constant"),
    "Dozat, 2016",
    about=("NAdam",),
)

_SCALE = sqrt(VHAT.target) + eps

nadam_look_ahead_scaled = Equivalence(
    "nadam-look-ahead-scaled",
    "With the second moment, which varies as a learning rate does, NAdam is not that look-ahead.",
    Side(
        form(
            "AdamAheadScaled",
            "the same, divided by the root of the second moment",
            [m, v],
            Update(m[t], beta1 * m[t - 1] + (1 - beta1) * _AHEAD),
            Update(v[t], beta2 * v[t - 1] + (1 - beta2) * _AHEAD**2),
            *(MHAT, VHAT),
            Update(theta[t], theta[t - 1] - lr * MHAT.target / _SCALE),
        )
    ),
    Side(
        form(
            "NAdamConstant",
            "Dozat, 2016, with constant momentum",
            [m, v],
            *(M, V, VHAT),
            Update(direction[t], _NADAM_DIRECTION),
            Update(theta[t], theta[t - 1] - lr * direction[t] / _SCALE),
        )
    ),
    {theta[t]: _POINT_AHEAD},
    Verdict.REFUTED,
    ("the momentum is constant",),
    about=("NAdam",),
)
