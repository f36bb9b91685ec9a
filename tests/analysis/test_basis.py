"""The axis of a basis: how long it is, and where it can stand."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.fingerprint import fingerprint
from steprule.specs.language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    Hyper,
    State,
    Update,
    View,
    basis,
    cols,
    counts,
    eigenvectors,
    grad,
    hyperparameters,
    identity,
    leading,
    lower,
    matmul,
    norm,
    qr,
    rows,
    solve,
    states,
    t,
    theta,
    transpose,
)
from steprule.specs.language.shapes import Shape, facts

(lr,) = hyperparameters("lr")
(rank,) = counts("rank")
(m,) = states("m")
g = grad(theta[t - 1])
RANK = Hyper(rank, "4", AT_LEAST_ONE, "most vectors")
VIEW = View(rank=rank)


def kept(value, shape):
    """A state of a shape, which a step of full shape reads."""
    return {
        "states": [State(m, init=0, key="m", shape=shape)],
        "updates": [
            Update(m[t], value),
            Update(theta[t], theta[t - 1] - lr * g * norm(m[t])),
        ],
        "view": VIEW,
    }


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (eigenvectors(matmul(g, transpose(g)), basis), (rows, basis)),
        (qr(leading(g, basis)), (rows, basis)),
        (leading(transpose(g), basis), (cols, basis)),
        (matmul(transpose(leading(g, basis)), g), (basis, cols)),
        (norm(leading(g, basis), over=rows), (basis,)),
        (norm(leading(g, basis), over=basis), (rows,)),
        (solve(lower(matmul(g, transpose(g))), leading(g, basis)), (rows, basis)),
        (leading(g, 1), (rows,)),
    ],
)
def test_shapes_that_fit(step, value, shape):
    assert analyse(step(g, hyper=[RANK], **kept(value, shape)))


@pytest.mark.parametrize(
    ("value", "shape", "words"),
    [
        (leading(g, basis), (cols, basis), ["m is of shape (cols, basis)", "(rows, basis)"]),
        (qr(g), (rows, cols), ["qr is taken of a tensor", "(rows, basis)"]),
        (
            norm(leading(transpose(g), basis), over=cols),
            (basis,),
            ["goes over cols of a value of shape (cols, basis)", "transpose it"],
        ),
        (lower(g), (rows, cols), ["lower is taken of a tensor", "square matrix"]),
        (
            solve(matmul(g, transpose(g)), transpose(g)),
            (rows, cols),
            ["solve takes a value of shape (rows, rows)", "as many rows"],
        ),
        (
            leading(norm(g, over=cols), 1),
            (rows,),
            ["leading columns are taken of a value of shape (rows, 1)"],
        ),
    ],
)
def test_shapes_that_do_not(step, refused, value, shape, words):
    refused(step(g, hyper=[RANK], **kept(value, shape)), "shape", *words)


def test_what_heads_are_not_made_of():
    with pytest.raises(TypeError, match="as many as basis, or 1, not rows"):
        leading(g, rows)
    with pytest.raises(TypeError, match="all, or as many as basis"):
        eigenvectors(matmul(g, transpose(g)), 2)
    with pytest.raises(TypeError, match="along rows or cols, not along basis"):
        identity(basis)


def test_a_rank_is_a_count(step, refused):
    of = {k: v for k, v in kept(leading(g, basis), (rows, basis)).items() if k != "view"}
    other = Hyper(rank, "4", NON_NEGATIVE, "most vectors")
    refused(step(g, hyper=[other], view=VIEW, **of), "view", "rank is no number of vectors")
    refused(step(g, hyper=[RANK], **of), "unused", "rank")
    one, two = (step(g, view=View(rank=n), **of) for n in (2, 3))
    assert fingerprint(one) != fingerprint(two)


def test_a_basis_is_no_longer_than_the_matrix():
    shape = Shape.of((rows, basis))
    assert shape.lengths((5, 3, 7), 4) == (5, 3, 3)
    assert shape.lengths((5, 6, 7), 4) == (5, 6, 4)
    assert facts((6, 7), rank=4)["basis"] == 4
    assert facts((7,), rank=4)["basis"] == 1
