"""Parameters whose elements share memory, and classes that mean something else by theirs."""

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import steprule.numpy
from numpy.lib.stride_tricks import as_strided, sliding_window_view
from steprule.codegen.handbook.pictures.drawn import is_drawn, take_step
from steprule.codegen.loading.load import builtin
from steprule.numpy import SGD, Adam

OVERLAPPING: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "broadcast": lambda x: as_strided(x, (5,), (0,)),
    "one row for all": lambda x: as_strided(x, (3, 8), (0, 8)),
    "windows": lambda x: sliding_window_view(x.ravel(), 3, writeable=True),
    "half an element on": lambda x: as_strided(x, (5,), (4,)),
    "backwards": lambda x: as_strided(x.ravel()[::-1], (3, 4), (-8, -16)),
    "three by two": lambda x: as_strided(x, (3, 2), (16, 32)),
}

APART: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "steps": lambda x: x[::2, ::3],
    "backwards": lambda x: x[::-1, ::-2],
    "transposed": lambda x: x.T[1:],
    "an axis of one": lambda x: as_strided(x, (1, 5), (0, 8)),
    "none": lambda x: as_strided(x, (0, 5), (0, 0)),
    "interleaved": lambda x: as_strided(x, (2, 2), (16, 24)),  # at 0, 16, 24, 40
    "memmap": lambda x: x.view(np.memmap),
}


@pytest.mark.parametrize("layout", OVERLAPPING.values(), ids=OVERLAPPING)
def test_elements_that_share_memory_are_refused(layout: Callable[..., np.ndarray]) -> None:
    memory = np.arange(48.0).reshape(6, 8)
    before = memory.copy()
    theta = layout(memory)
    optimizer = Adam()
    message = r"^elements of params\['w'\] share memory \(its strides are .*; hand over a copy$"
    with pytest.raises(ValueError, match=message):
        optimizer.update({"w": theta}, {"w": np.ones(theta.shape)})
    assert optimizer.step == 0
    np.testing.assert_array_equal(memory, before)
    optimizer.update({"w": theta.copy()}, {"w": np.ones(theta.shape)})


@pytest.mark.parametrize("layout", APART.values(), ids=APART)
def test_others_are_updated(layout: Callable[..., np.ndarray]) -> None:
    memory = np.arange(48.0).reshape(6, 8)
    expected = memory.copy()
    layout(expected)[...] -= 0.5
    theta = layout(memory)
    SGD(lr=0.5).update(theta, np.ones(theta.shape))
    np.testing.assert_array_equal(memory, expected)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("limit", [{}, {"clipvalue": 0.5}, {"clipnorm": 2.5}], ids=str)
def test_gradients_can_share_memory(engine: Any, dtype: Any, limit: dict[str, Any]) -> None:
    one = np.array([3.0, -4.0, 0.25], dtype)
    grad = np.broadcast_to(one, (4, 3))
    found, expected = np.ones((4, 3), dtype), np.ones((4, 3), dtype)
    ours, theirs = Adam(lr=0.1, engine=engine, **limit), Adam(lr=0.1, engine="numpy", **limit)
    for _ in range(2):
        ours.update(found, grad)
        theirs.update(expected, grad.copy())
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    "strange",
    [
        np.ma.masked_array([1.0, 2.0], [True, False]),
        np.ones((1, 2)).view(np.matrix),
        np.array([1.0, 2.0]).view(type("Own", (np.ndarray,), {})),
    ],
    ids=lambda x: type(x).__name__,
)
def test_classes_that_mean_something_else(strange: Any) -> None:
    plain = np.ones(strange.shape)
    name = type(strange).__name__
    kept = copy.deepcopy(strange)
    for what, pair in (("params", (strange, plain)), ("grads", (plain, strange))):
        optimizer = SGD()
        with pytest.raises(TypeError, match=f"^{what} must be a plain NumPy array, got {name}, "):
            optimizer.update(*pair)
        assert optimizer.step == 0
    np.testing.assert_array_equal(np.asarray(strange), np.asarray(kept))
    np.testing.assert_array_equal(plain, 1)
    with pytest.raises(TypeError, match="floating-point dtype, got"):
        SGD().update(np.zeros(2, [("a", "f4")]), np.zeros(2, [("a", "f4")]))


@pytest.mark.parametrize("size", [1e200, math.inf, math.nan])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_gradient_stops_a_step(size: float) -> None:
    """Python raises where a square or a quotient of its floats is not finite; arrays do not."""
    for name, spec in builtin().items():
        if is_drawn(spec):
            optimizer = getattr(steprule.numpy, name)(engine="numpy")
            for _ in range(2):
                take_step(optimizer, np.ones(3), lambda _: (size, np.full(3, size)))
