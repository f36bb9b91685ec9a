"""Derivatives through a step that chooses element by element: what is not chosen adds no NaN."""

import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    State,
    Update,
    grad,
    hyperparameters,
    states,
    t,
    theta,
)
from steprule.torch._scalars import one_minus_power
from sympy import Ne, Piecewise, log, sqrt

(lr,) = hyperparameters("lr")
(v,) = states("v")
G, P = grad(theta[t - 1]), theta[t - 1]

VALUES = {
    "Quotient": Piecewise((1 / G, Ne(G, 0)), (G, True)),
    "Root": Piecewise((G / sqrt(v[t]), v[t] > 0), (G, True)),
    "Logarithm": Piecewise((G, G <= 0), (log(G), True)),
    "Nested": Piecewise((Piecewise((sqrt(G), G > 1), (G, True)) / G, G > 0), (G, True)),
}


def rule(name):
    value = VALUES[name]
    kept = value.has(v[t])
    return analyse(
        Optimizer(
            name,
            summary=name,
            source="here",
            hyper=[Hyper(lr, "0.5", NON_NEGATIVE, "rate")],
            states=[State(v, init=0, key="v", domain=NON_NEGATIVE)] if kept else [],
            updates=[
                *([Update(v[t], v[t - 1] + G**2)] if kept else []),
                Update(theta[t], P - lr * value),
            ],
        )
    )


@pytest.fixture(scope="module")
def rules(package):
    return package([rule(name) for name in VALUES], formatted=False)


DERIVATIVES = {  # of theta - lr*value by g, where g is 0 and where it is 4
    "Quotient": (-0.5, 0.5 / 16),
    "Root": (-0.5, 0.0),  # g/|g|
    "Logarithm": (-0.5, -0.5 / 4),
    "Nested": (-0.5, 0.5 * 0.5 * 4**-1.5),  # sqrt(g)/g
}


@pytest.mark.parametrize("name", VALUES)
def test_derivatives_by_the_gradient(name, rules):
    g = torch.tensor([0.0, 4.0], dtype=torch.float64, requires_grad=True)
    tensors = [torch.zeros(2, dtype=torch.float64) for _ in range(1 + (name == "Root"))]
    optimizer = rules.optimizer("torch", rule(name))
    step = rules.module("torch._scalars").Step()
    optimizer._coefficients(step, t=1, lr=0.5)
    theta, *_ = optimizer._loop(step, tensors[0], g, *tensors[1:])
    theta.sum().backward()
    expected = torch.tensor(DERIVATIVES[name], dtype=torch.float64)
    torch.testing.assert_close(g.grad, expected, rtol=1e-14, atol=1e-15)  # a few roundings


def test_a_correction_by_a_weight_of_zero():
    beta = torch.tensor([0.0, 0.5], dtype=torch.float64, requires_grad=True)
    one_minus_power(beta, 3.0).sum().backward()
    # -3*beta**2
    torch.testing.assert_close(beta.grad, torch.tensor([0.0, -0.75], dtype=torch.float64))
