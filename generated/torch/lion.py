"""Lion: signed steps along an interpolated momentum."""

import torch
from torch import Tensor

from ._optimizer import Group, Optimizer, Params, require
from ._scalars import Scalar


class Lion(Optimizer):
    """Lion: signed steps along an interpolated momentum.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes, for each tensor::

        g[t] = -grad(theta[t-1]) if maximize else grad(theta[t-1])
        thetabar[t] = (1 - lr*weight_decay)*theta[t-1]
        c[t] = beta1*m[t-1] + (1 - beta1)*g[t]
        m[t] = beta2*m[t-1] + (1 - beta2)*g[t]
        theta[t] = thetabar[t] - lr*sign(c[t])

    Args:
        params: parameters, named parameters, or groups of them with arguments of their own.
        lr: learning rate, ``0 <= lr``.
        betas: beta1, weight of the momentum in the step, ``0 <= beta1 < 1``; beta2, decay rate of
            the momentum, ``0 <= beta2 < 1``.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        maximize: maximize the objective instead of minimizing it.
        foreach: update all tensors of a kind together; None does so wherever it can.
        capturable: keep the step on the device, so that a CUDA graph can capture it.
        differentiable: let autograd see the step.
        fused: not available; only None and False are accepted.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Chen et al., 2023, arXiv:2302.06675, Algorithm 2.
    """

    _arguments = ("lr", "betas", "weight_decay", "maximize")
    _tensor_states = {"m": "exp_avg"}

    def __init__(
        self,
        params: Params,
        lr: Scalar = 1e-4,
        betas: tuple[Scalar, Scalar] = (0.9, 0.99),
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
        require(
            0 <= group["weight_decay"], "weight_decay", group["weight_decay"], "0 <= weight_decay"
        )

    def _initial(self, group: Group) -> dict[str, float]:
        return {
            "m": 0.0,
        }

    @staticmethod
    def _loop(
        theta: Tensor,
        grad: Tensor,
        m: Tensor,
        *,
        t: Scalar,
        lr: Scalar,
        betas: tuple[Scalar, Scalar],
        weight_decay: Scalar,
        maximize: bool,
    ) -> tuple[Tensor, Tensor]:
        beta1, beta2 = betas
        theta_factor = 1 - lr * weight_decay
        one_minus_beta1 = 1 - beta1
        one_minus_beta2 = 1 - beta2

        if maximize:
            # g[t]
            grad = -grad
        if weight_decay != 0:
            # thetabar[t] = (1 - lr*weight_decay)*theta[t-1]
            theta = theta_factor * theta
        # c[t] = beta1*m[t-1] + (1 - beta1)*g[t]
        c = m + one_minus_beta1 * (grad - m)
        # m[t] = beta2*m[t-1] + (1 - beta2)*g[t]
        m = m + one_minus_beta2 * (grad - m)
        # theta[t] = thetabar[t] - lr*sign(c[t])
        theta = theta - lr * c.sign()
        return theta, m

    @staticmethod
    def _foreach(
        theta: list[Tensor],
        grad: list[Tensor],
        m: list[Tensor],
        *,
        t: Scalar,
        lr: Scalar,
        betas: tuple[Scalar, Scalar],
        weight_decay: Scalar,
        maximize: bool,
    ) -> tuple[()]:
        beta1, beta2 = betas
        theta_factor = 1 - lr * weight_decay
        one_minus_beta1 = 1 - beta1
        one_minus_beta2 = 1 - beta2

        if maximize:
            # g[t]
            grad = torch._foreach_neg(grad)
        if weight_decay != 0:
            # thetabar[t] = (1 - lr*weight_decay)*theta[t-1]
            torch._foreach_mul_(theta, theta_factor)
        # c[t] = beta1*m[t-1] + (1 - beta1)*g[t]
        c = torch._foreach_lerp(m, grad, one_minus_beta1)
        # m[t] = beta2*m[t-1] + (1 - beta2)*g[t]
        torch._foreach_lerp_(m, grad, one_minus_beta2)
        # theta[t] = thetabar[t] - lr*sign(c[t])
        torch._foreach_sign_(c)
        torch._foreach_add_(theta, c, alpha=-lr)
        return ()
