"""Adadelta: steps scaled by the ratio of two running averages of squares."""

import numpy as np

from ._optimizer import (
    Array,
    Optimizer,
    Rate,
    Rule,
    require,
)


class Adadelta(Optimizer):
    """Adadelta: steps scaled by the ratio of two running averages of squares.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes::

        g[t] = -grad(theta[t-1]) if maximize else grad(theta[t-1])
        gtilde[t] = g[t] + weight_decay*theta[t-1]
        v[t] = rho*v[t-1] + (1 - rho)*gtilde[t]**2
        d[t] = sqrt(u[t-1] + eps)*gtilde[t]/sqrt(v[t] + eps)
        u[t] = rho*u[t-1] + (1 - rho)*d[t]**2
        theta[t] = theta[t-1] - lr*d[t]

    Args:
        lr: learning rate, ``0 <= lr``; a number, or a function of the 0-based step.
        rho: decay rate of both averages, ``0 <= rho <= 1``.
        eps: term added under both roots, ``0 <= eps``.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        maximize: maximize the objective instead of minimizing it.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Zeiler, 2012, arXiv:1212.5701, Algorithm 1.
    """

    _tensor_states = ("v", "u")
    _scratch = 3

    def __init__(
        self,
        lr: Rate = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__()
        self.lr = lr
        self.rho = rho
        self.eps = eps
        self.weight_decay = weight_decay
        self.maximize = maximize
        self._check(0.0 if callable(lr) else lr)

    def _check(self, lr: float) -> None:
        require(0 <= lr, "lr", lr, "0 <= lr")
        require(0 <= self.rho <= 1, "rho", self.rho, "0 <= rho <= 1")
        require(0 <= self.eps, "eps", self.eps, "0 <= eps")
        require(0 <= self.weight_decay, "weight_decay", self.weight_decay, "0 <= weight_decay")

    def _initial(self) -> dict[str, float]:
        return {
            "v": 0.0,
            "u": 0.0,
        }

    def _rule(self, t: int, lr: float) -> tuple[Rule, dict[str, float]]:
        rho = self.rho
        eps = self.eps
        weight_decay = self.weight_decay
        maximize = self.maximize
        one_minus_rho = 1 - rho

        def rule(
            theta: Array,
            grad: Array,
            v: Array,
            u: Array,
            tmp1: Array,
            tmp2: Array,
            tmp3: Array,
        ) -> None:
            if maximize:
                # g[t]
                grad = np.negative(grad, out=tmp1)
            if weight_decay != 0:
                # gtilde[t] = g[t] + weight_decay*theta[t-1]
                np.multiply(weight_decay, theta, out=tmp2)
                grad = np.add(grad, tmp2, out=tmp2)
            # v[t] = rho*v[t-1] + (1 - rho)*gtilde[t]**2
            v *= rho
            np.square(grad, out=tmp3)
            tmp3 *= one_minus_rho
            v += tmp3
            # d[t] = sqrt(u[t-1] + eps)*gtilde[t]/sqrt(v[t] + eps)
            np.add(u, eps, out=tmp3)
            np.sqrt(tmp3, out=tmp3)
            tmp3 *= grad
            np.add(v, eps, out=tmp1)
            np.sqrt(tmp1, out=tmp1)
            d = np.divide(tmp3, tmp1, out=tmp3)
            # u[t] = rho*u[t-1] + (1 - rho)*d[t]**2
            u *= rho
            np.square(d, out=tmp1)
            tmp1 *= one_minus_rho
            u += tmp1
            # theta[t] = theta[t-1] - lr*d[t]
            d *= lr
            theta -= d

        return rule, {}
