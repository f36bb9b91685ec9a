"""Adagrad: steps scaled by the accumulated squared gradients."""

import numpy as np

from ._optimizer import (
    Array,
    Optimizer,
    Rate,
    Rule,
    require,
)


class Adagrad(Optimizer):
    """Adagrad: steps scaled by the accumulated squared gradients.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes::

        g[t] = -grad(theta[t-1]) if maximize else grad(theta[t-1])
        gtilde[t] = g[t] + weight_decay*theta[t-1]
        lrbar[t] = lr/(1 + lr_decay*(t - 1))
        s[t] = s[t-1] + gtilde[t]**2
        theta[t] = theta[t-1] - lrbar[t]*gtilde[t]/(sqrt(s[t]) + eps)

    Args:
        lr: learning rate, ``0 <= lr``; a number, or a function of the 0-based step.
        lr_decay: decay of the learning rate per step, ``0 <= lr_decay``.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        initial_accumulator_value: initial value of the sum of squared gradients, ``0 <=
            initial_accumulator_value``.
        eps: term added to the denominator, ``0 <= eps``.
        maximize: maximize the objective instead of minimizing it.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Duchi et al., 2011, Adaptive subgradient methods, JMLR 12, Figure 1.
    """

    _tensor_states = ("s",)
    _scratch = 3

    def __init__(
        self,
        lr: Rate = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__()
        self.lr = lr
        self.lr_decay = lr_decay
        self.weight_decay = weight_decay
        self.initial_accumulator_value = initial_accumulator_value
        self.eps = eps
        self.maximize = maximize
        self._check(0.0 if callable(lr) else lr)

    def _check(self, lr: float) -> None:
        require(0 <= lr, "lr", lr, "0 <= lr")
        require(0 <= self.lr_decay, "lr_decay", self.lr_decay, "0 <= lr_decay")
        require(0 <= self.weight_decay, "weight_decay", self.weight_decay, "0 <= weight_decay")
        require(
            0 <= self.initial_accumulator_value,
            "initial_accumulator_value",
            self.initial_accumulator_value,
            "0 <= initial_accumulator_value",
        )
        require(0 <= self.eps, "eps", self.eps, "0 <= eps")

    def _initial(self) -> dict[str, float]:
        return {
            "s": self.initial_accumulator_value,
        }

    def _rule(self, t: int, lr: float) -> tuple[Rule, dict[str, float]]:
        lr_decay = self.lr_decay
        weight_decay = self.weight_decay
        eps = self.eps
        maximize = self.maximize
        lrbar = lr / (1 + lr_decay * (t - 1))

        def rule(
            theta: Array,
            grad: Array,
            s: Array,
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
            # s[t] = s[t-1] + gtilde[t]**2
            np.square(grad, out=tmp3)
            s += tmp3
            # theta[t] = theta[t-1] - lrbar[t]*gtilde[t]/(sqrt(s[t]) + eps)
            np.sqrt(s, out=tmp3)
            tmp3 += eps
            np.divide(grad, tmp3, out=tmp1)
            tmp1 *= lrbar
            theta -= tmp1

        return rule, {}
