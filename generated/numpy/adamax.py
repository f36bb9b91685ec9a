"""Adamax: Adam on the infinity norm."""

import numpy as np

from ._optimizer import (
    Array,
    Optimizer,
    Rate,
    Rule,
    one_minus_power,
    require,
)


class Adamax(Optimizer):
    """Adamax: Adam on the infinity norm.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes::

        g[t] = -grad(theta[t-1]) if maximize else grad(theta[t-1])
        gtilde[t] = g[t] + weight_decay*theta[t-1]
        m[t] = beta1*m[t-1] + (1 - beta1)*gtilde[t]
        u[t] = max(beta2*u[t-1], abs(gtilde[t]) + eps)
        mhat[t] = m[t]/(1 - beta1**t)
        theta[t] = theta[t-1] - lr*mhat[t]/u[t]

    Args:
        lr: learning rate, ``0 <= lr``; a number, or a function of the 0-based step.
        betas: beta1, decay rate of the first moment, ``0 <= beta1 < 1``; beta2, decay rate of the
            infinity norm, ``0 <= beta2 < 1``.
        eps: term added to the gradient's size, ``0 <= eps``.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        maximize: maximize the objective instead of minimizing it.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Kingma & Ba, 2015, arXiv:1412.6980, Algorithm 2.
    """

    _tensor_states = ("m", "u")
    _scratch = 3

    def __init__(
        self,
        lr: Rate = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__()
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.maximize = maximize
        self._check(0.0 if callable(lr) else lr)

    def _check(self, lr: float) -> None:
        beta1, beta2 = self.betas
        require(0 <= lr, "lr", lr, "0 <= lr")
        require(0 <= beta1 < 1, "betas[0]", beta1, "0 <= beta1 < 1")
        require(0 <= beta2 < 1, "betas[1]", beta2, "0 <= beta2 < 1")
        require(0 <= self.eps, "eps", self.eps, "0 <= eps")
        require(0 <= self.weight_decay, "weight_decay", self.weight_decay, "0 <= weight_decay")

    def _initial(self) -> dict[str, float]:
        return {
            "m": 0.0,
            "u": 0.0,
        }

    def _rule(self, t: int, lr: float) -> tuple[Rule, dict[str, float]]:
        beta1, beta2 = self.betas
        eps = self.eps
        weight_decay = self.weight_decay
        maximize = self.maximize
        one_minus_beta1 = 1 - beta1
        one_minus_beta1_pow_t = one_minus_power(beta1, t)
        step_size = lr / one_minus_beta1_pow_t

        def rule(
            theta: Array,
            grad: Array,
            m: Array,
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
            # m[t] = beta1*m[t-1] + (1 - beta1)*gtilde[t]
            np.subtract(grad, m, out=tmp3)
            tmp3 *= one_minus_beta1
            m += tmp3
            # u[t] = max(beta2*u[t-1], abs(gtilde[t]) + eps)
            u *= beta2
            np.abs(grad, out=tmp1)
            tmp1 += eps
            np.maximum(u, tmp1, out=u)
            # theta[t] = theta[t-1] - lr*mhat[t]/u[t]
            np.divide(m, u, out=tmp1)
            tmp1 *= step_size
            theta -= tmp1

        return rule, {}
