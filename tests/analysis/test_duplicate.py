"""Rule duplicate: one name, one thing."""

from dataclasses import replace

from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    REAL,
    Hyper,
    Option,
    State,
    Update,
    flags,
    grad,
    hyperparameters,
    states,
    t,
    theta,
)
from steprule.specs.schedules.factors import constant_lr


def test_distinct(momentum):
    lr, beta = momentum().hyper
    assert analyse(momentum(hyper=[lr, replace(beta, argument="betas")]))


def test_hyperparameter_twice(momentum, refused):
    lr, beta = momentum().hyper
    refused(momentum(hyper=[lr, beta, lr]), "duplicate", "hyperparameter lr", "name lr", "Rename")


def test_hyperparameter_and_state(momentum, refused):
    (m,) = hyperparameters("m")
    hyper = [*momentum().hyper, Hyper(m, "1", REAL, "")]
    refused(momentum(hyper=hyper), "duplicate", "state m", "already that of the hyperparameter m")


def test_option_and_intermediate(momentum, refused):
    (d,) = states("d")
    update_m, _ = momentum().updates
    updates = [update_m, Update(d[t], grad(theta[t - 1])), Update(theta[t], d[t])]
    hyper = [*momentum().hyper, Option(*flags("d"), doc="d")]
    refused(momentum(hyper=hyper, updates=updates), "duplicate", "intermediate d", "option d")


def test_argument(momentum, refused):
    lr, beta = momentum().hyper
    hyper = [lr, replace(beta, argument="lr")]
    refused(momentum(hyper=hyper), "duplicate", "argument lr", "hyperparameter lr")


def test_state_twice(momentum, refused):
    (m,) = momentum().states
    again = State(m.series, 0, "other")
    refused(momentum(states=[m, again]), "duplicate", "state m", "name m")


def test_checkpoint_key(momentum, refused):
    (m,) = momentum().states
    refused(
        momentum(states=[replace(m, key="step")]), "duplicate", "checkpoint key step", "state m"
    )
    assert analyse(momentum(states=[replace(m, key="step")], step_key="")).step_key == ""


def test_the_rate_of_a_schedule(refused):
    spec = constant_lr
    hyper = [*spec.hyper, Hyper(*hyperparameters("lr"), "1", REAL, "")]
    refused(
        replace(spec, hyper=hyper), "duplicate", "every schedule has it already", "Leave it out"
    )
