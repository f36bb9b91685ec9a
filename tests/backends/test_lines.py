"""Kernels of rules that reduce rows and columns: what they come to, however tensors are cut."""

import math

import numpy as np
import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    State,
    Update,
    View,
    amax,
    cols,
    grad,
    hyperparameters,
    intermediates,
    mean,
    ndim,
    norm,
    rows,
    states,
    t,
    theta,
    total,
)
from sympy import Abs, Eq

(lr,) = hyperparameters("lr")
NAMES = "nr sr mc ac"
nr, sr, mc, ac = states(NAMES)
w, z = intermediates("w z")
G, P = grad(theta[t - 1]), theta[t - 1]

REDUCED = analyse(
    Optimizer(
        "Lines",
        summary="Keeps all that rows and columns are reduced to.",
        source="here",
        hyper=[Hyper(lr, "0.5", NON_NEGATIVE, "rate")],
        view=View(flat=Eq(ndim, 4)),
        states=[
            *(State(x, init=0, key=x.name, shape=(rows,)) for x in (nr, sr)),
            *(State(x, init=0, key=x.name, shape=(cols,)) for x in (mc, ac)),
        ],
        updates=[
            Update(nr[t], norm(G, over=cols)),
            Update(sr[t], total(G, over=cols) + sr[t - 1] / 2),
            Update(mc[t], mean(G, over=rows)),
            Update(ac[t], amax(G, over=rows)),
            # Numbers of matrices, of elements and of numbers of rows; and one of a tensor, of both.
            Update(w[t], norm(G, over=(rows, cols)) + Abs(amax(nr[t] + 1, over=rows))),
            Update(z[t], total(Abs(mc[t])) + norm(P)),
            Update(theta[t], P - lr * G / (1 + w[t] + z[t] + Abs(sr[t] * ac[t]))),
        ],
    )
)

SHAPES = [(1, 1), (5, 7), (300, 140), (2, 40_000), (40_000, 2), (70, 3000), (3, 4, 5), (500, 3, 3)]
SHAPES += [(8, 5, 3, 3)]
"""Less than a tile; several up and down, and across; batches, of which one takes many; a kernel of
a convolution, which is seen as a matrix."""


@pytest.fixture(scope="module")
def made(package):
    return package([REDUCED], kernels=True)


def step(made, grads, engine="numba"):
    """What is kept after a step of the compiled kernels, and the parameters."""
    optimizer = made.optimizer("numpy", REDUCED)(engine=engine)
    params = [np.ones_like(x) for x in grads]
    with np.errstate(all="ignore"):
        optimizer.update(params, grads)
    kept = optimizer.state_dict()
    return [
        {name: kept[f"{name}/{i}"] for name in NAMES.split()} for i in range(len(grads))
    ], params


def drawn(*shapes, dtype=np.float64):
    rng = np.random.default_rng(7)
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def expected(given):
    """The same by NumPy with more digits; and what is summed in it, of which bounds are parts."""
    x = given.astype(np.longdouble)
    x = x.reshape(len(x), -1) if x.ndim == 4 else x
    found = {
        "nr": np.sqrt((x * x).sum(-1, keepdims=True)),
        "sr": x.sum(-1, keepdims=True),
        "mc": x.mean(-2, keepdims=True),
        "ac": x.max(-2, keepdims=True),
    }
    sizes = {
        "sr": np.abs(x).sum(-1, keepdims=True),
        "mc": np.abs(x).mean(-2, keepdims=True),
    }
    w = np.sqrt((x * x).sum((-2, -1), keepdims=True)) + (found["nr"] + 1).max(-2, keepdims=True)
    z = np.abs(found["mc"]).sum() + math.sqrt(x.size)
    d = 1 + w + z + np.abs(found["sr"] * found["ac"])
    return {n: (value, sizes.get(n, value)) for n, value in found.items()}, (
        1 - 0.5 * x / d
    ).reshape(given.shape)


@pytest.mark.slow
@pytest.mark.parametrize(
    "dtype", [np.float64, pytest.param(np.float32, marks=pytest.mark.exhaustive)]
)
def test_what_lines_are_reduced_to(made, dtype):
    grads = drawn(*SHAPES, dtype=dtype)
    kept, params = step(made, grads)
    eps = np.finfo(dtype).eps
    for own, theta_, given in zip(kept, params, grads, strict=True):
        found, theta_expected = expected(given)
        # Sums are of float64, of at most some 1300 terms one after the other, and rounded once.
        for name, (value, size) in found.items():
            assert own[name].shape == value.shape
            bound = eps * np.abs(value) + 1300 * 2**-53 * np.abs(size)
            assert (np.abs(own[name] - value) <= bound).all()
        # A step of at most one half, of a dozen roundings.
        assert np.abs(theta_ - theta_expected).max() <= 8 * eps


def test_largest_and_smallest_numbers_of_lines(made):
    big, small, nan = 3e300, 3e-300, math.nan
    x = np.array([[big, 4e300], [small, 4e-300], [1.7e308, 1.7e308], [nan, 1.0], [-math.inf, 1.0]])
    ((own,), _) = step(made, [x])
    norms = [5e300, 5e-300, math.inf, nan, math.inf]
    assert own["nr"].ravel() == pytest.approx(norms, rel=2**-50, nan_ok=True)
    assert math.isnan(own["ac"][0, 0])
    assert own["ac"][0, 1] == 1.7e308
    # The largest is one of the terms of a mean, and five of them are a fifth of it.
    assert own["mc"][0, 1] == pytest.approx(1.7e308 / 5 + 4e300 / 5, rel=2**-50)


def test_neither_threads_nor_pieces_nor_other_tensors_show(made, monkeypatch):
    grads = drawn(*SHAPES)
    alone, params = step(made, grads)
    launch, engines = made.module("numba._launch"), made.module("numpy._engines")
    monkeypatch.setattr(launch, "PIECE", 1013)
    for threads in (1, 3, 7):
        monkeypatch.setattr(engines, "cores", lambda threads=threads: threads)
        again, others = step(made, grads[::-1])
        for one, other in zip(alone, again[::-1], strict=True):
            assert all(np.array_equal(one[name], other[name]) for name in one)
        assert all(map(np.array_equal, params, others[::-1]))


def test_torch_has_the_bits_of_numpy(made):
    grads = drawn(*SHAPES)
    kept, params = step(made, grads)
    given = [torch.nn.Parameter(torch.ones(x.shape, dtype=torch.float64)) for x in grads]
    optimizer = made.optimizer("torch", REDUCED)(given, fused=True)
    for p, x in zip(given, grads, strict=True):
        p.grad = torch.from_numpy(x)
    optimizer.step()
    for p, own, theta_ in zip(given, kept, params, strict=True):
        np.testing.assert_array_equal(p.detach().numpy(), theta_)
        for name, value in own.items():
            np.testing.assert_array_equal(optimizer.state[p][name].numpy(), value)


def test_what_lies_in_another_order_is_updated_without_kernels(made, monkeypatch):
    """A kernel goes through memory, and would take columns for rows."""
    x = np.asfortranarray(drawn((30, 20))[0])
    (own,), (theta_,) = step(made, [x])
    found, theta_expected = expected(x)
    np.testing.assert_allclose(own["nr"], found["nr"][0], rtol=2**-48)
    np.testing.assert_allclose(theta_, theta_expected, rtol=2**-48)
    p = torch.nn.Parameter(torch.ones(20, 30, dtype=torch.float64).T)
    p.grad = torch.from_numpy(x.copy(order="K"))
    assert not p.is_contiguous()
    optimizer = made.optimizer("torch", REDUCED)([p], fused=True)
    optimizer.step()
    np.testing.assert_allclose(p.detach().numpy(), theta_expected, rtol=2**-48)


def test_matrices_without_elements(made):
    kept, params = step(made, [np.ones((3, 0)), *drawn((5, 7))])
    assert params[0].shape == (3, 0)
    alone, _ = step(made, drawn((5, 7)))
    np.testing.assert_array_equal(kept[1]["nr"], alone[0]["nr"])
