"""Tensors that are read once stand where they are read."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.inline import inline
from steprule.specs.language import (
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    norm,
    states,
    t,
    theta,
)
from sympy import Max, Piecewise

lr, a, w, decay = hyperparameters("lr a w decay")
(flag,) = flags("flag")
m, n = states("m n")
x, y, z = intermediates("x y z")
G = grad(theta[t - 1])
P = theta[t - 1]


def test_a_chain(make, text):
    updates = Update(x[t], G / a), Update(y[t], x[t] + P), Update(theta[t], P - lr * y[t])
    program = inline(lower(make(*updates)))
    assert text(program) == "---\ntheta[t] = theta - lr * (theta + grad / a)"


def test_what_is_read_twice_keeps_its_name(make, text):
    updates = Update(x[t], G + P), Update(theta[t], P - x[t] * Max(x[t], 0))
    program = inline(lower(make(*updates)))
    assert text(program) == "---\nx = theta + grad\ntheta[t] = theta - max(x, 0) * x"


def test_another_name_for_a_tensor_goes(make, text):
    updates = Update(x[t], G), Update(theta[t], P - x[t] * Max(x[t], 0))
    program = inline(lower(make(*updates)))
    assert text(program) == "---\ntheta[t] = theta - max(grad, 0) * grad"


def test_a_choice_keeps_its_name(make, text):
    updates = Update(x[t], Piecewise((G, flag), (P, True))), Update(theta[t], P - x[t])
    program = inline(lower(make(*updates)))
    assert text(program) == "---\nx = select(flag, grad, theta)\ntheta[t] = theta - x"


def test_nothing_moves_past_the_write_of_what_it_reads(make, text):
    updates = Update(x[t], m[t - 1] + G), Update(m[t], G), Update(theta[t], P - x[t] * m[t])
    program = inline(lower(make(*updates)))
    assert text(program) == "---\nx = m + grad\nm[t] = grad\ntheta[t] = theta - m[t] * x"


def test_what_nothing_reads_is_not_there(make, text):
    program = inline(lower(make(Update(x[t], G + P), Update(theta[t], P - G))))
    assert text(program) == "---\ntheta[t] = theta - grad"


def test_a_rule_that_reduces_reads_once_what_is_read_once_in_each_case(make, text):
    cases = Update(y[t], Piecewise((x[t] + P, flag), (x[t], True)))
    each = Update(x[t], G / a), cases
    program = inline(lower(make(*each, Update(theta[t], P - norm(P) * y[t]))))
    assert "y = select(flag, theta + grad / a, grad / a)" in text(program)
    program = inline(lower(make(*each, Update(theta[t], P - y[t]))))
    assert "x = grad / a\ny = select(flag, theta + x, x)" in text(program)
