"""Rule declaration: what is declared is known before a step."""

from dataclasses import replace

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    Constraint,
    Shape,
    grad,
    hyperparameters,
    norm,
    states,
    t,
    theta,
)
from sympy import Ne

(beta,) = hyperparameters("beta")
(m,) = states("m")


def test_hyperparameters(momentum):
    (state,) = momentum().states
    assert analyse(momentum(states=[replace(state, init=1 - beta)]))


@pytest.mark.parametrize(
    ("init", "named"),
    [
        (m[t], "m[t]"),
        (t, "t is"),
        (grad(theta[t - 1]), "grad(theta[t-1])"),
    ],
)
def test_init(momentum, refused, init, named):
    (state,) = momentum().states
    spec = momentum(states=[replace(state, init=init)])
    refused(spec, "declaration", "init of state m", f"{named}", "only known within a step", "alone")


@pytest.mark.parametrize("init", [2 * theta[0], norm(theta[0]), theta[t - 1], theta[t]])
def test_made_of_the_parameter(momentum, refused, init):
    (state,) = momentum().states
    spec = momentum(states=[replace(state, init=init)])
    refused(spec, "declaration", "init of state m", "Write init=theta[0] for a copy", "Eq(t, 1)")


def test_copy_of_the_parameter(momentum, refused):
    (state,) = momentum().states
    copy = replace(state, init=theta[0])
    assert analyse(momentum(states=[copy]))
    refused(momentum(states=[replace(copy, domain=NON_NEGATIVE)]), "domain", "state m", "init")
    scalar = replace(copy, shape=Shape.SCALAR)
    refused(momentum(states=[scalar]), "declaration", "one number for all elements", "Shape.TENSOR")


def test_condition(momentum, refused):
    (state,) = momentum().states
    refused(momentum(states=[replace(state, when=t > 1)]), "declaration", "when of state m")
    refused(momentum(constraints=[Constraint(m[t] > 0, "positive")]), "declaration", "m[t]")


def test_learning_rate(momentum, refused):
    spec = momentum()
    (state,) = spec.states
    lr = next(h.symbol for h in spec.hyperparameters if h.name == "lr")
    assert analyse(momentum(states=[replace(state, init=lr)]))
    spec = momentum(states=[replace(state, when=Ne(lr, 0))])
    refused(spec, "declaration", "state m", "step to step")
