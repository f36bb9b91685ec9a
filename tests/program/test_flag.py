"""Tensors branch on flags; what these stand for is asked on the host, where it can be."""

import pytest
from steprule.codegen.program.forms import PYTHON, Language, Printer
from steprule.codegen.program.lower import lower
from steprule.codegen.program.operations import SQRT
from steprule.codegen.program.passes.branch import branch
from steprule.codegen.program.passes.flag import flag as flagged
from steprule.codegen.program.passes.hoist import hoist
from steprule.specs.language import Update, flags, grad, hyperparameters, states, t, theta
from sympy import And, Ne, Piecewise, sqrt

lr, a, w, decay = hyperparameters("lr a w decay")
(flag,) = flags("flag")
m, n = states("m n")
G = grad(theta[t - 1])
P = theta[t - 1]


written = Printer(Language("Python", {**PYTHON, SQRT: "sqrt"}))


@pytest.fixture
def run(make, text):
    def found(value):
        program, named = flagged(branch(hoist(lower(make(Update(theta[t], value))))))
        return text(program).partition("---\n")[2], {k: written(v) for k, v in named.items()}

    return found


def test_numbers_are_compared_on_the_host_and_options_stand_for_themselves(run):
    assert run(Piecewise((P - G, And(flag, Ne(decay, 0))), (P, True))) == (
        "if with_decay and flag:\n    theta[t] = theta - grad\nelse:\n    theta[t] = theta",
        {"with_decay": "decay != 0", "flag": "flag"},
    )


def test_a_comparison_asked_twice_is_one_flag(run):
    value = P - Piecewise((G, t > 5), (0, True)) + Piecewise((P, t <= 5), (G * G, True)) * G
    statements, named = run(value)
    assert set(named.values()) == {"t > 5", "t <= 5"}
    assert statements.count("t > 5") == statements.count("t <= 5") == 0


def test_what_has_a_value_in_one_branch_alone_is_asked_there(make):
    value = Piecewise((Piecewise((P - G, sqrt(t - 5) > 2), (P + G, True)), t > 5), (P, True))
    _, named = flagged(branch(lower(make(Update(theta[t], value)))))
    printed = sorted(written(condition) for condition in named.values())
    assert printed == ["t > 5", "t > 5 and sqrt(t - 5) > 2"]
