"""Norms and means of any magnitude, by hand: of 3 and 4 times a size, 5 times it."""

import math
from typing import Any

import numpy as np
import pytest
from steprule.numpy import SGD, _norms

SIZES = [
    *((np.float16, size) for size in (6e-8, 1.0, 1e4)),
    *((np.float32, size) for size in (1e-44, 1e-30, 1.0, 5e37)),
    *((np.float64, size) for size in (1e-320, 1e-200, 1.0, 1e200, 3e307)),
    *((np.longdouble, size) for size in (1e-320, 1.0, 3e307)),
]


@pytest.mark.parametrize(("dtype", "size"), SIZES)
def test_norms(dtype: Any, size: float) -> None:
    grad = np.array([[3 * dtype(size), 0], [-4 * dtype(size), 0]], dtype)
    x, y = float(grad[0, 0]), float(grad[1, 0])
    expected = math.hypot(x, y)
    assert _norms.norm(grad) == pytest.approx(expected, rel=4e-16, abs=5e-324)  # two roundings
    assert _norms.norm(grad[:, :1].T) == _norms.norm(grad)
    parts = _norms.combined([_norms.norm(grad[:1]), _norms.norm(grad[1:])])
    assert parts == pytest.approx(expected, rel=4e-16, abs=5e-324)


def test_odd_norms() -> None:
    inf, nan = math.inf, math.nan
    for numbers in ([], [0.0], [-0.0, 0.0]):
        assert _norms.norm(np.array(numbers)) == 0
    assert _norms.norm(np.array([1.0, -inf])) == inf
    assert math.isnan(_norms.norm(np.array([nan, inf])))
    assert math.isnan(_norms.norm(np.array([nan, 1e-300])))
    assert math.isnan(_norms.combined([inf, nan]))
    assert _norms.combined([inf, 1.0]) == inf
    assert _norms.norm(np.full(4, 1.7e308)) == inf  # 3.4e308 is no double


@pytest.mark.parametrize(
    ("numbers", "dtype", "expected"),
    [
        ([3e38, 3e38, 0], np.float32, 2e38),
        ([1.5e308, 1.5e308, 0], np.float64, 1e308),
        ([6e4, 6e4, 0], np.float16, 4e4),
        ([1.0, math.inf], np.float64, math.inf),
        ([], np.float64, math.nan),
    ],
)
def test_means(numbers: list[float], dtype: Any, expected: float) -> None:
    found = _norms.mean(np.array(numbers, dtype))
    # Of numbers that are rounded to the dtype, a few roundings.
    assert found == pytest.approx(expected, rel=4 * float(np.finfo(dtype).eps), nan_ok=True)


@pytest.mark.parametrize("limit", ["clipnorm", "global_clipnorm"])
@pytest.mark.parametrize("size", [1e200, 1e308])
def test_large_gradients_are_clipped_and_not_refused(limit: str, size: float) -> None:
    params, grads = [np.zeros(2)], [np.array([0.6 * size, 0.8 * size])]
    SGD(lr=1.0, error_if_nonfinite=True, **{limit: 5.0}).update(params, grads)  # pyright: ignore
    # The scale is subnormal for the larger: it has 2**-1074/5e-308, some 47 bits.
    np.testing.assert_allclose(params[0], [-3.0, -4.0], rtol=1e-14)
