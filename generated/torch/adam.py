"""Adam: momentum, scaled by a running average of squared gradients."""

import torch
from torch import Tensor

from . import _scalars as scalars
from ._optimizer import Group, Optimizer, Params, require
from ._scalars import Scalar


class Adam(Optimizer):
    """Adam: momentum, scaled by a running average of squared gradients.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes, for each tensor::

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
        params: parameters, named parameters, or groups of them with arguments of their own.
        lr: learning rate, ``0 <= lr``.
        betas: beta1, decay rate of the first moment, ``0 <= beta1 < 1``; beta2, decay rate of the
            second moment, ``0 <= beta2 < 1``.
        eps: term added to the denominator, ``0 <= eps``.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        amsgrad: divide by the largest second moment seen so far.
        maximize: maximize the objective instead of minimizing it.
        decoupled_weight_decay: shrink the parameter instead of adding to the gradient, as AdamW.
        foreach: update all tensors of a kind together; None does so wherever it can.
        capturable: keep the step on the device, so that a CUDA graph can capture it.
        differentiable: let autograd see the step.
        fused: not available; only None and False are accepted.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Kingma & Ba, 2015, arXiv:1412.6980, Algorithm 1; AMSGrad: Reddi et al., 2018,
    arXiv:1904.09237, Algorithm 2.
    """

    _arguments = (
        "lr",
        "betas",
        "eps",
        "weight_decay",
        "amsgrad",
        "maximize",
        "decoupled_weight_decay",
    )
    _tensor_states = {"m": "exp_avg", "v": "exp_avg_sq", "vmax": "max_exp_avg_sq"}

    def __init__(
        self,
        params: Params,
        lr: Scalar = 1e-3,
        betas: tuple[Scalar, Scalar] = (0.9, 0.999),
        eps: Scalar = 1e-8,
        weight_decay: Scalar = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
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
            "amsgrad": amsgrad,
            "maximize": maximize,
            "decoupled_weight_decay": decoupled_weight_decay,
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
            "v": 0.0,
            **({"vmax": 0.0} if group["amsgrad"] else {}),
        }

    @staticmethod
    def _loop(
        theta: Tensor,
        grad: Tensor,
        m: Tensor,
        v: Tensor,
        vmax: Tensor,
        *,
        t: Scalar,
        lr: Scalar,
        betas: tuple[Scalar, Scalar],
        eps: Scalar,
        weight_decay: Scalar,
        amsgrad: bool,
        maximize: bool,
        decoupled_weight_decay: bool,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        beta1, beta2 = betas
        theta_factor = 1 - lr * weight_decay
        one_minus_beta1 = 1 - beta1
        one_minus_beta2 = 1 - beta2
        one_minus_beta2_pow_t = scalars.one_minus_power(beta2, t)
        one_minus_beta1_pow_t = scalars.one_minus_power(beta1, t)
        step_size = lr / one_minus_beta1_pow_t

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
        if amsgrad:
            # vmax[t] = max(v[t], vmax[t-1])
            vmax = torch.maximum(vmax, v)
            # vhat[t]
            vhat = vmax / one_minus_beta2_pow_t
        else:
            vhat = v / one_minus_beta2_pow_t
        # theta[t] = thetabar[t] - lr*mhat[t]/(sqrt(vhat[t]) + eps)
        theta = theta - step_size * (m / (vhat.sqrt() + eps))
        return theta, m, v, vmax

    @staticmethod
    def _foreach(
        theta: list[Tensor],
        grad: list[Tensor],
        m: list[Tensor],
        v: list[Tensor],
        vmax: list[Tensor],
        *,
        t: Scalar,
        lr: Scalar,
        betas: tuple[Scalar, Scalar],
        eps: Scalar,
        weight_decay: Scalar,
        amsgrad: bool,
        maximize: bool,
        decoupled_weight_decay: bool,
    ) -> tuple[()]:
        beta1, beta2 = betas
        theta_factor = 1 - lr * weight_decay
        one_minus_beta1 = 1 - beta1
        one_minus_beta2 = 1 - beta2
        one_minus_beta2_pow_t = scalars.one_minus_power(beta2, t)
        one_minus_beta1_pow_t = scalars.one_minus_power(beta1, t)
        step_size = lr / one_minus_beta1_pow_t

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
        if amsgrad:
            # vmax[t] = max(v[t], vmax[t-1])
            torch._foreach_maximum_(vmax, v)
            # vhat[t]
            vhat = torch._foreach_div(vmax, one_minus_beta2_pow_t)
        else:
            vhat = torch._foreach_div(v, one_minus_beta2_pow_t)
        # theta[t] = thetabar[t] - lr*mhat[t]/(sqrt(vhat[t]) + eps)
        torch._foreach_sqrt_(vhat)
        torch._foreach_add_(vhat, eps)
        torch._foreach_addcdiv_(theta, m, vhat, -step_size)
        return ()
