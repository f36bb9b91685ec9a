"""NAdam: Adam with Nesterov momentum."""

import numpy as np

from ._optimizer import (
    Array,
    Optimizer,
    Rate,
    Rule,
    one_minus_power,
    require,
)


class NAdam(Optimizer):
    """NAdam: Adam with Nesterov momentum.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes::

        g[t] = -grad(theta[t-1]) if maximize else grad(theta[t-1])
        gtilde[t] = g[t] if decoupled_weight_decay else g[t] + weight_decay*theta[t-1]
        thetabar[t] = (1 - lr*weight_decay)*theta[t-1] if decoupled_weight_decay else theta[t-1]
        mu[t] = beta1*(1 - 0.96**(momentum_decay*t)/2)
        mu_next[t] = beta1*(1 - 0.96**(momentum_decay*(t + 1))/2)
        mu_product[t] = mu[t]*mu_product[t-1]
        m[t] = beta1*m[t-1] + (1 - beta1)*gtilde[t]
        v[t] = beta2*v[t-1] + (1 - beta2)*gtilde[t]**2
        mhat[t] = mu_next[t]*m[t]/(1 - mu_next[t]*mu_product[t]) + (1 - mu[t])*gtilde[t]/(1 - mu_product[t])
        vhat[t] = v[t]/(1 - beta2**t)
        theta[t] = thetabar[t] - lr*mhat[t]/(sqrt(vhat[t]) + eps)

    Args:
        lr: learning rate, ``0 <= lr``; a number, or a function of the 0-based step.
        betas: beta1, decay rate of the first moment, ``0 <= beta1 < 1``; beta2, decay rate of the
            second moment, ``0 <= beta2 < 1``.
        eps: term added to the denominator, ``0 <= eps``.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        momentum_decay: rate of the momentum's warm-up, ``0 <= momentum_decay``.
        decoupled_weight_decay: shrink the parameter instead of adding to the gradient, as AdamW.
        maximize: maximize the objective instead of minimizing it.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Dozat, 2016, Incorporating Nesterov momentum into Adam, Algorithm 8.
    """

    _tensor_states = ("m", "v")
    _scalar_states = ("mu_product",)
    _scratch = 3

    def __init__(
        self,
        lr: Rate = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__()
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.momentum_decay = momentum_decay
        self.decoupled_weight_decay = decoupled_weight_decay
        self.maximize = maximize
        self._check(0.0 if callable(lr) else lr)

    def _check(self, lr: float) -> None:
        beta1, beta2 = self.betas
        require(0 <= lr, "lr", lr, "0 <= lr")
        require(0 <= beta1 < 1, "betas[0]", beta1, "0 <= beta1 < 1")
        require(0 <= beta2 < 1, "betas[1]", beta2, "0 <= beta2 < 1")
        require(0 <= self.eps, "eps", self.eps, "0 <= eps")
        require(0 <= self.weight_decay, "weight_decay", self.weight_decay, "0 <= weight_decay")
        require(
            0 <= self.momentum_decay, "momentum_decay", self.momentum_decay, "0 <= momentum_decay"
        )

    def _initial(self) -> dict[str, float]:
        return {
            "m": 0.0,
            "v": 0.0,
            "mu_product": 1.0,
        }

    def _rule(self, t: int, lr: float, mu_product: float) -> tuple[Rule, dict[str, float]]:
        beta1, beta2 = self.betas
        eps = self.eps
        weight_decay = self.weight_decay
        momentum_decay = self.momentum_decay
        decoupled_weight_decay = self.decoupled_weight_decay
        maximize = self.maximize
        theta_factor = 1 - lr * weight_decay
        mu = beta1 * (1 - 0.96 ** (momentum_decay * t) / 2)
        mu_next = beta1 * (1 - 0.96 ** (momentum_decay * (t + 1)) / 2)
        mu_product = mu * mu_product
        one_minus_beta1 = 1 - beta1
        one_minus_beta2 = 1 - beta2
        m_factor = mu_next / (1 - mu_next * mu_product)
        gtilde_factor = (1 - mu) / (1 - mu_product)
        one_minus_beta2_pow_t = one_minus_power(beta2, t)

        def rule(
            theta: Array,
            grad: Array,
            m: Array,
            v: Array,
            tmp1: Array,
            tmp2: Array,
            tmp3: Array,
        ) -> None:
            if maximize:
                # g[t]
                grad = np.negative(grad, out=tmp1)
            if weight_decay != 0 and not decoupled_weight_decay:
                # gtilde[t]
                np.multiply(weight_decay, theta, out=tmp2)
                grad = np.add(grad, tmp2, out=tmp2)
            if weight_decay != 0 and decoupled_weight_decay:
                # thetabar[t]
                theta *= theta_factor
            # m[t] = beta1*m[t-1] + (1 - beta1)*gtilde[t]
            np.subtract(grad, m, out=tmp3)
            tmp3 *= one_minus_beta1
            m += tmp3
            # v[t] = beta2*v[t-1] + (1 - beta2)*gtilde[t]**2
            v *= beta2
            np.square(grad, out=tmp3)
            tmp3 *= one_minus_beta2
            v += tmp3
            # theta[t] = thetabar[t] - lr*mhat[t]/(sqrt(vhat[t]) + eps)
            np.multiply(m_factor, m, out=tmp3)
            np.multiply(gtilde_factor, grad, out=tmp1)
            tmp3 += tmp1
            np.divide(v, one_minus_beta2_pow_t, out=tmp1)
            np.sqrt(tmp1, out=tmp1)
            tmp1 += eps
            tmp3 /= tmp1
            tmp3 *= lr
            theta -= tmp3

        return rule, {
            "mu_product": mu_product,
        }
