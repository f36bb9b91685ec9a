"""What the oracle makes of parameters that a rule sees otherwise, beside NumPy."""

import numpy as np
import pytest
from steprule.codegen.oracle import optimizers as oracle
from steprule.codegen.oracle.formats import to_exact
from steprule.codegen.oracle.views import shape_seen
from steprule.specs.language import (
    AT_LEAST_ONE,
    Hyper,
    Optimizer,
    Option,
    Output,
    State,
    Update,
    View,
    cols,
    counts,
    flags,
    grad,
    matmul,
    ndim,
    rows,
    states,
    t,
    theta,
    total,
    transpose,
)
from sympy import And

(parts,) = counts("parts")
(flat,) = flags("flat")
r, m = states("r m")
G, P = grad(theta[t - 1]), theta[t - 1]
SPEC = Optimizer(
    "Seeing",
    summary="s",
    source="here",
    hyper=[Hyper(parts, "1", AT_LEAST_ONE, "parts"), Option(flat, "flat")],
    states=[State(r, init=0, key="r", shape=(rows,)), State(m, init=0, key="m")],
    updates=[
        Update(r[t], r[t - 1] + total(G, over=cols)),
        Update(m[t], matmul(m[t - 1], transpose(G), G)),
        Update(theta[t], P - matmul(G, transpose(G), P) * rows + r[t] * cols),
    ],
    view=View(flat=And(flat, ndim >= 3), parts=parts),
)


@pytest.mark.parametrize(
    ("shape", "flat", "parts", "wanted"),
    [
        ((4, 3), True, 1, (4, 3)),
        ((4, 3), False, 2, (2, 2, 3)),
        ((4, 3, 2, 1), False, 1, (4, 3, 2, 1)),
        ((4, 3, 2, 1), True, 1, (4, 6)),
        ((4, 3, 2, 1), True, 2, (2, 2, 6)),
        ((5, 4, 3), False, 2, (5, 2, 2, 3)),
        ((5,), True, 2, (5,)),
        ((), True, 1, ()),
    ],
)
def test_shapes(shape, flat, parts, wanted):
    assert shape_seen(SPEC, shape, {"parts": parts}, {"flat": flat}) == wanted


def test_rows_that_do_not_go_into_so_many_parts():
    with pytest.raises(ValueError, match="3 rows do not go into 2 equal parts"):
        shape_seen(SPEC, (4, 3, 2), {"parts": 2}, {"flat": False})


@pytest.mark.parametrize(
    ("shape", "flat", "parts", "seen"),
    [
        ((4, 3, 2), True, 2, (2, 2, 6)),
        ((2, 4, 3), False, 2, (2, 2, 2, 3)),
        ((2, 3), False, 1, (2, 3)),
    ],
)
def test_steps(shape, flat, parts, seen):
    rng = np.random.default_rng(0)
    point, gradient, before = rng.integers(-3, 4, (3, *shape)).astype(float)
    how = {"hyper": {"parts": parts}, "options": {"flat": flat}}
    states = oracle.initial(SPEC, point, **how) | {"m": before}
    found = oracle.step(SPEC, t=1, theta=point, gradient=gradient, states=states, **how)
    g, p = gradient.reshape(seen), point.reshape(seen)
    sums = g.sum(-1, keepdims=True)
    wanted = p - g @ np.swapaxes(g, -1, -2) @ p * seen[-2] + sums * seen[-1]
    np.testing.assert_array_equal(found["theta"].astype(float), wanted.reshape(shape))
    np.testing.assert_array_equal(found["r"].astype(float), sums)
    kept = before.reshape(seen) @ np.swapaxes(g, -1, -2) @ g
    np.testing.assert_array_equal(found["m"].astype(float), kept.reshape(shape))


def test_a_gradient_that_is_a_function_is_of_the_parameters_shape():
    def gradient(x):
        assert x.shape == (2, 3, 2)
        return x * 2

    point = np.arange(12.0).reshape(2, 3, 2)
    how = {"hyper": {"parts": 1}, "options": {"flat": True}}
    states = {"r": np.zeros((2, 1)), "m": point}
    called = oracle.step(SPEC, t=1, theta=point, gradient=gradient, states=states, **how)
    given = oracle.step(SPEC, t=1, theta=point, gradient=point * 2, states=states, **how)
    assert (called["theta"] == given["theta"]).all()


def test_a_state_that_begins_as_the_parameter_and_an_output_of_its_rows():
    """They have the parameter's shape, and rows and columns are those of the view."""
    start = np.arange(1.0, 25.0).reshape(2, 3, 2, 2)
    (x,) = states("x")
    spec = Optimizer(
        "Averaging",
        summary="s",
        source="here",
        hyper=[],
        states=[State(x, init=theta[0], key="x"), State(r, init=0, key="r", shape=(rows,))],
        updates=[
            Update(x[t], x[t - 1]),
            Update(r[t], total(G, over=cols)),
            Update(theta[t], P - G - r[t]),
        ],
        outputs=[Output("lowered", x[t] - r[t] - total(x[t], over=cols), "by sums of rows")],
        view=View(flat=ndim >= 4),
    )
    known = oracle.initial(spec, start, {}, {})
    assert known["x"].shape == start.shape
    assert (known["x"] == to_exact(start)).all()
    sums = np.array([[5.0], [7.0]])
    given = {"t": 1, "theta": start, "states": {"x": start, "r": sums}, "hyper": {}, "options": {}}
    found = oracle.output(spec, "lowered", **given)
    whole = (start.reshape(2, 12) - sums - start.reshape(2, 12).sum(1, keepdims=True)).reshape(
        start.shape
    )
    assert found.shape == start.shape
    assert (found == to_exact(whole)).all()
