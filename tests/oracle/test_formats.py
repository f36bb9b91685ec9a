"""Rounding to a format, against the casts of NumPy and PyTorch."""

import math

import numpy as np
import pytest
import torch
from flint import fmpq
from steprule.codegen.oracle.exact import INFINITY, exact, is_nan, negate, power, square_root
from steprule.codegen.oracle.formats import FORMATS, floor_log2, round_floats, to_exact, to_floats

Q = fmpq

LIBRARY = {
    "float32": lambda x: x.astype(np.float32),
    "float16": lambda x: x.astype(np.float16),
    "bfloat16": lambda x: torch.from_numpy(x).to(torch.bfloat16).to(torch.float32).numpy(),
}


def samples(name: str) -> np.ndarray:
    """Doubles that are hard to round: ties, subnormals, the largest numbers, and random ones."""
    form = FORMATS[name]
    rng = np.random.default_rng(1)
    smallest, largest = float(form.ulp(Q(0))), float(form.largest)
    top = float(form.ulp(form.largest))
    few = np.array([0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 3.5])
    ulp = float(form.ulp(Q(1)))
    values = [
        smallest * few,
        1 + ulp * few,
        2 - ulp * few / 2,
        largest + top * np.array([-1.5, -0.5, 0.0, 0.25, 0.4999, 0.5, 0.75, 1.0, 8.0]),
        float(form.smallest_normal) + smallest * (few - 1),
        rng.standard_normal(500),
        10.0 ** rng.uniform(math.log10(smallest) - 1, math.log10(largest) + 1, 500),
        [math.nan, math.inf],
    ]
    positive = np.concatenate([np.asarray(v) for v in values])
    return np.concatenate([positive, -positive])


@pytest.mark.parametrize("name", ["float32", "float16", "bfloat16"])
@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
def test_rounding_is_the_cast(name):
    x = samples(name)
    if name == "bfloat16":
        # PyTorch casts doubles by way of float32, and so rounds twice.
        x = x.astype(np.float32).astype(np.float64)
    expected = LIBRARY[name](x)
    np.testing.assert_array_equal(round_floats(x, FORMATS[name]), expected)
    np.testing.assert_array_equal(to_floats(to_exact(x), FORMATS[name]), expected)


@pytest.mark.parametrize("name", ["float16", "float32", "float64", "bfloat16"])
def test_a_format_has_the_limits_that_pytorch_says(name):
    form, limits = FORMATS[name], torch.finfo(getattr(torch, name))
    assert float(form.epsilon) == limits.eps
    assert float(form.largest) == limits.max
    assert float(form.smallest_normal) == limits.smallest_normal
    assert form.ulp(Q(1)) == form.epsilon
    assert form.ulp(Q(0)) == form.smallest_normal * form.epsilon


def test_float64_rounds_a_fraction_as_python_does():
    for x in (
        Q(1, 3),
        Q(10) ** 308 * Q(17, 10),
        Q(3, 2) * Q(2) ** -1074,
        Q(-1, 10),
        Q(2, 3) ** 1800,
    ):
        assert float(FORMATS["float64"].round(x)) == float(x)


def test_an_irrational_number_is_rounded_once():
    assert float(FORMATS["float64"].round(square_root(Q(2)))) == math.sqrt(2)
    assert FORMATS["float32"].round(power(Q(2), Q(-(10**7)))) == 0
    assert FORMATS["float32"].round(negate(power(Q(2), Q(10**7)))) == -INFINITY


def test_overflow_begins_half_an_ulp_above_the_largest():
    form = FORMATS["float32"]
    half = form.ulp(form.largest) / 2
    assert form.largest == exact(float(np.finfo(np.float32).max))
    assert form.round(form.largest + half - Q(1, 1000)) == form.largest
    assert form.round(form.largest + half) == INFINITY
    assert form.round(-form.largest - half) == -INFINITY


@pytest.mark.parametrize(
    ("name", "magnitude", "ulp"),
    [
        ("float32", Q(1), Q(2) ** -23),
        ("float32", Q(1) - Q(2) ** -60, Q(2) ** -24),
        ("float32", Q(-3), Q(2) ** -22),
        ("float32", Q(0), Q(2) ** -149),
        ("float32", Q(2) ** -140, Q(2) ** -149),
        ("float32", Q(2) ** 500, Q(2) ** 104),
        ("float64", Q(1), Q(2) ** -52),
        ("bfloat16", Q(1), Q(2) ** -7),
        ("float16", Q(1024), Q(1)),
        ("float16", Q(0), Q(2) ** -24),
    ],
)
def test_ulp(name, magnitude, ulp):
    assert FORMATS[name].ulp(magnitude) == ulp


def test_an_infinity_has_no_ulp():
    with pytest.raises(ValueError, match="no unit in the last place"):
        FORMATS["float32"].ulp(INFINITY)


@pytest.mark.parametrize(
    ("x", "exponent"),
    [(Q(1), 0), (Q(2, 3), -1), (Q(4, 3), 0), (Q(-8), 3), (Q(7, 8), -1), (Q(1, 3), -2)],
)
def test_floor_log2(x, exponent):
    assert floor_log2(x) == exponent


def test_to_exact_rounds_nothing_and_keeps_the_shape():
    numbers = to_exact(np.array([[0.1, -2.5]], dtype=np.float32))
    assert numbers.shape == (1, 2)
    assert list(numbers[0]) == [Q(13421773, 134217728), Q(-5, 2)]
    assert to_exact(0.1)[()] == exact(0.1)
    assert to_exact(np.zeros((0, 3))).shape == (0, 3)
    nan, infinity = to_exact(np.array([math.nan, -math.inf]))
    assert is_nan(nan)
    assert infinity == -INFINITY


def test_round_floats_keeps_the_sign_of_zero():
    rounded = round_floats([-0.0, -1e-60, 0.0], FORMATS["float32"])
    assert rounded.dtype == np.float32
    assert list(np.signbit(rounded)) == [True, True, False]
