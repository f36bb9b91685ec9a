"""Rule name: identifiers nobody else uses."""

from dataclasses import replace

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    REAL,
    Hyper,
    SpecError,
    State,
    Update,
    grad,
    hyperparameters,
    states,
    t,
    theta,
)
from sympy import Symbol


@pytest.mark.parametrize("name", ["Momentum", "SGD2", "Sgd_m"])
def test_class_names(momentum, name):
    assert analyse(momentum(name=name)).name == name


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("My rule", "no Python class name"),
        ("2SGD", "no Python class name"),
        ("Größte", "letters other than A to Z"),
        ("", "no Python class name"),
        ("momentum", "capital"),
        ("_Momentum", "capital"),
        ("None", "keyword"),
        ("Global", "keyword"),
        ("Optimizer", "generated code uses"),
        ("Exception", "generated code uses"),
    ],
)
def test_no_class_names(momentum, refused, name, problem):
    refused(momentum(name=name), "name", problem, "Give it the name of a class")


def renamed(step, name):
    symbol = Symbol(name, real=True)
    return step(symbol * grad(theta[t - 1]), hyper=[Hyper(symbol, "1", REAL, "")])


@pytest.mark.parametrize("name", ["lambda_", "gamma1", "stepsize", "gradient2", "temperature"])
def test_hyperparameters(step, name):
    assert analyse(renamed(step, name))


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("lambda", "keyword"),
        ("match", "keyword"),
        ("sum", "builtin"),
        ("theta", "language"),
        ("grad", "language"),
        ("params", "generated code"),
        ("fused", "generated code"),
        ("update", "generated code"),
        ("_x", "starts with _"),
        ("tmp3", "or tmp"),
        ("a-b", "identifier"),
    ],
)
def test_reserved_hyperparameters(step, refused, name, problem):
    refused(renamed(step, name), "name", f"hyperparameter {name}", problem, "Rename it")


@pytest.mark.parametrize("name", ["lambda", "sum", "theta", "params", "fused", "update"])
def test_an_underscore_makes_a_free_name(step, refused, name):
    refused(renamed(step, name), "name", f"Rename it, as to {name}_; ", '"Writing a rule" in the')
    assert analyse(renamed(step, f"{name}_"))


@pytest.mark.parametrize("name", ["_x", "tmp3", "a-b"])
def test_and_no_name_where_it_does_not(step, name):
    with pytest.raises(SpecError) as caught:
        analyse(renamed(step, name))
    assert caught.value.remedy == "Rename it"


def test_reserved_series(momentum, refused):
    beta, lr = hyperparameters("beta lr")
    first, m = states("first m")
    state = [
        Update(first[t], beta * first[t - 1] + grad(theta[t - 1])),
        Update(theta[t], theta[t - 1] - lr * first[t]),
    ]
    refused(momentum(states=[State(first, 0, "m")], updates=state), "name", "state first")
    intermediate = [
        Update(m[t], beta * m[t - 1] + grad(theta[t - 1])),
        Update(first[t], 2 * m[t]),
        Update(theta[t], theta[t - 1] - lr * first[t]),
    ]
    refused(momentum(updates=intermediate), "name", "first[t] = 2*m[t]", "'first'")


def test_argument(momentum, refused):
    lr, beta = momentum().hyper
    refused(momentum(hyper=[lr, replace(beta, argument="class")]), "name", "argument class")


def test_checkpoint_keys(momentum, refused):
    (m,) = momentum().states
    assert analyse(momentum(states=[replace(m, key="sum")]))  # a key may be a builtin's name
    refused(momentum(states=[replace(m, key="")]), "name", "key of state m")
    refused(momentum(step_key="my step"), "name", "step_key", "'my step'")
