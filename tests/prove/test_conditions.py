"""Whether inequalities can hold together."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from steprule.codegen.prove.conditions import can_hold
from sympy import And, Eq, Ge, Gt, Ne, Rational, Symbol, symbols, true

x, y, z = symbols("x y z", real=True)
n, T = symbols("n T", integer=True, positive=True)
step = Symbol("step", integer=True, nonnegative=True)

POSSIBLE = {
    "nothing": (true,),
    "an interval": (x > 0, x < 1),
    "a point": (x >= 1, x <= 1),
    "a triangle": (x + y < 1, x > 0, y > 0),
    "no step before": (Eq(step, 0),),
    "next to one another": (step < T, step >= T - 1),
    "two sides": (Ne(x, 0), x >= 0),
    "a product, which is not looked into": (x * y > 1, Eq(x, 0)),
}

IMPOSSIBLE = {
    "an empty interval": (x > 1, x < 1),
    "all but a point": (x > 1, x <= 1),
    "no point but one": (Ne(x, 1), x >= 1, x <= 1),
    "a cycle": (x < y, y < z, z < x),
    "an empty triangle": (x + y < 1, 2 * x > 1, 2 * y > 1),
    "both in one": (And(x < y, x > y + 1),),
    "none between whole numbers": (step < T, step > T - 1),
    "less than the least": (n < 1,),
    "a negative step": (step < 0,),
    "a share of the whole": (step / T > 1, step < T),
    "a sign of a product": (n * T <= 0,),
}


@pytest.mark.parametrize("conditions", POSSIBLE.values(), ids=POSSIBLE.keys())
def test_possible(conditions):
    assert can_hold(*conditions)


@pytest.mark.parametrize("conditions", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_impossible(conditions):
    assert not can_hold(*conditions)


SMALL = st.integers(-2, 2)
COMPARISON = st.builds(
    lambda a, b, c, strict: (Gt if strict else Ge)(a * x + b * y, c),
    SMALL,
    SMALL,
    SMALL,
    st.booleans(),
)
GRID = [{x: Rational(p, 4), y: Rational(q, 4)} for p, q in product(range(-16, 17, 2), repeat=2)]


@settings(max_examples=40, derandomize=True)
@given(st.lists(COMPARISON, min_size=1, max_size=4))
def test_what_some_point_meets_can_hold(conditions):
    met = any(all(c.subs(point) == true for c in conditions) for point in GRID)
    assert can_hold(*conditions) or not met
