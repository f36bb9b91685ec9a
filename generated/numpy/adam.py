"""Adam: momentum, scaled by a running average of squared gradients."""

import numpy as np

from ._optimizer import (
    Array,
    Optimizer,
    Rate,
    Rule,
    one_minus_power,
    require,
)


class Adam(Optimizer):
    """Adam: momentum, scaled by a running average of squared gradients.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes::

        g[t] = -grad(theta[t-1]) if maximize else grad(theta[t-1])
        gtilde[t] = g[t] if decoupled_weight_decay else g[t] + weight_decay*theta[t-1]
        thetabar[t] = (1 - lr*weight_decay)*theta[t-1] if decoupled_weight_decay else theta[t-1]
        m[t] = beta1*m[t-1] + (1 - beta1)*gtilde[t]
        v[t] = beta2*v[t-1] + (1 - beta2)*gtilde[t]**2
        vmax[t] = max(v[t], vmax[t-1])
        mhat[t] = m[t]/(1 - beta1**t)
        vhat[t] = vmax[t]/(1 - beta2**t) if amsgrad else v[t]/(1 - beta2**t)
        theta[t] = thetabar[t] - lr*mhat[t]/(sqrt(vhat[t]) + eps)

    Args:
        lr: learning rate, ``0 <= lr``; a number, or a function of the 0-based step.
        betas: beta1, decay rate of the first moment, ``0 <= beta1 < 1``; beta2, decay rate of the
            second moment, ``0 <= beta2 < 1``.
        eps: term added to the denominator, ``0 <= eps``.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        amsgrad: divide by the largest second moment seen so far.
        maximize: maximize the objective instead of minimizing it.
        decoupled_weight_decay: shrink the parameter instead of adding to the gradient, as AdamW.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Kingma & Ba, 2015, arXiv:1412.6980, Algorithm 1; AMSGrad: Reddi et al., 2018,
    arXiv:1904.09237, Algorithm 2.
    """

    _tensor_states = ("m", "v", "vmax")
    _scratch = 3

    def __init__(
        self,
        lr: Rate = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:
        super().__init__()
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.amsgrad = amsgrad
        self.maximize = maximize
        self.decoupled_weight_decay = decoupled_weight_decay
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
            "v": 0.0,
            **({"vmax": 0.0} if self.amsgrad else {}),
        }

    def _rule(self, t: int, lr: float) -> tuple[Rule, dict[str, float]]:
        beta1, beta2 = self.betas
        eps = self.eps
        weight_decay = self.weight_decay
        amsgrad = self.amsgrad
        maximize = self.maximize
        decoupled_weight_decay = self.decoupled_weight_decay
        theta_factor = 1 - lr * weight_decay
        one_minus_beta1 = 1 - beta1
        one_minus_beta2 = 1 - beta2
        one_minus_beta2_pow_t = one_minus_power(beta2, t)
        one_minus_beta1_pow_t = one_minus_power(beta1, t)
        step_size = lr / one_minus_beta1_pow_t

        def rule(
            theta: Array,
            grad: Array,
            m: Array,
            v: Array,
            vmax: Array,
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
            np.square(grad, out=tmp1)
            tmp1 *= one_minus_beta2
            v += tmp1
            if amsgrad:
                # vmax[t] = max(v[t], vmax[t-1])
                np.maximum(vmax, v, out=vmax)
                # vhat[t]
                vhat = np.divide(vmax, one_minus_beta2_pow_t, out=tmp1)
            else:
                vhat = np.divide(v, one_minus_beta2_pow_t, out=tmp1)
            # theta[t] = thetabar[t] - lr*mhat[t]/(sqrt(vhat[t]) + eps)
            np.sqrt(vhat, out=vhat)
            vhat += eps
            np.divide(m, vhat, out=tmp1)
            tmp1 *= step_size
            theta -= tmp1

        return rule, {}
