"""RMSprop: steps scaled by a running average of squared gradients."""

import numpy as np

from ._optimizer import (
    Array,
    Optimizer,
    Rate,
    Rule,
    require,
)


class RMSprop(Optimizer):
    """RMSprop: steps scaled by a running average of squared gradients.

    With ``grad`` the gradient of the loss, step t = 1, 2, ... computes::

        g[t] = -grad(theta[t-1]) if maximize else grad(theta[t-1])
        gtilde[t] = g[t] + weight_decay*theta[t-1]
        v[t] = alpha*v[t-1] + (1 - alpha)*gtilde[t]**2
        gbar[t] = alpha*gbar[t-1] + (1 - alpha)*gtilde[t]
        variance[t] = max(v[t] - gbar[t]**2, 0) if centered else v[t]
        d[t] = gtilde[t]/(sqrt(variance[t]) + eps)
        b[t] = momentum*b[t-1] + d[t]
        theta[t] = theta[t-1] - lr*b[t] if momentum != 0 else theta[t-1] - lr*d[t]

    Args:
        lr: learning rate, ``0 <= lr``; a number, or a function of the 0-based step.
        alpha: decay rate of the averages, ``0 <= alpha <= 1``.
        eps: term added to the denominator, ``0 <= eps``.
        weight_decay: strength of the weight decay; 0 switches it off, ``0 <= weight_decay``.
        momentum: momentum factor, ``0 <= momentum``.
        centered: divide by an estimate of the variance instead of the second moment.
        maximize: maximize the objective instead of minimizing it.

    Raises:
        ValueError: a hyperparameter lies outside its domain.

    Source: Tieleman & Hinton, 2012, Lecture 6.5; centered: Graves, 2013, arXiv:1308.0850, eqs.
    38-45.
    """

    _tensor_states = ("v", "gbar", "b")
    _scratch = 3

    def __init__(
        self,
        lr: Rate = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__()
        self.lr = lr
        self.alpha = alpha
        self.eps = eps
        self.weight_decay = weight_decay
        self.momentum = momentum
        self.centered = centered
        self.maximize = maximize
        self._check(0.0 if callable(lr) else lr)

    def _check(self, lr: float) -> None:
        require(0 <= lr, "lr", lr, "0 <= lr")
        require(0 <= self.alpha <= 1, "alpha", self.alpha, "0 <= alpha <= 1")
        require(0 <= self.eps, "eps", self.eps, "0 <= eps")
        require(0 <= self.weight_decay, "weight_decay", self.weight_decay, "0 <= weight_decay")
        require(0 <= self.momentum, "momentum", self.momentum, "0 <= momentum")

    def _initial(self) -> dict[str, float]:
        return {
            "v": 0.0,
            **({"gbar": 0.0} if self.centered else {}),
            **({"b": 0.0} if self.momentum != 0 else {}),
        }

    def _rule(self, t: int, lr: float) -> tuple[Rule, dict[str, float]]:
        alpha = self.alpha
        eps = self.eps
        weight_decay = self.weight_decay
        momentum = self.momentum
        centered = self.centered
        maximize = self.maximize
        one_minus_alpha = 1 - alpha

        def rule(
            theta: Array,
            grad: Array,
            v: Array,
            gbar: Array,
            b: Array,
            tmp1: Array,
            tmp2: Array,
            tmp3: Array,
        ) -> None:
            if maximize:
                # g[t]
                grad = np.negative(grad, out=tmp1)
            if weight_decay != 0:
                # gtilde[t] = g[t] + weight_decay*theta[t-1]
                np.multiply(weight_decay, theta, out=tmp2)
                grad = np.add(grad, tmp2, out=tmp2)
            # v[t] = alpha*v[t-1] + (1 - alpha)*gtilde[t]**2
            v *= alpha
            np.square(grad, out=tmp3)
            tmp3 *= one_minus_alpha
            v += tmp3
            if centered:
                # gbar[t] = alpha*gbar[t-1] + (1 - alpha)*gtilde[t]
                np.subtract(grad, gbar, out=tmp3)
                tmp3 *= one_minus_alpha
                gbar += tmp3
                # variance[t]
                np.square(gbar, out=tmp3)
                np.subtract(v, tmp3, out=tmp3)
                variance = np.maximum(tmp3, 0, out=tmp3)
            else:
                variance = v
            # d[t] = gtilde[t]/(sqrt(variance[t]) + eps)
            np.sqrt(variance, out=tmp3)
            tmp3 += eps
            d = np.divide(grad, tmp3, out=tmp1)
            if momentum != 0:
                # b[t] = momentum*b[t-1] + d[t]
                b *= momentum
                b += d
                # theta[t]
                np.multiply(lr, b, out=tmp1)
                theta -= tmp1
            else:
                d *= lr
                theta -= d

        return rule, {}
