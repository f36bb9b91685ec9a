"""RMSprop: steps scaled by a running average of squared gradients."""

import torch
from torch import Tensor

from ._optimizer import Group, Optimizer, Params, require
from ._scalars import Scalar


class RMSprop(Optimizer):
    """RMSprop: steps scaled by a running average of squared gradients.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes, for each tensor::

        g[t] = -grad(theta[t-1]) if maximize else grad(theta[t-1])
        gtilde[t] = g[t] + weight_decay*theta[t-1]
        v[t] = alpha*v[t-1] + (1 - alpha)*gtilde[t]**2
        gbar[t] = alpha*gbar[t-1] + (1 - alpha)*gtilde[t]
        variance[t] = max(v[t] - gbar[t]**2, 0) if centered else v[t]
        d[t] = gtilde[t]/(sqrt(variance[t]) + eps)
        b[t] = momentum*b[t-1] + d[t]
        theta[t] = theta[t-1] - lr*b[t] if momentum != 0 else theta[t-1] - lr*d[t]

    Args:
        params: parameters, named parameters, or groups of them with arguments of their own.
        lr: learning rate, ``0 <= lr``.
        alpha: decay rate of the averages, ``0 <= alpha <= 1``.
        eps: term added to the denominator, ``0 <= eps``.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        momentum: momentum factor, ``0 <= momentum``.
        centered: divide by an estimate of the variance instead of the second moment.
        maximize: maximize the objective instead of minimizing it.
        foreach: update all tensors of a kind together; None does so wherever it can.
        capturable: keep the step on the device, so that a CUDA graph can capture it.
        differentiable: let autograd see the step.
        fused: not available; only None and False are accepted.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Tieleman & Hinton, 2012, Lecture 6.5; centered: Graves, 2013, arXiv:1308.0850, eqs.
    38-45.
    """

    _arguments = ("lr", "alpha", "eps", "weight_decay", "momentum", "centered", "maximize")
    _tensor_states = {"v": "square_avg", "gbar": "grad_avg", "b": "momentum_buffer"}

    def __init__(
        self,
        params: Params,
        lr: Scalar = 1e-2,
        alpha: Scalar = 0.99,
        eps: Scalar = 1e-8,
        weight_decay: Scalar = 0,
        momentum: Scalar = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "alpha": alpha,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "centered": centered,
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
        require(0 <= group["lr"], "lr", group["lr"], "0 <= lr")
        require(0 <= group["alpha"] <= 1, "alpha", group["alpha"], "0 <= alpha <= 1")
        require(0 <= group["eps"], "eps", group["eps"], "0 <= eps")
        require(
            0 <= group["weight_decay"], "weight_decay", group["weight_decay"], "0 <= weight_decay"
        )
        require(0 <= group["momentum"], "momentum", group["momentum"], "0 <= momentum")

    def _initial(self, group: Group) -> dict[str, float]:
        return {
            "v": 0.0,
            **({"gbar": 0.0} if group["centered"] else {}),
            **({"b": 0.0} if group["momentum"] != 0 else {}),
        }

    @staticmethod
    def _loop(
        theta: Tensor,
        grad: Tensor,
        v: Tensor,
        gbar: Tensor,
        b: Tensor,
        *,
        t: Scalar,
        lr: Scalar,
        alpha: Scalar,
        eps: Scalar,
        weight_decay: Scalar,
        momentum: Scalar,
        centered: bool,
        maximize: bool,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        one_minus_alpha = 1 - alpha

        if maximize:
            # g[t]
            grad = -grad
        if weight_decay != 0:
            # gtilde[t] = g[t] + weight_decay*theta[t-1]
            grad = grad + weight_decay * theta
        # v[t] = alpha*v[t-1] + (1 - alpha)*gtilde[t]**2
        v = alpha * v + one_minus_alpha * grad.square()
        if centered:
            # gbar[t] = alpha*gbar[t-1] + (1 - alpha)*gtilde[t]
            gbar = gbar + one_minus_alpha * (grad - gbar)
            # variance[t]
            variance = (v - gbar.square()).clamp(min=0)
        else:
            variance = v
        # d[t] = gtilde[t]/(sqrt(variance[t]) + eps)
        d = grad / (variance.sqrt() + eps)
        if momentum != 0:
            # b[t] = momentum*b[t-1] + d[t]
            b = momentum * b + d
            # theta[t]
            theta = theta - lr * b
        else:
            theta = theta - lr * d
        return theta, v, gbar, b

    @staticmethod
    def _foreach(
        theta: list[Tensor],
        grad: list[Tensor],
        v: list[Tensor],
        gbar: list[Tensor],
        b: list[Tensor],
        *,
        t: Scalar,
        lr: Scalar,
        alpha: Scalar,
        eps: Scalar,
        weight_decay: Scalar,
        momentum: Scalar,
        centered: bool,
        maximize: bool,
    ) -> tuple[()]:
        one_minus_alpha = 1 - alpha

        if maximize:
            # g[t]
            grad = torch._foreach_neg(grad)
        if weight_decay != 0:
            # gtilde[t] = g[t] + weight_decay*theta[t-1]
            grad = torch._foreach_add(grad, theta, alpha=weight_decay)
        # v[t] = alpha*v[t-1] + (1 - alpha)*gtilde[t]**2
        torch._foreach_mul_(v, alpha)
        torch._foreach_addcmul_(v, grad, grad, one_minus_alpha)
        if centered:
            # gbar[t] = alpha*gbar[t-1] + (1 - alpha)*gtilde[t]
            torch._foreach_lerp_(gbar, grad, one_minus_alpha)
            # variance[t]
            tmp2 = torch._foreach_addcmul(v, gbar, gbar, -1)
            torch._foreach_maximum_(tmp2, 0)
            variance = tmp2
        else:
            variance = v
        # d[t] = gtilde[t]/(sqrt(variance[t]) + eps)
        tmp2 = torch._foreach_sqrt(variance)
        torch._foreach_add_(tmp2, eps)
        d = torch._foreach_div(grad, tmp2)
        if momentum != 0:
            # b[t] = momentum*b[t-1] + d[t]
            torch._foreach_mul_(b, momentum)
            torch._foreach_add_(b, d)
            # theta[t]
            torch._foreach_add_(theta, b, alpha=-lr)
        else:
            torch._foreach_add_(theta, d, alpha=-lr)
        return ()
