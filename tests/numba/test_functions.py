"""Functions of float32 that kernels have as arithmetic, beside those of float64, rounded."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("numba")
from numba import njit
from steprule.numba import _kernel as kernel

pytestmark = pytest.mark.slow

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3e38, -3e38, 1e-45, -1e-45, 1e-40, np.inf, -np.inf]
SPECIAL = np.array([*SPECIAL, np.nan, 88.7, 88.8, -87.4, -103.9, -104.1], np.float32)
EXPONENTS = (1 / 3, -0.5, 0.5, 0.25, 2.0, 3.0, -1.0, -2.0, -3.0, 0.0, 1.0, 1.7, -30.5, 64.0)
EACH = 9973
"""Of all floats one in so many: a prime, so that bits of all places vary."""


def floats(first: int = 0, last: int = 2**32, step: int = EACH) -> NDArray[np.float32]:
    some = np.arange(first, last, step, dtype=np.uint64).astype(np.uint32).view(np.float32)
    return np.concatenate([SPECIAL, some])


@njit(error_model="numpy")
def exponentials(x, into):
    for i in range(x.size):
        into[i] = kernel.exp(x[i])


@njit(error_model="numpy")
def logarithms(x, into):
    for i in range(x.size):
        into[i] = kernel.log(x[i])


@njit(error_model="numpy")
def angles(y, x, into):
    for i in range(x.size):
        into[i] = kernel.atan2(y[i], x[i])


@njit(error_model="numpy")
def powers(x, exponent, into):
    for i in range(x.size):
        into[i] = kernel.power(x[i], exponent, False)


@njit(error_model="numpy")
def roots(x, into):
    for i in range(x.size):
        into[i] = kernel.power(x[i], x.dtype.type(0.5), True)


@njit(error_model="numpy")
def cube_roots(x, into):
    for i in range(x.size):
        into[i] = kernel.cube_root(x[i])


def held(found: NDArray[np.float32], exact: NDArray[np.float64], ulps: float) -> None:
    """What is special is the same, sign included; all else is as near as so many ulps."""
    with np.errstate(over="ignore"):
        nearest = exact.astype(np.float32)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(exact))
    there = ~np.isnan(exact)
    np.testing.assert_array_equal(np.signbit(found[there]), np.signbit(exact[there]))
    # At the end of the range an error of an ulp may lead beyond it, or not.
    is_end = np.abs(exact) > np.finfo(np.float32).max * (1 - 2.0**-22)
    np.testing.assert_array_equal(np.isinf(found[~is_end]), np.isinf(nearest[~is_end]))
    finite = np.isfinite(found) & np.isfinite(nearest)
    off = np.abs(found[finite].astype(np.float64) - exact[finite])
    assert (off / np.spacing(np.abs(nearest[finite]))).max() <= ulps


def exponentials_hold(x: NDArray[np.float32]) -> None:
    into = np.empty_like(x)
    exponentials(x, into)
    with np.errstate(all="ignore"):
        held(into, np.exp(x.astype(np.float64)), 1.1)


def test_exponentials() -> None:
    exponentials_hold(floats())


@pytest.mark.exhaustive
def test_exponentials_of_all_floats() -> None:
    for first in range(0, 2**32, 2**24):
        exponentials_hold(floats(first, first + 2**24, 1))


def test_logarithms() -> None:
    near = 1 + np.random.default_rng(0).standard_normal(10**6).astype(np.float32) / 100
    for x in (floats(), near):
        into = np.empty_like(x)
        logarithms(x, into)
        with np.errstate(all="ignore"):
            held(into, np.log(x.astype(np.float64)), 0.51)


def test_angles() -> None:
    pairs = np.array([*product(SPECIAL, SPECIAL)], np.float32).T
    mixed = np.random.default_rng(0).permutation(floats())
    near = np.random.default_rng(1).standard_normal((2, 10**6)).astype(np.float32)
    for y, x in (pairs, (mixed, floats()), near):
        into = np.empty_like(x)
        angles(y, x, into)
        with np.errstate(all="ignore"):
            held(into, np.arctan2(y.astype(np.float64), x.astype(np.float64)), 1.8)


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_powers(exponent: float) -> None:
    near = np.random.default_rng(0).standard_normal(10**5).astype(np.float32)
    x = np.concatenate([floats(), near])
    into = np.empty_like(x)
    powers(x, np.float32(exponent), into)
    with np.errstate(all="ignore"):
        exact = np.power(x.astype(np.float64), np.float64(np.float32(exponent)))
    if exponent == 0.5:  # of which NumPy takes the root, where C's power is another
        exact[x == -np.inf] = np.inf
        exact[(x == 0) & np.signbit(x)] = 0.0
    held(into, exact, 0.51)


def test_the_power_a_half_is_the_root_and_c_s_power_where_they_part() -> None:
    x = floats()
    into = np.empty_like(x)
    roots(x, into)
    with np.errstate(invalid="ignore"):
        exact = np.sqrt(x.astype(np.float64))
    exact[x == -np.inf] = np.inf
    exact[(x == 0) & np.signbit(x)] = 0.0
    held(into, exact, 0.5)


def cube_roots_hold(x: NDArray[np.float32]) -> None:
    into = np.empty_like(x)
    cube_roots(x, into)
    with np.errstate(invalid="ignore"):
        exact = np.cbrt(x.astype(np.float64))
    exact[x < 0] = np.nan
    exact[x == -np.inf] = np.inf  # as C's power has it, of which these are one
    exact[(x == 0) & np.signbit(x)] = 0.0
    held(into, exact, 0.5 + 2**-20)


def test_cube_roots() -> None:
    cube_roots_hold(floats())


@pytest.mark.exhaustive
def test_cube_roots_of_all_floats() -> None:
    for first in range(0, 2**31, 2**24):
        cube_roots_hold(floats(first, first + 2**24, 1))


def test_of_float64_they_are_the_c_librarys() -> None:
    x = np.array([0.3, 2.0, 700.0])
    into = np.empty_like(x)
    exponentials(x, into)
    np.testing.assert_array_max_ulp(into, np.exp(x), 1)
    logarithms(x, into)
    np.testing.assert_array_max_ulp(into, np.log(x), 1)
    angles(x, x[::-1].copy(), into)
    np.testing.assert_array_max_ulp(into, np.arctan2(x, x[::-1]), 1)
    powers(x, 0.3, into)
    np.testing.assert_array_max_ulp(into, np.power(x, 0.3), 1)
    cube_roots(x, into)
    np.testing.assert_array_max_ulp(into, np.cbrt(x), 1)
    roots(x, into)
    np.testing.assert_array_max_ulp(into, np.sqrt(x), 0)
