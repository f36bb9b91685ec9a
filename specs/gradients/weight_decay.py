"""Weight decay: as an L2 term in the gradient, or decoupled from it.

Source: Loshchilov & Hutter, 2019, arXiv:1711.05101, Algorithm 2.
"""

from sympy import Expr, Piecewise, Symbol

from ..language import NON_NEGATIVE, Hyper, Update, hyperparameters, intermediates, t, theta
from .descent import g

gtilde, thetabar = intermediates("gtilde thetabar")
(_weight_decay,) = hyperparameters("weight_decay")

weight_decay = Hyper(
    _weight_decay,
    "0",
    NON_NEGATIVE,
    "strength of the weight decay; 0 switches it off",
    latex=r"\lambda",
    optional=True,
)


def l2(*, unless: Symbol | None = None) -> Update:
    """The gradient of the loss plus lambda/2 times the squared norm of theta."""
    decayed: Expr = g[t] + _weight_decay * theta[t - 1]
    return Update(
        gtilde[t], decayed if unless is None else Piecewise((g[t], unless), (decayed, True))
    )


def decay_parameter(lr: Symbol, *, when: Symbol | None = None) -> Update:
    """The parameter shrunk by lr times lambda, before the step is taken."""
    decayed: Expr = theta[t - 1] * (1 - lr * _weight_decay)
    kept = theta[t - 1]
    return Update(
        thetabar[t], decayed if when is None else Piecewise((decayed, when), (kept, True))
    )
