"""Adagrad: steps scaled by the accumulated squared gradients."""

import torch
from torch import Tensor

from ._optimizer import Group, Optimizer, Params, require
from ._scalars import Scalar


class Adagrad(Optimizer):
    """Adagrad: steps scaled by the accumulated squared gradients.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes, for each tensor::

        g[t] = -grad(theta[t-1]) if maximize else grad(theta[t-1])
        gtilde[t] = g[t] + weight_decay*theta[t-1]
        lrbar[t] = lr/(1 + lr_decay*(t - 1))
        s[t] = s[t-1] + gtilde[t]**2
        theta[t] = theta[t-1] - lrbar[t]*gtilde[t]/(sqrt(s[t]) + eps)

    Args:
        params: parameters, named parameters, or groups of them with arguments of their own.
        lr: learning rate, ``0 <= lr``.
        lr_decay: decay of the learning rate per step, ``0 <= lr_decay``.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        initial_accumulator_value: initial value of the sum of squared gradients, ``0 <=
            initial_accumulator_value``.
        eps: term added to the denominator, ``0 <= eps``.
        maximize: maximize the objective instead of minimizing it.
        foreach: update all tensors of a kind together; None does so wherever it can.
        capturable: keep the step on the device, so that a CUDA graph can capture it.
        differentiable: let autograd see the step.
        fused: not available; only None and False are accepted.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Duchi et al., 2011, Adaptive subgradient methods, JMLR 12, Figure 1.
    """

    _arguments = ("lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps", "maximize")
    _tensor_states = {"s": "sum"}
    _eager = True

    def __init__(
        self,
        params: Params,
        lr: Scalar = 1e-2,
        lr_decay: Scalar = 0,
        weight_decay: Scalar = 0,
        initial_accumulator_value: Scalar = 0,
        eps: Scalar = 1e-10,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "eps": eps,
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
        require(0 <= group["lr_decay"], "lr_decay", group["lr_decay"], "0 <= lr_decay")
        require(
            0 <= group["weight_decay"], "weight_decay", group["weight_decay"], "0 <= weight_decay"
        )
        require(
            0 <= group["initial_accumulator_value"],
            "initial_accumulator_value",
            group["initial_accumulator_value"],
            "0 <= initial_accumulator_value",
        )
        require(0 <= group["eps"], "eps", group["eps"], "0 <= eps")

    def _initial(self, group: Group) -> dict[str, float]:
        return {
            "s": group["initial_accumulator_value"],
        }

    @staticmethod
    def _loop(
        theta: Tensor,
        grad: Tensor,
        s: Tensor,
        *,
        t: Scalar,
        lr: Scalar,
        lr_decay: Scalar,
        weight_decay: Scalar,
        initial_accumulator_value: Scalar,
        eps: Scalar,
        maximize: bool,
    ) -> tuple[Tensor, Tensor]:
        lrbar = lr / (1 + lr_decay * (t - 1))

        if maximize:
            # g[t]
            grad = -grad
        if weight_decay != 0:
            # gtilde[t] = g[t] + weight_decay*theta[t-1]
            grad = grad + weight_decay * theta
        # s[t] = s[t-1] + gtilde[t]**2
        s = s + grad.square()
        # theta[t] = theta[t-1] - lrbar[t]*gtilde[t]/(sqrt(s[t]) + eps)
        theta = theta - lrbar * (grad / (s.sqrt() + eps))
        return theta, s

    @staticmethod
    def _foreach(
        theta: list[Tensor],
        grad: list[Tensor],
        s: list[Tensor],
        *,
        t: Scalar,
        lr: Scalar,
        lr_decay: Scalar,
        weight_decay: Scalar,
        initial_accumulator_value: Scalar,
        eps: Scalar,
        maximize: bool,
    ) -> tuple[()]:
        lrbar = lr / (1 + lr_decay * (t - 1))

        if maximize:
            # g[t]
            grad = torch._foreach_neg(grad)
        if weight_decay != 0:
            # gtilde[t] = g[t] + weight_decay*theta[t-1]
            grad = torch._foreach_add(grad, theta, alpha=weight_decay)
        # s[t] = s[t-1] + gtilde[t]**2
        torch._foreach_addcmul_(s, grad, grad, 1)
        # theta[t] = theta[t-1] - lrbar[t]*gtilde[t]/(sqrt(s[t]) + eps)
        tmp2 = torch._foreach_sqrt(s)
        torch._foreach_add_(tmp2, eps)
        torch._foreach_addcdiv_(theta, grad, tmp2, -lrbar)
        return ()
