"""Kernels of rules that reduce: what a pass adds up, whoever does it and however large it is."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    Shape,
    State,
    Update,
    amax,
    grad,
    hyperparameters,
    mean,
    norm,
    rms,
    states,
    t,
    theta,
    total,
)
from sympy import Abs
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import Shard, distribute_tensor

(lr,) = hyperparameters("lr")
n, m, s, a = states("n m s a")
G, P = grad(theta[t - 1]), theta[t - 1]

REDUCED = analyse(
    Optimizer(
        "Reduced",
        summary="Keeps all that a tensor is reduced to.",
        source="here",
        hyper=[Hyper(lr, "0.5", NON_NEGATIVE, "rate")],
        states=[State(x, init=0, key=x.name, shape=Shape.PER_TENSOR) for x in (n, m, s, a)],
        updates=[
            Update(n[t], norm(G)),
            Update(m[t], mean(G)),
            Update(s[t], total(G)),
            Update(a[t], amax(G)),
            Update(theta[t], P - lr * G / (1 + rms(P - G) + Abs(n[t] + m[t] + s[t] + a[t]))),
        ],
    )
)


@pytest.fixture(scope="module")
def made(package):
    return package([REDUCED], kernels=True)


def step(made, grads, **given):
    """What is kept of each gradient after a step of the compiled kernels, and the parameters."""
    optimizer = made.optimizer("numpy", REDUCED)(engine="numba", **given)
    params = [np.ones_like(x) for x in grads]
    with np.errstate(all="ignore"):
        optimizer.update(params, grads)
    kept = optimizer.state_dict()
    found = [{name: float(kept[f"{name}/{i}"]) for name in "nmsa"} for i in range(len(grads))]
    return found, params


def drawn(*sizes, dtype=np.float32):
    rng = np.random.default_rng(5)
    return [rng.standard_normal(size).astype(dtype) for size in sizes]


@pytest.mark.parametrize(
    "dtype", [np.float64, pytest.param(np.float32, marks=pytest.mark.exhaustive)]
)
def test_what_is_reduced(made, dtype):
    grads = drawn(70_001, 1, 128, dtype=dtype)
    # Sums are rounded in float64, of some 300 terms each, and once to what is stored.
    rtol = 2**-24 if dtype == np.float32 else 300 * 2**-53
    for found, given in zip(step(made, grads)[0], grads, strict=True):
        exact = [Fraction(float(x)) for x in given]
        size = float(sum(map(abs, exact)))
        assert found["n"] == pytest.approx(math.hypot(*given.astype(float)), rel=rtol)
        assert found["s"] == pytest.approx(float(sum(exact)), rel=rtol, abs=rtol * size)
        assert found["m"] == pytest.approx(
            float(sum(exact) / len(exact)), rel=rtol, abs=rtol * size / len(exact)
        )
        assert found["a"] == given.max()


@pytest.mark.parametrize(
    ("grad", "expected"),
    [
        ([3e300, 4e300], 5e300),
        ([3e-300, 4e-300], 5e-300),
        ([3e-320, 0.0], 3e-320),
        ([1e308, -1.7e308, 1.0], math.hypot(1e308, 1.7e308)),
        ([1.7e308, 1.7e308], math.inf),
        ([1e200, 1e-200], 1e200),
        ([1e-170, 1e-160], math.hypot(1e-170, 1e-160)),
        ([], 0.0),
        ([math.inf, 1.0], math.inf),
        ([math.nan, 1e308], math.nan),
        ([1e308, math.nan, math.inf], math.nan),
    ],
)
def test_no_square_leaves_the_range_of_float64(made, grad, expected):
    ((found,), _) = step(made, [np.array(grad, dtype=np.float64)])
    assert found["n"] == pytest.approx(expected, rel=4 * 2**-53, nan_ok=True)


@pytest.mark.parametrize(
    ("grad", "expected"),
    [
        ([1.7e308, 1.7e308], 1.7e308),
        ([1.7e308, -1.7e308, 3.0], 1.0),
        ([], math.nan),
        ([math.inf, -math.inf], math.nan),
        ([-math.inf, 1.0], -math.inf),
    ],
)
def test_no_mean_overflows(made, grad, expected):
    ((found,), _) = step(made, [np.array(grad, dtype=np.float64)])
    assert found["m"] == pytest.approx(expected, rel=4 * 2**-53, nan_ok=True)


def test_the_largest_is_nan_where_there_is_one_and_of_none(made):
    found, _ = step(made, [np.array([1.0, math.nan, 3.0]), np.array([]), np.array([-2.0])])
    assert [math.isnan(each["a"]) for each in found] == [True, True, False]
    assert found[2]["a"] == -2.0


def test_neither_threads_nor_pieces_show(made, monkeypatch):
    """Terms are added up by blocks that are always the same."""
    grads = drawn(100_003, 5, 40_000)
    alone, params = step(made, grads, clipnorm=1.0)
    # What is reduced is the gradient that was clipped, 1e-6 short of the limit at most.
    assert [found["n"] for found in alone] == pytest.approx([1.0] * 3, rel=2e-6)
    launch, engines = made.module("numba._launch"), made.module("numpy._engines")
    monkeypatch.setattr(launch, "PIECE", 1013)
    for threads in (1, 3, 7):
        monkeypatch.setattr(engines, "cores", lambda threads=threads: threads)
        again, others = step(made, grads, clipnorm=1.0)
        assert again == alone
        for x, y in zip(others, params, strict=True):
            np.testing.assert_array_equal(x, y)


def test_torch_has_the_bits_of_numpy(made):
    grads = drawn(70_001, 3)
    kept, params = step(made, grads)
    ours = [torch.ones(x.shape, requires_grad=True) for x in grads]
    optimizer = made.optimizer("torch", REDUCED)(ours, fused=True)
    for p, given in zip(ours, grads, strict=True):
        p.grad = torch.from_numpy(given)
    optimizer.step()
    for p, param, found in zip(ours, params, kept, strict=True):
        np.testing.assert_array_equal(p.detach(), param)
        assert {name: float(optimizer.state[p][name]) for name in "nmsa"} == found


def test_a_state_that_lies_otherwise_goes_the_plain_way(made):
    """As one that was set by hand, in a dtype that the kernel was not compiled for."""
    p = torch.ones(5, requires_grad=True)
    optimizer = made.optimizer("torch", REDUCED)([p], fused=True)
    for _ in range(2):
        p.grad = torch.full((5,), 2.0)
        optimizer.step()
        optimizer.state[p]["n"] = torch.zeros((), dtype=torch.float64)
    p.grad = torch.full((5,), 2.0)
    optimizer.step()
    # 2 sqrt(5), rounded in float32 at most.
    assert float(optimizer.state[p]["n"]) == pytest.approx(2 * math.sqrt(5), rel=2**-23)
    assert optimizer.state[p]["n"].dtype == torch.float64


@pytest.fixture
def mesh(tmp_path):
    """One rank, as which group of ranks it is makes no difference to how it updates DTensors."""
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{tmp_path / 'store'}", rank=0, world_size=1
    )
    yield init_device_mesh("cpu", (1,))
    torch.distributed.destroy_process_group()


def test_shards_go_the_plain_way(made, mesh, monkeypatch):
    """What a rank holds of a gradient has but some of the terms of its norm."""

    def refuse(*_, **__):
        raise AssertionError("a kernel saw a shard")

    monkeypatch.setattr(made.module("torch._numba"), "prepare", refuse)
    cls = made.optimizer("torch", REDUCED)
    gradient = torch.randn(4, 3, dtype=torch.float64)
    whole = torch.ones(4, 3, dtype=torch.float64, requires_grad=True)
    shard = torch.nn.Parameter(distribute_tensor(whole.detach().clone(), mesh, [Shard(0)]))
    whole.grad, shard.grad = gradient, distribute_tensor(gradient, mesh, [Shard(0)])
    plain, fused = cls([whole], foreach=False), cls([shard], fused=True)
    for _ in range(2):
        plain.step()
        fused.step()
    torch.testing.assert_close(shard.full_tensor(), whole, rtol=1e-15, atol=0)
    torch.testing.assert_close(
        fused.state[shard]["n"].full_tensor(), plain.state[whole]["n"], rtol=1e-15, atol=0
    )
