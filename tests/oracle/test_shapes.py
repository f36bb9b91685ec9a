"""Values along axes, and states of other shapes, against hand-worked cases and NumPy."""

import numpy as np
import pytest
from flint import fmpq
from steprule.codegen.oracle import optimizers as oracle
from steprule.codegen.oracle.formats import to_exact
from steprule.specs.language import (
    REAL,
    Hyper,
    Optimizer,
    Shape,
    SpecError,
    State,
    Update,
    amax,
    cols,
    grad,
    hyperparameters,
    mean,
    ndim,
    norm,
    numel,
    rows,
    states,
    t,
    theta,
    total,
)
from sympy import Not, Piecewise

(a,) = hyperparameters("a")
m, n = states("m n")
G, P = grad(theta[t - 1]), theta[t - 1]
GRADIENT = np.array([[3.0, -4.0, 0.0], [5.0, 12.0, 1.0]])


def stepped(value, gradient=GRADIENT, kept=(), stored=None, more=()):
    spec = Optimizer(
        "Small", summary="s", source="here", hyper=[Hyper(a, "1", REAL, "any")], states=kept,
        updates=[*more, Update(theta[t], value)],
    )  # fmt: skip
    return oracle.step(
        spec, t=1, theta=np.zeros_like(gradient), gradient=gradient, states=stored or {},
        hyper={"a": 1}, options={},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (total(G, over=rows), GRADIENT.sum(0, keepdims=True)),
        (total(G, over=cols), GRADIENT.sum(1, keepdims=True)),
        (amax(G, over=rows), GRADIENT.max(0, keepdims=True)),
        (amax(G, over=cols), GRADIENT.max(1, keepdims=True)),
        (total(G, over=(rows, cols)), [[17.0]]),
        (norm(G, over=cols) ** 2, [[25.0], [170.0]]),
        (mean(G, over=rows), [[4.0, 4.0, 0.5]]),
        (total(G), 17.0),
        (amax(G), 12.0),
        (rows + 10 * cols + 100 * ndim + 1000 * numel, 6232.0),
    ],
)
def test_along_axes(value, expected):
    new = stepped(P + value)["theta"]
    assert (new == to_exact(np.broadcast_to(expected, GRADIENT.shape))).all()


def test_batches_of_matrices():
    batch = np.arange(12.0).reshape(2, 2, 3)
    new = stepped(P + total(G, over=cols) * amax(G, over=(rows, cols)), batch)["theta"]
    expected = batch.sum(-1, keepdims=True) * batch.max((-2, -1), keepdims=True)
    assert (new == to_exact(np.broadcast_to(expected, batch.shape))).all()


def test_along_axes_of_no_matrix():
    with pytest.raises(ValueError, match=r"no rows and columns of the shape \(2,\)"):
        stepped(total(G, over=rows), np.ones(2))


def test_states_of_other_shapes():
    kept = [
        State(m, init=0, key="m", shape=(rows,)),
        State(n, init=0, key="n", shape=Shape.PER_TENSOR),
    ]
    equations = [Update(m[t], m[t - 1] + mean(G, over=cols)), Update(n[t], n[t - 1] + total(G))]
    first = oracle.initial(
        Optimizer("S", summary="", source="", hyper=(), states=kept, updates=equations),
        np.zeros((4, 2, 3)), {}, {},
    )  # fmt: skip
    assert {name: np.shape(x) for name, x in first.items()} == {"m": (4, 2, 1), "n": ()}
    stored = {"m": np.ones((2, 1)), "n": np.asarray(2.0)}
    new = stepped(P + m[t] * n[t], kept=kept, stored=stored, more=equations)
    assert (new["m"] == np.array([[fmpq(2, 3)], [fmpq(7)]])).all()
    assert new["n"][()] == 19
    assert (new["theta"][:, 0] == [fmpq(38, 3), fmpq(133)]).all()


def test_states_that_depend_on_the_shape():
    kept = [
        State(m, init=0, key="m", shape=(rows,), when=ndim >= 2),
        State(n, init=0, key="n", when=Not(ndim >= 2)),
    ]
    equations = [Update(m[t], total(G, over=cols)), Update(n[t], 2 * G)]
    value = P + Piecewise((m[t], ndim >= 2), (n[t], True))
    assert stepped(value, kept=kept, more=equations).keys() == {"theta", "m"}
    assert stepped(value, np.ones(2), kept=kept, more=equations).keys() == {"theta", "n"}


def test_a_state_of_another_shape_than_its_value():
    kept = [State(m, init=0, key="m", shape=(rows,))]
    with pytest.raises(SpecError, match=r"it is declared \(rows, 1\) and takes a value of shape"):
        stepped(P + m[t], kept=kept, more=[Update(m[t], G)])
