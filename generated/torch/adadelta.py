"""Adadelta: steps scaled by the ratio of two running averages of squares."""

import torch
from torch import Tensor

from ._optimizer import Group, Optimizer, Params, require
from ._scalars import Scalar


class Adadelta(Optimizer):
    """Adadelta: steps scaled by the ratio of two running averages of squares.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes, for each tensor::

        g[t] = -grad(theta[t-1]) if maximize else grad(theta[t-1])
        gtilde[t] = g[t] + weight_decay*theta[t-1]
        v[t] = rho*v[t-1] + (1 - rho)*gtilde[t]**2
        d[t] = sqrt(u[t-1] + eps)*gtilde[t]/sqrt(v[t] + eps)
        u[t] = rho*u[t-1] + (1 - rho)*d[t]**2
        theta[t] = theta[t-1] - lr*d[t]

    Args:
        params: parameters, named parameters, or groups of them with arguments of their own.
        lr: learning rate, ``0 <= lr``.
        rho: decay rate of both averages, ``0 <= rho <= 1``.
        eps: term added under both roots, ``0 <= eps``.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        maximize: maximize the objective instead of minimizing it.
        foreach: update all tensors of a kind together; None does so wherever it can.
        capturable: keep the step on the device, so that a CUDA graph can capture it.
        differentiable: let autograd see the step.
        fused: not available; only None and False are accepted.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Zeiler, 2012, arXiv:1212.5701, Algorithm 1.
    """

    _arguments = ("lr", "rho", "eps", "weight_decay", "maximize")
    _tensor_states = {"v": "square_avg", "u": "acc_delta"}

    def __init__(
        self,
        params: Params,
        lr: Scalar = 1.0,
        rho: Scalar = 0.9,
        eps: Scalar = 1e-6,
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
            "rho": rho,
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
        require(0 <= group["lr"], "lr", group["lr"], "0 <= lr")
        require(0 <= group["rho"] <= 1, "rho", group["rho"], "0 <= rho <= 1")
        require(0 <= group["eps"], "eps", group["eps"], "0 <= eps")
        require(
            0 <= group["weight_decay"], "weight_decay", group["weight_decay"], "0 <= weight_decay"
        )

    def _initial(self, group: Group) -> dict[str, float]:
        return {
            "v": 0.0,
            "u": 0.0,
        }

    @staticmethod
    def _loop(
        theta: Tensor,
        grad: Tensor,
        v: Tensor,
        u: Tensor,
        *,
        t: Scalar,
        lr: Scalar,
        rho: Scalar,
        eps: Scalar,
        weight_decay: Scalar,
        maximize: bool,
    ) -> tuple[Tensor, Tensor, Tensor]:
        one_minus_rho = 1 - rho

        if maximize:
            # g[t]
            grad = -grad
        if weight_decay != 0:
            # gtilde[t] = g[t] + weight_decay*theta[t-1]
            grad = grad + weight_decay * theta
        # v[t] = rho*v[t-1] + (1 - rho)*gtilde[t]**2
        v = rho * v + one_minus_rho * grad.square()
        # d[t] = sqrt(u[t-1] + eps)*gtilde[t]/sqrt(v[t] + eps)
        d = (u + eps).sqrt() * grad / (v + eps).sqrt()
        # u[t] = rho*u[t-1] + (1 - rho)*d[t]**2
        u = rho * u + one_minus_rho * d.square()
        # theta[t] = theta[t-1] - lr*d[t]
        theta = theta - lr * d
        return theta, v, u

    @staticmethod
    def _foreach(
        theta: list[Tensor],
        grad: list[Tensor],
        v: list[Tensor],
        u: list[Tensor],
        *,
        t: Scalar,
        lr: Scalar,
        rho: Scalar,
        eps: Scalar,
        weight_decay: Scalar,
        maximize: bool,
    ) -> tuple[()]:
        one_minus_rho = 1 - rho

        if maximize:
            # g[t]
            grad = torch._foreach_neg(grad)
        if weight_decay != 0:
            # gtilde[t] = g[t] + weight_decay*theta[t-1]
            grad = torch._foreach_add(grad, theta, alpha=weight_decay)
        # v[t] = rho*v[t-1] + (1 - rho)*gtilde[t]**2
        torch._foreach_mul_(v, rho)
        torch._foreach_addcmul_(v, grad, grad, one_minus_rho)
        # d[t] = sqrt(u[t-1] + eps)*gtilde[t]/sqrt(v[t] + eps)
        tmp2 = torch._foreach_add(u, eps)
        torch._foreach_sqrt_(tmp2)
        torch._foreach_mul_(tmp2, grad)
        tmp1 = torch._foreach_add(v, eps)
        torch._foreach_sqrt_(tmp1)
        torch._foreach_div_(tmp2, tmp1)
        d = tmp2
        # u[t] = rho*u[t-1] + (1 - rho)*d[t]**2
        torch._foreach_mul_(u, rho)
        torch._foreach_addcmul_(u, d, d, one_minus_rho)
        # theta[t] = theta[t-1] - lr*d[t]
        torch._foreach_add_(theta, d, alpha=-lr)
        return ()
