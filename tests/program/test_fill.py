"""Scalars that stand for tensors get their shape, and a place beside them."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.branch import branch
from steprule.codegen.program.passes.fill import fill
from steprule.codegen.program.passes.hoist import hoist
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
from sympy import Eq, Piecewise

lr, a, w, decay = hyperparameters("lr a w decay")
(flag,) = flags("flag")
m, n = states("m n")
x, y, z = intermediates("x y z")
G = grad(theta[t - 1])
P = theta[t - 1]


def filled(spec, text):
    return text(fill(branch(hoist(lower(spec)))))


def test_a_state_that_takes_a_number(make, text):
    updates = Update(m[t], Piecewise((0, Eq(t, 1)), (G, True))), Update(theta[t], P - m[t])
    assert filled(make(*updates), text) == (
        "---\nif first:\n    m[t] = fill(0, theta)\nelse:\n    m[t] = grad\ntheta[t] = theta - m[t]"
    )


def test_a_choice_by_elements_between_numbers(make, text):
    update = Update(theta[t], Piecewise((a, G > 0), (w, True)))
    assert filled(make(update), text) == "---\ntheta[t] = select(grad > 0, lift(a, theta), w)"


def test_a_number_in_place_of_a_norm(make, text):
    updates = Update(x[t], Piecewise((1, flag), (norm(G), True))), Update(theta[t], P - x[t] * G)
    assert filled(make(*updates), text) == (
        "---\nif flag:\n    x = lift(1, theta)\nelse:\n    x = norm(grad)\n"
        "theta[t] = theta - x * grad"
    )


def test_tensors_stay(make, text):
    assert filled(make(Update(theta[t], P - a * G)), text) == "---\ntheta[t] = theta - a * grad"
