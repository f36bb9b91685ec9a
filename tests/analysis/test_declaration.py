"""Rule declaration: what is declared is known before a step."""

from dataclasses import replace

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import Constraint, grad, hyperparameters, states, t, theta

(beta,) = hyperparameters("beta")
(m,) = states("m")


def test_hyperparameters(momentum):
    (state,) = momentum().states
    assert analyse(momentum(states=[replace(state, init=1 - beta)]))


@pytest.mark.parametrize(
    ("init", "named"),
    [
        (m[t], "m[t]"),
        (theta[t - 1], "theta[t-1]"),
        (t, "t is"),
        (grad(theta[t - 1]), "grad(theta[t-1])"),
    ],
)
def test_init(momentum, refused, init, named):
    (state,) = momentum().states
    spec = momentum(states=[replace(state, init=init)])
    refused(spec, "declaration", "init of state m", f"{named}", "only known within a step", "alone")


def test_condition(momentum, refused):
    (state,) = momentum().states
    refused(momentum(states=[replace(state, when=t > 1)]), "declaration", "when of state m")
    refused(momentum(constraints=[Constraint(m[t] > 0, "positive")]), "declaration", "m[t]")


def test_learning_rate(momentum, refused):
    spec = momentum()
    (state,) = spec.states
    lr = next(h.symbol for h in spec.hyperparameters if h.name == "lr")
    refused(momentum(states=[replace(state, init=lr)]), "declaration", "state m", "step to step")
