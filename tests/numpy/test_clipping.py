"""Clipping in an update, beside torch.nn.utils before an update that does not clip."""

import copy
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.lib.stride_tricks import as_strided
from steprule.numpy import SGD, Adam
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

LIMITS = ("clipvalue", "clipnorm", "global_clipnorm")
SHAPES = {"a": (3, 4), "b": {"c": (5,), "d": ()}, "e": (0, 2)}

Gradients = list[np.ndarray]


def drawn(rng: np.random.Generator, dtype: Any = np.float64) -> Any:
    """Arrays in a nesting, a few of them not contiguous."""

    def of(shapes: Any) -> Any:
        if isinstance(shapes, dict):
            return {key: of(value) for key, value in shapes.items()}
        return np.asarray(2 * rng.standard_normal(shapes[::-1]).T, dtype)

    return of(SHAPES)


def flat(tree: Any) -> Gradients:
    return [x for value in tree.values() for x in flat(value)] if isinstance(tree, dict) else [tree]


def descended(grads: Gradients, **settings: Any) -> Gradients:
    """The gradients that a rule is given: what SGD subtracts from zeros at a rate of 1."""
    params = [np.zeros_like(grad) for grad in grads]
    with np.errstate(invalid="ignore"):  # 0 times infinity
        SGD(lr=1.0, **settings).update(params, grads)
    return [np.asarray(-p) for p in params]


def as_torch_does(name: str, limit: float, grads: Gradients) -> Gradients:
    params = [torch.zeros(grad.shape, dtype=torch.float64).requires_grad_() for grad in grads]
    for p, grad in zip(params, grads, strict=True):
        p.grad = torch.tensor(np.asarray(grad, np.float64))
    if name == "clipvalue":
        clip_grad_value_(params, limit)
    for group in [params] if name == "global_clipnorm" else [[p] for p in params]:
        if name != "clipvalue":
            clip_grad_norm_(group, limit)
    return [p.grad.numpy() for p in params]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", LIMITS)
def test_every_optimizer(case, name, dtype, rng):
    clipping, plain = case.make(**{name: 0.7}), case.make()
    ours = drawn(rng, dtype)
    theirs = copy.deepcopy(ours)
    for _ in range(3):
        grads = drawn(rng, dtype)
        kept = copy.deepcopy(grads)
        clipping.update(ours, grads)
        for x, y in zip(flat(grads), flat(kept), strict=True):
            np.testing.assert_array_equal(x, y, strict=True)
        seen = iter(descended(flat(grads), **{name: 0.7}))
        plain.update(
            theirs, {"a": next(seen), "b": {"c": next(seen), "d": next(seen)}, "e": next(seen)}
        )
    for x, y in zip(flat(ours), flat(theirs), strict=True):
        np.testing.assert_array_equal(x, y, strict=True)


@pytest.mark.parametrize("limit", [0.3, 7.0, 1e6, math.inf])
@pytest.mark.parametrize("name", LIMITS)
def test_as_torch_clips(name, limit, rng):
    grads = flat(drawn(rng))
    for x, y in zip(
        descended(grads, **{name: limit}), as_torch_does(name, limit, grads), strict=True
    ):
        # Five roundings after one another, and a sum of squares in another order.
        np.testing.assert_allclose(x, y, rtol=10 * np.finfo(np.float64).eps, atol=0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_by_hand(dtype):
    grads = [np.array([3.0, -4.0], dtype), np.array(12.0, dtype)]
    eps = 1e-6
    for limit, expected in (
        ({"clipvalue": 3.5}, [[3.0, -3.5], 3.5]),
        ({"clipnorm": 10.0}, [[3.0, -4.0], 12 * 10 / (12 + eps)]),
        (
            {"global_clipnorm": 6.5},
            [[3 * 6.5 / (13 + eps), -4 * 6.5 / (13 + eps)], 78 / (13 + eps)],
        ),
        ({"global_clipnorm": math.inf}, [[3.0, -4.0], 12.0]),
    ):
        for x, y in zip(descended(grads, **limit), expected, strict=True):
            assert x.dtype == dtype
            # The scale and the product are rounded to the dtype.
            np.testing.assert_allclose(x, y, rtol=2 * np.finfo(dtype).eps, atol=0)


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize(
    "odd", [[0.0, 0.0], [math.inf, 2.0], [math.nan, 2.0], [-math.inf, math.nan]], ids=str
)
def test_norms_that_are_zero_or_not_finite(odd, name):
    grads = [np.array(odd), np.array([1.0, -2.0])]
    for limit in (1.5, 1e-9, math.inf):
        expected = as_torch_does(name, limit, grads)
        for x, y in zip(descended(grads, **{name: limit}), expected, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-14, atol=0)  # a few roundings


def test_norms_of_float32_do_not_overflow():
    (clipped,) = descended([np.full(4, 1e38, np.float32)], clipnorm=2.0)
    # Each is a half of the limit; the scale, 1e-38, is rounded where float32 has 20 bits left.
    np.testing.assert_allclose(clipped, 1.0, rtol=2.0**-20)


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize(
    "layout",
    [
        pytest.param(lambda x: x[::-1], id="reversed"),
        pytest.param(lambda x: x.reshape(40, -1).T, id="transposed"),
        pytest.param(lambda x: x[::3], id="strided"),
        pytest.param(lambda x: as_strided(x[:1], (1000,), (0,)), id="broadcast"),
    ],
)
def test_layouts_and_sizes_of_several_blocks(layout: Callable[..., Any], name, rng):
    grad = layout(rng.standard_normal(200_000))
    (clipped,) = descended([grad], **{name: 0.01})
    (expected,) = as_torch_does(name, 0.01, [np.ascontiguousarray(grad)])
    # Sums of 200 000 squares in different orders.
    np.testing.assert_allclose(clipped, expected, rtol=1e-13, atol=0)


@pytest.mark.parametrize("name", LIMITS)
def test_no_temporary_is_as_large_as_the_gradient(name, rng):
    import tracemalloc

    grads = rng.standard_normal(2_000_000)
    params = np.zeros_like(grads)
    optimizer = SGD(lr=1.0, **{name: 0.5})
    optimizer.update(params, grads)
    tracemalloc.start()
    optimizer.update(params, grads)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < grads.nbytes / 10


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_that_is_not_reached_changes_no_bit(name, rng):
    ours, grads = drawn(rng), drawn(rng)
    theirs = copy.deepcopy(ours)
    Adam(lr=0.5, weight_decay=0.3, **{name: 1e6}).update(ours, grads)
    Adam(lr=0.5, weight_decay=0.3).update(theirs, grads)
    for x, y in zip(flat(ours), flat(theirs), strict=True):
        assert x.tobytes() == y.tobytes()


@pytest.mark.parametrize("bad", [math.inf, math.nan])
@pytest.mark.parametrize("name", LIMITS[1:])
def test_error_if_nonfinite_changes_nothing(name, bad):
    params = [np.ones(3), np.ones(2)]
    optimizer = Adam(lr=0.5, error_if_nonfinite=True, **{name: 1.0})
    optimizer.update(params, [np.ones(3), np.ones(2)])
    before = copy.deepcopy((params, optimizer.state_dict()))
    with pytest.raises(RuntimeError, match=f"not finite, so {name}"):
        optimizer.update(params, [np.ones(3), np.array([1.0, bad])])
    after = optimizer.state_dict()
    assert after.keys() == before[1].keys()
    for key, value in after.items():
        np.testing.assert_array_equal(value, before[1][key])
    np.testing.assert_array_equal(params[0], before[0][0])
    np.testing.assert_array_equal(params[1], before[0][1])


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan])
def test_limits_are_positive(name, limit):
    with pytest.raises(ValueError, match=f"^{name} must satisfy 0 < {name}, got "):
        Adam(**{name: limit})
    optimizer = Adam()
    setattr(optimizer, name, limit)
    params = np.ones(2)
    with pytest.raises(ValueError, match=f"^{name} must satisfy"):
        optimizer.update(params, np.ones(2))
    assert optimizer.step == 0
    assert params.tolist() == [1.0, 1.0]


def test_at_most_one_limit():
    message = (
        "^only one of clipvalue, clipnorm, global_clipnorm can be set, got clipvalue, clipnorm$"
    )
    with pytest.raises(ValueError, match=message):
        Adam(clipvalue=1.0, clipnorm=1.0)
    optimizer = Adam(clipvalue=1.0)
    optimizer.clipnorm = 1.0
    with pytest.raises(ValueError, match=message):
        optimizer.update(np.ones(2), np.ones(2))


def test_limits_are_attributes():
    optimizer = SGD(lr=1.0)
    x = np.zeros(2)
    optimizer.update(x, np.array([3.0, 0.25]))
    optimizer.clipvalue = 0.5
    optimizer.update(x, np.array([3.0, 0.25]))
    assert x.tolist() == [-3.5, -0.5]
    for other in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        assert other.clipvalue == 0.5
        assert other.error_if_nonfinite is False


def test_without_a_limit_no_gradient_is_read(monkeypatch):
    def forbidden(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a norm was taken")

    monkeypatch.setattr(np, "dot", forbidden)
    SGD(lr=1.0, error_if_nonfinite=True).update(np.ones(2), np.ones(2))
    with pytest.raises(AssertionError, match="a norm was taken"):
        SGD(lr=1.0, clipnorm=1.0).update(np.ones(2), np.ones(2))
