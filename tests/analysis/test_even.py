"""Rule uneven: heads go over values that have their axes in every step."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    Shape,
    State,
    Update,
    amax,
    cols,
    global_total,
    grad,
    hyperparameters,
    intermediates,
    iterate,
    lower,
    matmul,
    mean,
    ndim,
    norm,
    rows,
    states,
    t,
    theta,
    total,
    transpose,
)
from sympy import Eq, Mod, Piecewise

lr, beta = hyperparameters("lr beta")
(m,) = states("m")
(d,) = intermediates("d")
g = grad(theta[t - 1])
ROWS, GRAM = mean(g, over=cols), matmul(g, transpose(g))
NOW = Eq(Mod(t, 2), 0)


def in_turns(value, other=lr, when=NOW):
    return Piecewise((value, when), (other, True))


@pytest.mark.parametrize(
    "direction",
    [
        g * norm(in_turns(g)),
        g * total(in_turns(g), over=cols),
        matmul(in_turns(g), transpose(g), g),
        g * total(in_turns(ROWS) * g),
        g * in_turns(ROWS),
        g * norm(in_turns(ROWS, mean(g * g, over=cols))),
        in_turns(g * norm(in_turns(ROWS)), g),
        g * in_turns(norm(ROWS)),
        g * total(in_turns(g, ROWS, g > 0)),
    ],
)
def test_even(step, direction):
    assert analyse(step(direction))


@pytest.mark.parametrize(
    ("direction", "words"),
    [
        (g * norm(in_turns(ROWS)), "norm is taken of a value of shape (rows, 1), which in some"),
        (g * amax(2 * in_turns(ROWS), over=rows), "amax is taken of"),
        (g * total(in_turns(g, ROWS)), "total is taken of a tensor, which in some steps is a va"),
        (g * global_total(in_turns(g)), "global_total is taken of a tensor"),
        (matmul(lower(in_turns(GRAM)), g), "lower is taken of a value of shape (rows, rows)"),
        (matmul(iterate(2, in_turns(GRAM), lambda X: X / 2), g), "iterate is taken of"),
        (in_turns(g, g * norm(in_turns(ROWS, lr, ndim > 2))), "norm is taken of"),
    ],
)
def test_uneven(step, refused, direction, words):
    refused(step(direction), "uneven", "theta[t] = ", words, "within each case")


def test_uneven_by_name(step, refused):
    after = Update(theta[t], theta[t - 1] - lr * g * norm(d[t]))
    spec = step(g, updates=[Update(d[t], in_turns(ROWS)), after])
    refused(spec, "uneven", "norm is taken of", "norm(d[t])")


def test_what_a_state_says_of_its_steps(momentum):
    """Where it is updated, what its condition says holds."""
    kept = State(m, 0, "m", shape=(rows, rows), when=ndim >= 2)
    updates = [
        Update(d[t], in_turns(GRAM, 0, ndim >= 2)),
        Update(m[t], beta * m[t - 1] + lower(d[t])),
        Update(theta[t], theta[t - 1] - lr * in_turns(matmul(m[t], g), g, ndim >= 2)),
    ]
    assert analyse(momentum(states=[kept], updates=updates))


def test_a_state_of_fewer_axes_in_some_steps(momentum, refused):
    updates = [
        Update(m[t], in_turns(ROWS, beta * g)),
        Update(theta[t], theta[t - 1] - lr * m[t]),
    ]
    spec = momentum(states=[State(m, 0, "m")], updates=updates)
    refused(spec, "uneven", "m is a tensor", "gives a value of shape (rows, 1)", "all axes")


def test_a_state_that_is_a_number_in_some_steps(momentum):
    kept = State(m, 0, "m", shape=(rows,))
    updates = [
        Update(m[t], in_turns(ROWS, beta)),
        Update(theta[t], theta[t - 1] - lr * m[t] * g),
    ]
    assert analyse(momentum(states=[kept], updates=updates))
    assert analyse(momentum(states=[State(m, 0, "m", shape=Shape.PER_TENSOR)], updates=[
        Update(m[t], in_turns(norm(g), beta)), updates[1],
    ]))  # fmt: skip
