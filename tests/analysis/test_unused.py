"""Rule unused: whatever is declared or computed has an effect."""

from dataclasses import replace

from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    REAL,
    Constraint,
    Hyper,
    Option,
    State,
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

rho, beta = hyperparameters("rho beta")
(fast,) = flags("fast")
(v,) = states("v")
(d,) = intermediates("d")
RHO = Hyper(rho, "1", REAL, "")


def test_used_by_an_initial_value(momentum):
    (m,) = momentum().states
    hyper = [*momentum().hyper, RHO]
    assert analyse(momentum(hyper=hyper, states=[replace(m, init=rho)]))


def test_hyperparameter(momentum, refused):
    hyper = [*momentum().hyper, RHO]
    constraint = Constraint(rho > 0, "a constraint is no use")
    spec = momentum(hyper=hyper, constraints=[constraint])
    refused(spec, "unused", "hyperparameter rho", "no equation depends on it", "remove it")


def test_option(momentum, refused):
    spec = momentum(hyper=[*momentum().hyper, Option(fast, "go fast")])
    refused(spec, "unused", "option fast")


def test_state(momentum, refused):
    spec = momentum(
        states=[*momentum().states, State(v, 0, "v")],
        updates=[*momentum().updates, Update(v[t], beta * v[t - 1] + grad(theta[t - 1]))],
    )
    refused(spec, "unused", "state v", "no equation but its own reads it", "v[t - 1] or v[t]")


def test_intermediate(momentum, refused):
    spec = momentum(updates=[*momentum().updates, Update(d[t], 2 * theta[t - 1])])
    refused(spec, "unused", "d[t] = 2*theta[t-1]", "never read", "remove this one")
