"""NAdam: Adam with Nesterov momentum."""

import torch
from torch import Tensor

from . import _scalars as scalars
from ._optimizer import Group, Optimizer, Params, require
from ._scalars import Scalar


class NAdam(Optimizer):
    """NAdam: Adam with Nesterov momentum.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes, for each tensor::

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
        params: parameters, named parameters, or groups of them with arguments of their own.
        lr: learning rate, ``0 <= lr``.
        betas: beta1, decay rate of the first moment, ``0 <= beta1 < 1``; beta2, decay rate of the
            second moment, ``0 <= beta2 < 1``.
        eps: term added to the denominator, ``0 <= eps``.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        momentum_decay: rate of the momentum's warm-up, ``0 <= momentum_decay``.
        decoupled_weight_decay: shrink the parameter instead of adding to the gradient, as AdamW.
        maximize: maximize the objective instead of minimizing it.
        foreach: update all tensors of a kind together; None does so wherever it can.
        capturable: keep the step on the device, so that a CUDA graph can capture it.
        differentiable: let autograd see the step.
        fused: not available; only None and False are accepted.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Dozat, 2016, Incorporating Nesterov momentum into Adam, Algorithm 8.
    """

    _arguments = (
        "lr",
        "betas",
        "eps",
        "weight_decay",
        "momentum_decay",
        "decoupled_weight_decay",
        "maximize",
    )
    _tensor_states = {"m": "exp_avg", "v": "exp_avg_sq"}
    _scalar_states = {"mu_product": "mu_product"}

    def __init__(
        self,
        params: Params,
        lr: Scalar = 2e-3,
        betas: tuple[Scalar, Scalar] = (0.9, 0.999),
        eps: Scalar = 1e-8,
        weight_decay: Scalar = 0,
        momentum_decay: Scalar = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
        }
        super().__init__(
            params,
            defaults,
            foreach=foreach,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
        )

    def _check(self, group: Group) -> None:
        beta1, beta2 = group["betas"]
        require(0 <= group["lr"], "lr", group["lr"], "0 <= lr")
        require(0 <= beta1 < 1, "betas[0]", beta1, "0 <= beta1 < 1")
        require(0 <= beta2 < 1, "betas[1]", beta2, "0 <= beta2 < 1")
        require(0 <= group["eps"], "eps", group["eps"], "0 <= eps")
        require(
            0 <= group["weight_decay"], "weight_decay", group["weight_decay"], "0 <= weight_decay"
        )
        require(
            0 <= group["momentum_decay"],
            "momentum_decay",
            group["momentum_decay"],
            "0 <= momentum_decay",
        )

    def _initial(self, group: Group) -> dict[str, float]:
        return {
            "m": 0.0,
            "v": 0.0,
            "mu_product": 1.0,
        }

    @staticmethod
    def _loop(
        theta: Tensor,
        grad: Tensor,
        m: Tensor,
        v: Tensor,
        *,
        mu_product: Scalar,
        t: Scalar,
        lr: Scalar,
        betas: tuple[Scalar, Scalar],
        eps: Scalar,
        weight_decay: Scalar,
        momentum_decay: Scalar,
        decoupled_weight_decay: bool,
        maximize: bool,
    ) -> tuple[Tensor, Tensor, Tensor, Scalar]:
        beta1, beta2 = betas
        theta_factor = 1 - lr * weight_decay
        mu = beta1 * (1 - 0.96 ** (momentum_decay * t) / 2)
        mu_next = beta1 * (1 - 0.96 ** (momentum_decay * (t + 1)) / 2)
        mu_product = mu * mu_product
        one_minus_beta1 = 1 - beta1
        one_minus_beta2 = 1 - beta2
        m_factor = mu_next / (1 - mu_next * mu_product)
        gtilde_factor = (1 - mu) / (1 - mu_product)
        one_minus_beta2_pow_t = scalars.one_minus_power(beta2, t)

        if maximize:
            # g[t]
            grad = -grad
        if weight_decay != 0 and not decoupled_weight_decay:
            # gtilde[t]
            grad = grad + weight_decay * theta
        if weight_decay != 0 and decoupled_weight_decay:
            # thetabar[t]
            theta = theta_factor * theta
        # m[t] = beta1*m[t-1] + (1 - beta1)*gtilde[t]
        m = m + one_minus_beta1 * (grad - m)
        # v[t] = beta2*v[t-1] + (1 - beta2)*gtilde[t]**2
        v = beta2 * v + one_minus_beta2 * grad.square()
        # theta[t] = thetabar[t] - lr*mhat[t]/(sqrt(vhat[t]) + eps)
        theta = theta - lr * (
            (m_factor * m + gtilde_factor * grad) / ((v / one_minus_beta2_pow_t).sqrt() + eps)
        )
        return theta, m, v, mu_product

    @staticmethod
    def _foreach(
        theta: list[Tensor],
        grad: list[Tensor],
        m: list[Tensor],
        v: list[Tensor],
        *,
        mu_product: Scalar,
        t: Scalar,
        lr: Scalar,
        betas: tuple[Scalar, Scalar],
        eps: Scalar,
        weight_decay: Scalar,
        momentum_decay: Scalar,
        decoupled_weight_decay: bool,
        maximize: bool,
    ) -> tuple[Scalar]:
        beta1, beta2 = betas
        theta_factor = 1 - lr * weight_decay
        mu = beta1 * (1 - 0.96 ** (momentum_decay * t) / 2)
        mu_next = beta1 * (1 - 0.96 ** (momentum_decay * (t + 1)) / 2)
        mu_product = mu * mu_product
        one_minus_beta1 = 1 - beta1
        one_minus_beta2 = 1 - beta2
        m_factor = mu_next / (1 - mu_next * mu_product)
        gtilde_factor = (1 - mu) / (1 - mu_product)
        one_minus_beta2_pow_t = scalars.one_minus_power(beta2, t)

        if maximize:
            # g[t]
            grad = torch._foreach_neg(grad)
        if weight_decay != 0 and not decoupled_weight_decay:
            # gtilde[t]
            grad = torch._foreach_add(grad, theta, alpha=weight_decay)
        if weight_decay != 0 and decoupled_weight_decay:
            # thetabar[t]
            torch._foreach_mul_(theta, theta_factor)
        # m[t] = beta1*m[t-1] + (1 - beta1)*gtilde[t]
        torch._foreach_lerp_(m, grad, one_minus_beta1)
        # v[t] = beta2*v[t-1] + (1 - beta2)*gtilde[t]**2
        torch._foreach_mul_(v, beta2)
        torch._foreach_addcmul_(v, grad, grad, one_minus_beta2)
        # theta[t] = thetabar[t] - lr*mhat[t]/(sqrt(vhat[t]) + eps)
        tmp2 = torch._foreach_mul(m, m_factor)
        torch._foreach_add_(tmp2, grad, alpha=gtilde_factor)
        tmp1 = torch._foreach_div(v, one_minus_beta2_pow_t)
        torch._foreach_sqrt_(tmp1)
        torch._foreach_add_(tmp1, eps)
        torch._foreach_addcdiv_(theta, tmp2, tmp1, -lr)
        return (mu_product,)
