"""Choices made on the host become ``if`` statements."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.branch import branch
from steprule.specs.language import (
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
from sympy import Abs, Not, Piecewise

lr, a, w, decay = hyperparameters("lr a w decay")
(flag,) = flags("flag")
m, n = states("m n")
x, y, z = intermediates("x y z")
G = grad(theta[t - 1])
P = theta[t - 1]


def test_a_choice(make, text):
    updates = Update(x[t], Piecewise((G, flag), (P, True))), Update(theta[t], P - x[t])
    program = branch(lower(make(*updates)))
    assert text(program) == (
        "---\nif flag:\n    x = grad\nelse:\n    x = theta\ntheta[t] = theta - x"
    )


def test_neighbours_under_one_condition_are_one(make, text):
    updates = [Update(s[t], Piecewise((G, flag), (P, True))) for s in (x, y)]
    program = branch(lower(make(*updates, Update(theta[t], x[t] * y[t]))))
    assert text(program) == (
        "---\nif flag:\n    x = grad\n    y = grad\nelse:\n    x = theta\n    y = theta\n"
        "theta[t] = x * y"
    )


def test_a_choice_inside_gets_a_name(make, text):
    program = branch(lower(make(Update(theta[t], G + Abs(Piecewise((G, flag), (P, True)))))))
    assert text(program) == (
        "---\nif flag:\n    theta_part = grad\nelse:\n    theta_part = theta\n"
        "theta[t] = abs(theta_part) + grad"
    )


def test_a_name_that_is_taken(make, text):
    (taken,) = intermediates("theta_part")
    choice = G + Abs(Piecewise((G, flag), (P, True)))
    program = branch(lower(make(Update(taken[t], G * P), Update(theta[t], choice * taken[t]))))
    assert "    theta_part2 = grad\n" in text(program)


def test_nothing_is_added_where_nothing_is(make, text):
    update = Update(theta[t], P + Piecewise((G, flag), (0, True)))
    program = branch(lower(make(update)))
    assert (
        text(program) == "---\nif flag:\n    theta[t] = theta + grad\nelse:\n    theta[t] = theta"
    )


def test_a_choice_by_elements_stays(make, text):
    program = branch(lower(make(Update(theta[t], Piecewise((G, a < G), (P, True))))))
    assert text(program) == "---\ntheta[t] = select(a < grad, grad, theta)"


def test_a_state_that_may_not_exist(make, text):
    kept = [State(m, init=0, key="m", when=Not(flag))]
    updates = Update(m[t], G), Update(theta[t], P - G)
    program = branch(lower(make(*updates, states=kept)))
    assert text(program) == "---\nif not flag:\n    m[t] = grad\ntheta[t] = theta - grad"
