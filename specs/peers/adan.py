"""Adan elsewhere, beside the spec."""

from typing import cast

from sympy import And, Eq, Expr, Integer, Piecewise, sqrt
from sympy.logic.boolalg import Boolean

from ..gradients import maximize
from ..language import Series, Update, t, theta
from ..language.peers import Difference, Peer
from ..optimizers import adan as _adan

_FIRST = cast(Boolean, Eq(t, 1))
_NOTHING: Expr = Integer(0)
_BETA = 1 - _adan.beta2


def _from_second(average: Series, beta: Expr, new: Expr) -> Update:
    """An average that the first step leaves at 0."""
    old = average[t - 1]
    return Update(average[t], Piecewise((old, _FIRST), (beta * old + (1 - beta) * new, True)))


ADAN = (
    Peer(
        "Adan",
        "optax.adan",
        (
            Difference(
                "the change of the gradient is weighed by 1 - beta2, which is the paper's beta, "
                "though beta2 stands for 1 less that",
                [
                    Update(_adan.ahead[t], _adan.g[t] + _BETA * _adan.change[t]),
                    Update(
                        _adan.d[t],
                        (_adan.mhat[t] + _BETA * _adan.vhat[t]) / (sqrt(_adan.nhat[t]) + _adan.eps),
                    ),
                ],
            ),
            Difference(
                "weight decay shrinks the parameter before the step",
                [
                    Update(
                        theta[t],
                        (1 - _adan.lr * _adan.weight_decay.symbol) * theta[t - 1]
                        - _adan.lr * _adan.d[t],
                    )
                ],
            ),
        ),
    ),
    Peer(
        "Adan",
        "adan_pytorch.Adan",
        (
            Difference(
                "the first gradient is left out of all averages, whose corrections count it",
                [
                    _from_second(_adan.m, _adan.beta1, _adan.g[t]),
                    _from_second(_adan.n, _adan.beta3, _adan.ahead[t] ** 2),
                ],
            ),
        ),
    ),
    Peer(
        "Adan",
        "pytorch_optimizer.Adan",
        (
            Difference(
                "with `maximize`, the first change of the gradient is twice the gradient, not 0",
                [
                    Update(
                        _adan.change[t],
                        Piecewise(
                            (2 * _adan.g[t], And(_FIRST, maximize.flag)),
                            (_NOTHING, Eq(t, 1)),
                            (_adan.g[t] - _adan.last[t - 1], True),
                        ),
                    )
                ],
            ),
        ),
    ),
)
