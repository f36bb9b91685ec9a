"""Steps that a total holds compute nothing."""

import pytest
from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.branch import branch
from steprule.codegen.program.passes.confine import confine
from steprule.codegen.program.passes.decide_late import decide_late
from steprule.specs.language import (
    Shape,
    State,
    Update,
    global_norm,
    grad,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)
from sympy import Abs, Piecewise

lr, a = hyperparameters("lr a")
(n,) = states("n")
length, x, y = intermediates("length x y")
G, P = grad(theta[t - 1]), theta[t - 1]
SMALL = length[t] <= a
LENGTH = Update(length[t], global_norm(G))
COUNT = Update(n[t], n[t - 1] + Piecewise((1, SMALL), (0, True)))


@pytest.fixture
def decided(make, text):
    """The statements of a rule of some equations, behind those of its total."""

    def of(*updates):
        kept = [State(n, init=0, key="n", shape=Shape.GLOBAL)] if COUNT in updates else []
        spec = make(LENGTH, *updates, states=kept)
        lines = text(branch(confine(decide_late(lower(spec))))).splitlines()
        return lines[lines.index("length = length_total") + 1 :]

    return of


def test_what_only_a_step_that_is_taken_reads_is_computed_in_it(decided):
    step = Update(theta[t], Piecewise((P - lr * y[t] * y[t], SMALL), (P, True)))
    assert decided(Update(y[t], Abs(G)), step) == [
        "if a >= length:",
        "    y = abs(grad)",
        "    theta[t] = theta - lr * y**2",
        "else:",
        "    theta[t] = theta",
    ]


def test_a_number_that_waits_is_made_where_it_is_read(decided):
    """1/n is not defined before one step has been taken."""
    step = Update(theta[t], Piecewise((P - x[t] * G, SMALL), (P, True)))
    assert decided(COUNT, Update(x[t], 1 / n[t]), step)[:2] == [
        "n[t] = n + select(a >= length, 1, 0)",
        "x = select(a >= length, 1 / n[t], 0)",
    ]


def test_what_is_computed_where_a_test_fails_is_chosen(decided):
    """Of no number, neither a comparison holds nor its negation."""
    step = Update(theta[t], Piecewise((P, SMALL), (P - lr * G, True)))
    assert decided(step) == ["theta[t] = select(a >= length, theta, theta - lr * grad)"]
