"""Adamax: Adam on the infinity norm."""

import torch
from torch import Tensor

from . import _scalars as scalars
from ._optimizer import Group, Optimizer, Params, require
from ._scalars import Scalar


class Adamax(Optimizer):
    """Adamax: Adam on the infinity norm.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes, for each tensor::

        g[t] = -grad(theta[t-1]) if maximize else grad(theta[t-1])
        gtilde[t] = g[t] + weight_decay*theta[t-1]
        m[t] = beta1*m[t-1] + (1 - beta1)*gtilde[t]
        u[t] = max(beta2*u[t-1], abs(gtilde[t]) + eps)
        mhat[t] = m[t]/(1 - beta1**t)
        theta[t] = theta[t-1] - lr*mhat[t]/u[t]

    Args:
        params: parameters, named parameters, or groups of them with arguments of their own.
        lr: learning rate, ``0 <= lr``.
        betas: beta1, decay rate of the first moment, ``0 <= beta1 < 1``; beta2, decay rate of the
            infinity norm, ``0 <= beta2 < 1``.
        eps: term added to the gradient's size, ``0 <= eps``.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        maximize: maximize the objective instead of minimizing it.
        foreach: update all tensors of a kind together; None does so wherever it can.
        capturable: keep the step on the device, so that a CUDA graph can capture it.
        differentiable: let autograd see the step.
        fused: not available; only None and False are accepted.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Kingma & Ba, 2015, arXiv:1412.6980, Algorithm 2.
    """

    _arguments = ("lr", "betas", "eps", "weight_decay", "maximize")
    _tensor_states = {"m": "exp_avg", "u": "exp_inf"}

    def __init__(
        self,
        params: Params,
        lr: Scalar = 2e-3,
        betas: tuple[Scalar, Scalar] = (0.9, 0.999),
        eps: Scalar = 1e-8,
        weight_decay: Scalar = 0,
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

    def _initial(self, group: Group) -> dict[str, float]:
        return {
            "m": 0.0,
            "u": 0.0,
        }

    @staticmethod
    def _loop(
        theta: Tensor,
        grad: Tensor,
        m: Tensor,
        u: Tensor,
        *,
        t: Scalar,
        lr: Scalar,
        betas: tuple[Scalar, Scalar],
        eps: Scalar,
        weight_decay: Scalar,
        maximize: bool,
    ) -> tuple[Tensor, Tensor, Tensor]:
        beta1, beta2 = betas
        one_minus_beta1 = 1 - beta1
        one_minus_beta1_pow_t = scalars.one_minus_power(beta1, t)
        step_size = lr / one_minus_beta1_pow_t

        if maximize:
            # g[t]
            grad = -grad
        if weight_decay != 0:
            # gtilde[t] = g[t] + weight_decay*theta[t-1]
            grad = grad + weight_decay * theta
        # m[t] = beta1*m[t-1] + (1 - beta1)*gtilde[t]
        m = m + one_minus_beta1 * (grad - m)
        # u[t] = max(beta2*u[t-1], abs(gtilde[t]) + eps)
        u = torch.maximum(beta2 * u, grad.abs() + eps)
        # theta[t] = theta[t-1] - lr*mhat[t]/u[t]
        theta = theta - step_size * (m / u)
        return theta, m, u

    @staticmethod
    def _foreach(
        theta: list[Tensor],
        grad: list[Tensor],
        m: list[Tensor],
        u: list[Tensor],
        *,
        t: Scalar,
        lr: Scalar,
        betas: tuple[Scalar, Scalar],
        eps: Scalar,
        weight_decay: Scalar,
        maximize: bool,
    ) -> tuple[()]:
        beta1, beta2 = betas
        one_minus_beta1 = 1 - beta1
        one_minus_beta1_pow_t = scalars.one_minus_power(beta1, t)
        step_size = lr / one_minus_beta1_pow_t

        if maximize:
            # g[t]
            grad = torch._foreach_neg(grad)
        if weight_decay != 0:
            # gtilde[t] = g[t] + weight_decay*theta[t-1]
            grad = torch._foreach_add(grad, theta, alpha=weight_decay)
        # m[t] = beta1*m[t-1] + (1 - beta1)*gtilde[t]
        torch._foreach_lerp_(m, grad, one_minus_beta1)
        # u[t] = max(beta2*u[t-1], abs(gtilde[t]) + eps)
        torch._foreach_mul_(u, beta2)
        tmp1 = torch._foreach_abs(grad)
        torch._foreach_add_(tmp1, eps)
        torch._foreach_maximum_(u, tmp1)
        # theta[t] = theta[t-1] - lr*mhat[t]/u[t]
        torch._foreach_addcdiv_(theta, m, u, -step_size)
        return ()
