"""Stochastic gradient descent, with optional momentum."""

import numpy as np

from ._optimizer import (
    Array,
    Optimizer,
    Rate,
    Rule,
    require,
)


class SGD(Optimizer):
    """Stochastic gradient descent, with optional momentum.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes::

        g[t] = -grad(theta[t-1]) if maximize else grad(theta[t-1])
        gtilde[t] = g[t] + weight_decay*theta[t-1]
        b[t] = gtilde[t] if t == 1 else momentum*b[t-1] + (1 - dampening)*gtilde[t]
        d[t] = gtilde[t] if momentum == 0 else momentum*b[t] + gtilde[t] if nesterov else b[t]
        theta[t] = theta[t-1] - lr*d[t]

    Args:
        lr: learning rate, ``0 <= lr``; a number, or a function of the 0-based step.
        momentum: momentum factor, ``0 <= momentum``.
        dampening: dampening of the momentum.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        nesterov: take Nesterov's momentum.
        maximize: maximize the objective instead of minimizing it.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Sutskever et al., 2013, On the importance of initialization and momentum, eqs. 1-4.
    """

    _tensor_states = ("b",)
    _scratch = 3

    def __init__(
        self,
        lr: Rate = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__()
        self.lr = lr
        self.momentum = momentum
        self.dampening = dampening
        self.weight_decay = weight_decay
        self.nesterov = nesterov
        self.maximize = maximize
        self._check(0.0 if callable(lr) else lr)

    def _check(self, lr: float) -> None:
        require(0 <= lr, "lr", lr, "0 <= lr")
        require(0 <= self.momentum, "momentum", self.momentum, "0 <= momentum")
        require(0 <= self.weight_decay, "weight_decay", self.weight_decay, "0 <= weight_decay")
        if self.nesterov and not (self.dampening == 0 and self.momentum > 0):
            raise ValueError("nesterov needs momentum > 0 and dampening = 0")

    def _initial(self) -> dict[str, float]:
        return {
            **({"b": 0.0} if self.momentum != 0 else {}),
        }

    def _rule(self, t: int, lr: float) -> tuple[Rule, dict[str, float]]:
        momentum = self.momentum
        dampening = self.dampening
        weight_decay = self.weight_decay
        nesterov = self.nesterov
        maximize = self.maximize
        first = t == 1
        one_minus_dampening = 1 - dampening

        def rule(
            theta: Array,
            grad: Array,
            b: Array,
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
            if momentum != 0:
                if first:
                    # b[t]
                    np.copyto(b, grad)
                else:
                    b *= momentum
                    np.multiply(one_minus_dampening, grad, out=tmp3)
                    b += tmp3
                if nesterov:
                    # d[t]
                    np.multiply(momentum, b, out=tmp3)
                    grad = np.add(tmp3, grad, out=tmp3)
                else:
                    grad = b
            # theta[t] = theta[t-1] - lr*d[t]
            np.multiply(lr, grad, out=tmp1)
            theta -= tmp1

        return rule, {}
