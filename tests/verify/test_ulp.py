"""Errors in units in the last place, worked by hand."""

import math

import numpy as np
import pytest
from flint import fmpq
from steprule.codegen.oracle.exact import INFINITY, NAN, Number, add, power, square_root
from steprule.codegen.oracle.exact import exact as number
from steprule.codegen.oracle.formats import FORMATS, Format
from steprule.codegen.verify.ulp import errors, expected

Q = fmpq

SINGLE = FORMATS["float32"]
ULP = Q(2) ** -23  # of float32 in [1, 2)


def error(computed: Number, exact: Number, scale: Number, form: Format) -> float:
    return float(errors(float(computed), exact, float(scale), form))


@pytest.mark.parametrize(
    ("computed", "exact", "scale", "ulps"),
    [
        (Q(1), Q(1), Q(1), 0),
        (1 + ULP, Q(1), Q(1), 1),
        (1 + ULP, 1 + ULP / 2, Q(1), 0.5),
        (-1 - 3 * ULP, Q(-1), Q(-1), 3),
        # just below a power of two the unit is half as large
        (1 - ULP / 2, 1 - ULP, Q(0), 1),
        # 1.5 - (1.5 - 2**-20) in float32: wrong by an ulp of the terms, not of the result
        (Q(2) ** -20 + ULP, Q(2) ** -20, Q(3, 2), 1),
        (Q(2) ** -20 + ULP, Q(2) ** -20, Q(0), 2**20),
        # the exact value sets the unit where it is the larger
        (Q(4) + 4 * ULP, Q(4), Q(1), 1),
    ],
)
def test_finite_values(computed, exact, scale, ulps):
    assert error(computed, exact, scale, SINGLE) == ulps


@pytest.mark.parametrize(
    ("computed", "exact", "ulps"),
    [
        (Q(0), Q(0), 0),
        (Q(2) ** -149, Q(0), 1),
        (Q(0), Q(2) ** -149 * 3, 3),
        (Q(2) ** -126, Q(2) ** -126 - Q(2) ** -150, 0.5),
        (Q(0), Q(2) ** -200, 2.0**-51),
        (Q(0), power(Q(2), Q(-(10**8))), 0),
        (Q(2) ** -149, power(Q(2), Q(-(10**8))), 1),
    ],
)
def test_at_zero_and_among_subnormals_the_unit_is_the_smallest_of_them(computed, exact, ulps):
    assert error(computed, exact, Q(0), SINGLE) == ulps


@pytest.mark.parametrize(
    ("computed", "exact", "ulps"),
    [
        (NAN, NAN, 0),
        (Q(1), NAN, math.inf),
        (INFINITY, NAN, math.inf),
        (INFINITY, INFINITY, 0),
        (-INFINITY, INFINITY, math.inf),
        (NAN, INFINITY, math.inf),
        (SINGLE.largest, INFINITY, math.inf),
        (NAN, Q(1), math.inf),
        (INFINITY, Q(1), math.inf),
        (INFINITY, Q(10) ** 40, 0),
        (-INFINITY, Q(10) ** 40, math.inf),
        (SINGLE.largest, Q(10) ** 40, math.inf),
        (SINGLE.largest, SINGLE.largest + Q(2) ** 96, 2.0**-8),
        (INFINITY, SINGLE.largest, math.inf),
    ],
)
@pytest.mark.parametrize("scale", [Q(1), INFINITY, NAN])
def test_what_is_not_finite_is_right_or_wrong(computed, exact, ulps, scale):
    assert error(computed, exact, scale, SINGLE) == ulps


def test_an_infinite_old_value_does_not_excuse_a_finite_new_one():
    assert error(Q(3), Q(1), INFINITY, SINGLE) == 2 * 2**23
    assert error(Q(3), Q(1), NAN, SINGLE) == 2 * 2**23


def test_the_unit_is_that_of_the_format():
    x = 1 + Q(2) ** -7
    assert error(x, Q(1), Q(1), FORMATS["bfloat16"]) == 1
    assert error(x, Q(1), Q(1), FORMATS["float16"]) == 2**3
    assert error(x, Q(1), Q(1), SINGLE) == 2**16
    assert error(x, Q(1), Q(1), FORMATS["float64"]) == 2**45


def test_arrays_of_floats():
    computed = np.array([[1.0, 1.0 + 2**-23], [np.nan, np.inf]], dtype=np.float32)
    exact = np.array([[1.0, 1.0], [np.nan, 1.0]])
    result = errors(computed, exact, 1.0, SINGLE)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, [[0, 1], [0, np.inf]])


def test_a_rounded_root_is_wrong_by_at_most_half_a_unit():
    x = np.arange(2, 50, dtype=np.float32)
    exact = np.array([square_root(Q(int(k))) for k in x], dtype=object)
    result = errors(np.sqrt(x), exact, 0.0, SINGLE)
    assert result.max() <= 0.5
    assert result.max() > 0.25


def test_shapes():
    assert errors(np.zeros((0, 3)), np.zeros((0, 3)), 1.0, SINGLE).shape == (0, 3)
    assert errors(np.float32(1), 1.0, 1.0, SINGLE).shape == ()
    with pytest.raises(ValueError, match=r"computed has shape \(2,\), exact has \(\)"):
        errors(np.zeros(2), 0.0, 1.0, SINGLE)


def test_exact_values_are_known_beyond_float64():
    """One and a third of an ulp, and a root: neither is a float64, nor is what it is off by."""
    double = FORMATS["float64"]
    third = Q(1) + Q(2) ** -52 / 3
    assert error(Q(1), third, Q(1), double) == pytest.approx(1 / 3, rel=1e-12)
    root = square_root(Q(2))
    off = add(root, -number(math.sqrt(2)))
    assert error(number(math.sqrt(2)), root, Q(1), double) == pytest.approx(
        abs(float(off)) * 2**52, rel=1e-12
    )


@pytest.mark.parametrize("name", ["float32", "bfloat16", "float16"])
def test_the_nearest_value_is_not_rounded_twice(name):
    """Next to the middle between two values of the format, nearer than any float64."""
    form = FORMATS[name]
    half = form.ulp(Q(1)) / 2
    middles = [Q(1) + half, Q(1) + 3 * half, form.ulp(Q(0)) / 2, form.largest + half]
    tiny = Q(2) ** -400
    values = [sign * (m + d) for m in middles for d in (-tiny, Q(0), tiny) for sign in (1, -1)]
    nearest = expected(np.array(values, dtype=object), form).nearest
    np.testing.assert_array_equal(nearest, [float(form.round(x)) for x in values])
