"""Rule derived: what an argument follows from that is left out, and who may read it."""

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.oracle import optimizers as oracle
from steprule.codegen.oracle.formats import FORMATS
from steprule.codegen.oracle.omitted import left_out
from steprule.specs.language import (
    NON_NEGATIVE,
    UNIT,
    Constraint,
    Hyper,
    Option,
    State,
    flags,
    grad,
    hyperparameters,
    machine_epsilon,
    numel,
    t,
    theta,
)

lr, beta, gamma, eps = hyperparameters("lr beta gamma eps")
(flag,) = flags("flag")
LR = Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate")
BETA = Hyper(beta, "0.5", UNIT, "decay rate")


def derived(symbol, value, domain=NON_NEGATIVE):
    return Hyper(symbol, "0.25", domain, "a term", derived=value)


def test_it_follows_from_given_numbers_and_the_dtype(step):
    spec = analyse(
        step(grad(theta[t - 1]) * gamma, hyper=[BETA, derived(gamma, beta**2 + machine_epsilon)])
    )
    given = {"lr": 1.0, "beta": 0.5, "gamma": 3.0}
    for name, epsilon in (("float32", 2.0**-23), ("bfloat16", 2.0**-7)):
        found = left_out(spec, given, FORMATS[name])
        assert {n: float(x) for n, x in found.items()} == {"gamma": 0.25 + epsilon}


@pytest.mark.parametrize("name", FORMATS)
def test_an_equation_reads_the_machine_epsilon_of_what_is_stored(name, step):
    spec = analyse(step(machine_epsilon * grad(theta[t - 1])))
    form = FORMATS[name]
    new = oracle.step(
        spec, t=1, theta=np.zeros(1), gradient=np.ones(1), states={}, hyper={"lr": 1.0},
        options={}, form=form,
    )  # fmt: skip
    assert form.round(1 + form.epsilon) == 1 + form.epsilon
    assert form.round(1 + form.epsilon / 4) == 1
    assert new["theta"][0] == -form.epsilon


@pytest.mark.parametrize("value", [numel, gamma, gamma + beta])
def test_it_cannot_follow_from_what_is_not_given(value, step, refused):
    spec = step(grad(theta[t - 1]) * gamma * beta, hyper=[BETA, derived(gamma, value)])
    refused(spec, "derived", "hyperparameter gamma", "where it is left out")


def test_it_cannot_follow_from_an_option(step, refused):
    spec = step(
        grad(theta[t - 1]) * gamma,
        hyper=[Option(flag, "a switch"), derived(gamma, flag)],
    )
    refused(spec, "derived", "it follows from flag")


def test_it_cannot_follow_from_a_step(step, refused):
    spec = step(grad(theta[t - 1]) * gamma, hyper=[derived(gamma, 1 / t)])
    refused(spec, "declaration", "derived of hyperparameter gamma", "only known within a step")


def test_a_constraint_cannot_read_it(step, refused):
    spec = step(
        grad(theta[t - 1]) * gamma,
        hyper=[derived(gamma, machine_epsilon)],
        constraints=[Constraint(gamma > 0, "gamma is positive")],
    )
    refused(spec, "derived", "gamma, which can be left out", "a default in place of derived")


def test_no_state_can_start_from_it(momentum, refused):
    (m,) = momentum().states
    spec = momentum(
        hyper=[LR, BETA, derived(gamma, machine_epsilon)],
        states=[State(m.series, init=gamma, key=m.key)],
    )
    refused(spec, "derived", "init of state m")


@pytest.mark.parametrize("name", ["machine_epsilon", "rows", "ndim"])
def test_names_of_facts_belong_to_the_language(name, step, refused):
    (symbol,) = hyperparameters(name)
    hyper = [Hyper(symbol, "0.5", UNIT, "a number")]
    refused(step(grad(theta[t - 1]) * symbol, hyper=hyper), "name", "belongs to the language")
