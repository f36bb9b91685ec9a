"""Optimizers that read more than gradients, wrap others, or show others than they step."""

import numpy as np
import torch


def by_loss(theta, gradient, state, f, lr=0.1):
    """Steps as long as the loss is large."""
    return theta - lr * f * gradient, state


def by_last_loss(theta, gradient, state, f, lr=0.1):
    """The same, by the loss of the step before."""
    return theta - lr * state.get("f", f) * gradient, {"f": f}


def by_curvature(theta, gradient, state, curvature, lr=0.1):
    """Steps as short as the curvature is large."""
    return theta - lr * gradient / (1 + curvature), state


def noisy(theta, gradient, state, xi, lr=0.1):
    """What is drawn is handed over to functions."""
    return theta - lr * (gradient + xi), state


class ByLoss(torch.optim.Optimizer):
    """As ``by_loss``: the closure tells the loss."""

    def __init__(self, params, lr=0.1):
        super().__init__(params, {"lr": lr})

    def step(self, closure):
        f = closure()
        for p in self.param_groups[0]["params"]:
            p.sub_(self.param_groups[0]["lr"] * f * p.grad)


class ByCurvature(ByLoss):
    """As ``by_curvature``, by another name."""

    def step(self, closure=None, hessian=()):
        for p, h in zip(self.param_groups[0]["params"], hessian, strict=True):
            p.sub_(self.param_groups[0]["lr"] * p.grad / (1 + h))


class Noisy(ByLoss):
    """As ``noisy``: draws by itself."""

    def step(self, closure=None):
        for p in self.param_groups[0]["params"]:
            p.sub_(self.param_groups[0]["lr"] * (p.grad + self.drawn(p)))

    def drawn(self, p):
        return torch.randn_like(p)


class NoisyInPlace(Noisy):
    """The same numbers, of another function of torch."""

    def drawn(self, p):
        return torch.empty_like(p).normal_(0, std=1.0)


class NoisyTwice(Noisy):
    """Twice as wide."""

    def drawn(self, p):
        return torch.normal(torch.zeros_like(p), 2.0)


class NoisyTooOften(Noisy):
    """Draws what the rule does not."""

    def drawn(self, p):
        return torch.randn_like(p) + torch.rand_like(p)


class OfGroups(torch.optim.Optimizer):
    """Takes a share of the gradient that its groups have to say."""

    def __init__(self, params, lr=0.1):
        super().__init__(params, {"lr": lr})

    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                p.sub_(group["lr"] * group["share"] * p.grad)


def summed(theta, gradient, state, lr=0.1):
    """Steps by the sum of gradients."""
    total = state.get("total", 0.0) + gradient
    return theta - lr * total, {"total": total}


class Lookahead:
    """Slow weights of another optimizer, every k steps."""

    def __init__(self, optimizer, k=5, alpha=0.5):
        self.optimizer, self.k, self.alpha, self.t = optimizer, k, alpha, 0
        self.slow = [p.detach().clone() for p in optimizer.param_groups[0]["params"]]
        self.param_groups = optimizer.param_groups

    def step(self, closure=None):
        self.optimizer.step()
        self.t += 1
        if self.t % self.k == 0:
            for slow, p in zip(self.slow, self.param_groups[0]["params"], strict=True):
                slow.lerp_(p, self.alpha)
                p.copy_(slow)


class ScheduleFree(torch.optim.Optimizer):
    """Of SGD: evaluates at an average."""

    evaluates_wrongly = False

    def __init__(self, params, lr=0.1, beta=0.9):
        super().__init__(params, {"lr": lr, "beta": beta})
        self.t = 0
        self.x = [p.detach().clone() for p in self.param_groups[0]["params"]]
        self.z = [p.detach().clone() for p in self.param_groups[0]["params"]]

    def step(self, closure=None):
        self.t += 1
        group = self.param_groups[0]
        for p, x, z in zip(group["params"], self.x, self.z, strict=True):
            z.sub_(group["lr"] * p.grad)
            x.lerp_(z, 1 / self.t)
            p.copy_((1 - group["beta"]) * z + group["beta"] * x)

    def eval(self):
        for p, x, z in zip(self.param_groups[0]["params"], self.x, self.z, strict=True):
            p.copy_(z if self.evaluates_wrongly else x)

    def train(self):
        beta = self.param_groups[0]["beta"]
        for p, x, z in zip(self.param_groups[0]["params"], self.x, self.z, strict=True):
            p.copy_((1 - beta) * z + beta * x)


class EvaluatesWrongly(ScheduleFree):
    """At the point that the base has stepped."""

    evaluates_wrongly = True


def flat(theta, gradient, state, xi, lr=0.1):
    """Draws one number for all."""
    return theta - lr * (gradient + np.mean(xi)), state
