"""Which points of a line are drawn: rounded, turned where it turns, jumps straight up."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from steprule.codegen.backends.latex.polyline import polyline, unit_of


def _floats(values: Sequence[float], first: int = 0) -> list[tuple[int, float]]:
    return [(step, float(value)) for step, value in polyline(values, first)]


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ([0.5], [(0, 0.5)]),
        ([0.5, 0.25], [(0, 0.5), (1, 0.25)]),
        ([0.0, 0.0, 0.0], [(0, 0.0), (2, 0.0)]),
        ([0.0, 0.1, 0.2, 0.3, 0.2, 0.1], [(0, 0.0), (3, 0.3), (5, 0.1)]),
        # A jump needs a level stretch on either side.
        ([0.2, 0.2, 0.1, 0.1], [(0, 0.2), (2, 0.2), (2, 0.1), (3, 0.1)]),
        ([0.2, 0.2, 0.1, 0.05], [(0, 0.2), (1, 0.2), (2, 0.1), (3, 0.05)]),
        ([0.3, 0.2, 0.1, 0.1], [(0, 0.3), (2, 0.1), (3, 0.1)]),
        ([0.2, 0.2, 0.1, 0.1, 0.2, 0.2],
         [(0, 0.2), (2, 0.2), (2, 0.1), (4, 0.1), (4, 0.2), (5, 0.2)]),
        # Thirds are straight, to the last digit.
        ([k / 3 for k in range(50)], [(0, 0.0), (49, 16.333)]),
    ],
)  # fmt: skip
def test_the_points(values: list[float], points: list[tuple[int, float]]) -> None:
    assert _floats(values) == points


def test_steps_are_counted_from_the_first() -> None:
    assert _floats([0.1, 0.2, 0.3], first=7) == [(7, 0.1), (9, 0.3)]


@pytest.mark.parametrize(
    ("values", "unit"),
    [([0.1, 0.02], "1e-5"), ([0.09], "1e-6"), ([3e-7], "1e-11"), ([12, -345.6], "1e-2")],
)
def test_five_digits_of_the_largest_stay(values: list[float], unit: str) -> None:
    assert unit_of(values) == Decimal(unit)


def test_what_turns_by_two_units_is_kept() -> None:
    assert len(polyline([0.1, 0.10001, 0.1])) == 2
    assert len(polyline([0.1, 0.10002, 0.1])) == 3


@given(st.lists(st.sampled_from([0.0, 0.1, 0.101, 0.2, 0.3, 1 / 3, 0.50001, 0.50002]), min_size=1))
def test_the_line_passes_every_value_within_a_unit(values: list[float]) -> None:
    points, unit = polyline(values), Fraction(unit_of(values))
    assert (points[0][0], points[-1][0]) == (0, len(values) - 1)
    at = {}
    for (a, low), (b, high) in pairwise(points):
        for step in range(a, b + 1):
            share = Fraction(step - a, b - a) if b > a else 1
            at[step] = Fraction(low) + (Fraction(high) - Fraction(low)) * share
    for step, value in at.items():
        # Half a unit more for the rounding of the value itself.
        assert abs(value - Fraction(values[step])) <= unit * Fraction(3, 2)
