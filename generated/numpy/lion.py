"""Lion: signed steps along an interpolated momentum."""

import numpy as np

from ._optimizer import (
    Array,
    Optimizer,
    Rate,
    Rule,
    require,
)


class Lion(Optimizer):
    """Lion: signed steps along an interpolated momentum.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes::

        g[t] = -grad(theta[t-1]) if maximize else grad(theta[t-1])
        thetabar[t] = (1 - lr*weight_decay)*theta[t-1]
        c[t] = beta1*m[t-1] + (1 - beta1)*g[t]
        m[t] = beta2*m[t-1] + (1 - beta2)*g[t]
        theta[t] = thetabar[t] - lr*sign(c[t])

    Args:
        lr: learning rate, ``0 <= lr``; a number, or a function of the 0-based step.
        betas: beta1, weight of the momentum in the step, ``0 <= beta1 < 1``; beta2, decay rate of
            the momentum, ``0 <= beta2 < 1``.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        maximize: maximize the objective instead of minimizing it.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Chen et al., 2023, arXiv:2302.06675, Algorithm 2.
    """

    _tensor_states = ("m",)
    _scratch = 2

    def __init__(
        self,
        lr: Rate = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__()
        self.lr = lr
        self.betas = betas
        self.weight_decay = weight_decay
        self.maximize = maximize
        self._check(0.0 if callable(lr) else lr)

    def _check(self, lr: float) -> None:
        beta1, beta2 = self.betas
        require(0 <= lr, "lr", lr, "0 <= lr")
        require(0 <= beta1 < 1, "betas[0]", beta1, "0 <= beta1 < 1")
        require(0 <= beta2 < 1, "betas[1]", beta2, "0 <= beta2 < 1")
        require(0 <= self.weight_decay, "weight_decay", self.weight_decay, "0 <= weight_decay")

    def _initial(self) -> dict[str, float]:
        return {
            "m": 0.0,
        }

    def _rule(self, t: int, lr: float) -> tuple[Rule, dict[str, float]]:
        beta1, beta2 = self.betas
        weight_decay = self.weight_decay
        maximize = self.maximize
        theta_factor = 1 - lr * weight_decay
        one_minus_beta1 = 1 - beta1
        one_minus_beta2 = 1 - beta2

        def rule(
            theta: Array,
            grad: Array,
            m: Array,
            tmp1: Array,
            tmp2: Array,
        ) -> None:
            if maximize:
                # g[t]
                grad = np.negative(grad, out=tmp1)
            if weight_decay != 0:
                # thetabar[t] = (1 - lr*weight_decay)*theta[t-1]
                theta *= theta_factor
            # c[t] = beta1*m[t-1] + (1 - beta1)*g[t]
            np.subtract(grad, m, out=tmp2)
            tmp2 *= one_minus_beta1
            c = np.add(m, tmp2, out=tmp2)
            # m[t] = beta2*m[t-1] + (1 - beta2)*g[t]
            np.subtract(grad, m, out=tmp1)
            tmp1 *= one_minus_beta2
            m += tmp1
            # theta[t] = thetabar[t] - lr*sign(c[t])
            np.sign(c, out=c)
            c *= lr
            theta -= c

        return rule, {}
