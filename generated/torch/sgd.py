"""Stochastic gradient descent, with optional momentum."""

import torch
from torch import Tensor

from ._optimizer import Group, Optimizer, Params, require
from ._scalars import Scalar


class SGD(Optimizer):
    """Stochastic gradient descent, with optional momentum.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes, for each tensor::

        g[t] = -grad(theta[t-1]) if maximize else grad(theta[t-1])
        gtilde[t] = g[t] + weight_decay*theta[t-1]
        b[t] = gtilde[t] if t == 1 else momentum*b[t-1] + (1 - dampening)*gtilde[t]
        d[t] = gtilde[t] if momentum == 0 else momentum*b[t] + gtilde[t] if nesterov else b[t]
        theta[t] = theta[t-1] - lr*d[t]

    Args:
        params: parameters, named parameters, or groups of them with arguments of their own.
        lr: learning rate, ``0 <= lr``.
        momentum: momentum factor, ``0 <= momentum``.
        dampening: dampening of the momentum.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        nesterov: take Nesterov's momentum.
        maximize: maximize the objective instead of minimizing it.
        foreach: update all tensors of a kind together; None does so wherever it can.
        capturable: keep the step on the device, so that a CUDA graph can capture it.
        differentiable: let autograd see the step.
        fused: not available; only None and False are accepted.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Sutskever et al., 2013, On the importance of initialization and momentum, eqs. 1-4.
    """

    _arguments = ("lr", "momentum", "dampening", "weight_decay", "nesterov", "maximize")
    _tensor_states = {"b": "momentum_buffer"}
    _step_key = ""

    def __init__(
        self,
        params: Params,
        lr: Scalar = 1e-3,
        momentum: Scalar = 0,
        dampening: Scalar = 0,
        weight_decay: Scalar = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
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
        require(0 <= group["momentum"], "momentum", group["momentum"], "0 <= momentum")
        require(
            0 <= group["weight_decay"], "weight_decay", group["weight_decay"], "0 <= weight_decay"
        )
        if group["nesterov"] and not (group["dampening"] == 0 and group["momentum"] > 0):
            raise ValueError("nesterov needs momentum > 0 and dampening = 0")

    def _initial(self, group: Group) -> dict[str, float]:
        return {
            **({"b": 0.0} if group["momentum"] != 0 else {}),
        }

    @staticmethod
    def _loop(
        theta: Tensor,
        grad: Tensor,
        b: Tensor,
        *,
        first: bool,
        lr: Scalar,
        momentum: Scalar,
        dampening: Scalar,
        weight_decay: Scalar,
        nesterov: bool,
        maximize: bool,
    ) -> tuple[Tensor, Tensor]:
        one_minus_dampening = 1 - dampening

        if maximize:
            # g[t]
            grad = -grad
        if weight_decay != 0:
            # gtilde[t] = g[t] + weight_decay*theta[t-1]
            grad = grad + weight_decay * theta
        if momentum != 0:
            if first:
                # b[t]
                b = grad
            else:
                b = momentum * b + one_minus_dampening * grad
            if nesterov:
                # d[t]
                grad = momentum * b + grad
            else:
                grad = b
        # theta[t] = theta[t-1] - lr*d[t]
        theta = theta - lr * grad
        return theta, b

    @staticmethod
    def _foreach(
        theta: list[Tensor],
        grad: list[Tensor],
        b: list[Tensor],
        *,
        first: bool,
        lr: Scalar,
        momentum: Scalar,
        dampening: Scalar,
        weight_decay: Scalar,
        nesterov: bool,
        maximize: bool,
    ) -> tuple[()]:
        one_minus_dampening = 1 - dampening

        if maximize:
            # g[t]
            grad = torch._foreach_neg(grad)
        if weight_decay != 0:
            # gtilde[t] = g[t] + weight_decay*theta[t-1]
            grad = torch._foreach_add(grad, theta, alpha=weight_decay)
        if momentum != 0:
            if first:
                # b[t]
                torch._foreach_copy_(b, grad)
            else:
                torch._foreach_mul_(b, momentum)
                torch._foreach_add_(b, grad, alpha=one_minus_dampening)
            if nesterov:
                # d[t]
                tmp2 = torch._foreach_mul(b, momentum)
                torch._foreach_add_(tmp2, grad)
                grad = tmp2
            else:
                grad = b
        # theta[t] = theta[t-1] - lr*d[t]
        torch._foreach_add_(theta, grad, alpha=-lr)
        return ()
