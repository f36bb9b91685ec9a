"""The losses that paths are drawn on."""

import numpy as np
import pytest
from steprule.codegen.handbook.pictures.landscapes import BEALE, LANDSCAPES, RAVINE, SADDLE


def test_the_values_are_those_of_the_textbook():
    assert RAVINE.value(-4.0, 0.4) == pytest.approx(16 / 2 + 100 * 0.16 / 2)
    assert SADDLE.value(0.0, 0.0) == 0 > SADDLE.value(0.0, 1.0) == -1 / 4
    # Beale, 1958: the minimum is 0 at (3, 1/2); at (1, 1) the three terms are 1.5, 2.25, 2.625.
    assert BEALE.value(3.0, 0.5) == 0
    assert BEALE.value(1.0, 1.0) == pytest.approx(1.5**2 + 2.25**2 + 2.625**2)


@pytest.mark.parametrize("landscape", LANDSCAPES, ids=lambda each: each.name)
def test_the_gradient_is_the_slope(landscape):
    step = 1e-5
    for point in np.random.default_rng(0).uniform(-1, 1, (20, 2)):
        slopes = [
            (landscape.value(*(point + d)) - landscape.value(*(point - d))) / (2 * step)
            for d in step * np.eye(2)
        ]
        np.testing.assert_allclose(landscape.gradient(point), slopes, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("landscape", LANDSCAPES, ids=lambda each: each.name)
def test_the_minima_are_the_lowest_points_of_the_frame(landscape):
    left, right, bottom, top = landscape.frame
    grid = np.meshgrid(np.linspace(left, right, 301), np.linspace(bottom, top, 301))
    for minimum in landscape.minima:
        assert landscape.holds(np.array(minimum))
        assert not landscape.gradient(np.array(minimum)).any()
        assert landscape.value(*minimum) <= landscape.value(*grid).min()
    assert landscape.holds(np.array(landscape.start))


def test_what_is_no_number_is_not_in_the_frame():
    assert not RAVINE.holds(np.array([np.nan, 0.0]))
    assert not RAVINE.holds(np.array([0.0, np.inf]))
