"""Rule kind: parts of a spec are of the kind their places are for."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    Constraint,
    Hyper,
    Option,
    State,
    Update,
    hyperparameters,
    states,
    t,
    theta,
)
from sympy import Eq

lr, beta = hyperparameters("lr beta")
(m,) = states("m")
STEP = theta[t - 1] - lr * m[t]


def test_as_declared(momentum):
    assert analyse(momentum())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"updates": [Eq(theta[t], STEP)]}, ("updates: ", "type Equality, not Update", "Update(x")),
        ({"updates": [(theta[t], STEP)]}, ("updates: ", "type tuple, not Update")),
        ({"updates": [Update(theta[t], [1, 2])]}, ("value of the equation of theta[t]", "list")),
        ({"updates": [Update(theta[t], None)]}, ("value of the equation of theta[t]", "NoneType")),
        ({"hyper": [lr]}, ("hyper: ", "lr is of type Symbol, not Hyper or Option")),
        ({"hyper": [Hyper(m, "1", NON_NEGATIVE, "x")]}, ("symbol of Hyper", "Series, not Symbol")),
        ({"hyper": [Hyper(lr, "1", (0, 1), "x")]}, ("domain of Hyper(lr", "tuple", "Interval(")),
        ({"hyper": [Option("nesterov", "x")]}, ("flag of Option('nesterov'", "str, not Symbol")),
        ({"states": [m]}, ("states: ", "Series, not State")),
        ({"states": [State(lr, 0, "k")]}, ("series of State(lr", "Symbol, not Series")),
        ({"states": [State(m, 0, "k", when="lr")]}, ("when of State", "str, not SymPy")),
        ({"states": [State(m, 0, "k", shape="scalar")]}, ("shape of State", "str, not Shape")),
        ({"constraints": [lr < 1]}, ("constraints: ", "StrictLessThan, not Constraint")),
        ({"constraints": [Constraint("lr < 1", "x")]}, ("condition of Constraint('x'", "str")),
    ],
)
def test_other_kinds(momentum, refused, fields, words):
    refused(momentum(**fields), "kind", *words)
