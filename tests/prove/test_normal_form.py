"""Whether an expression is zero, decided."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from steprule.codegen.prove.normal_form import NormalForm
from steprule.specs.language import hyperparameters, states, stored, t
from sympy import (
    Abs,
    Expr,
    Float,
    Integer,
    Max,
    Min,
    Rational,
    Symbol,
    atan2,
    erf,
    sign,
    sqrt,
    tanh,
)

x, y, z, beta, eps = hyperparameters("x y z beta eps")
v, w = (series[t] for series in states("v w"))

ZERO = {
    "equal sums, rounded": stored(x * (y + 1)) - stored(x * y + x),
    "equal curves": tanh(x * (y + 1)) + erf(x / y + 1) - tanh(x * y + x) - erf((x + y) / y),
    "equal angles": atan2(x * (y + 1), z / y) - atan2(x * y + x, z * y / y**2),
    "polynomial": (x + y) ** 2 - x**2 - 2 * x * y - y**2,
    "thirds": (x + Rational(1, 3)) ** 2 - (x**2 + 2 * x / 3 + Rational(1, 9)),
    "quotient": (x**2 - y**2) / (x - y) - x - y,
    "nested quotient": 1 / (1 / x + 1 / y) - x * y / (x + y),
    "power": beta ** (t + 1) - beta * beta**t,
    "power before": beta ** (t - 1) - beta**t / beta,
    "power of twice t": (1 - beta ** (2 * t)) / (1 - beta**t) - 1 - beta**t,
    "power of minus t": beta ** (-t) * (1 - beta**t) + 1 - beta ** (-t),
    "power of a bracket": (1 - beta) ** t - (-(beta - 1)) ** t,
    "root of a quotient": sqrt(v / w) - sqrt(v) / sqrt(w),
    "root of a product": sqrt(v * w) - sqrt(v) * sqrt(w),
    "corrected root": sqrt(v / (1 - beta**t)) - sqrt(v) / sqrt(1 - beta**t),
    "corrected root, turned": sqrt(-v / (beta**t - 1)) * sqrt(1 - beta**t) - sqrt(v),
    "square of a root": sqrt(v) ** 2 - v,
    "square of a root of a sum": sqrt(1 - beta**t) ** 2 - 1 + beta**t,
    "three halves": v ** Rational(3, 2) - v * sqrt(v),
    "minus one half": v ** Rational(-1, 2) - sqrt(v) / v,
    "fourth root": v ** Rational(1, 4) - sqrt(sqrt(v)),
    "fourth root, squared": (v ** Rational(1, 4)) ** 2 - sqrt(v),
    "third root": v ** Rational(4, 3) - v * v ** Rational(1, 3),
    "rationalised": 1 / (sqrt(v) + eps) - (sqrt(v) - eps) / (v - eps**2),
    "root in a root": sqrt(sqrt(v + 1) + 1) ** 4 - v - 2 - 2 * sqrt(v + 1),
    "roots over one state": sqrt(v + eps) ** 2 - sqrt(v + 1) ** 2 - eps + 1,
    "conjugates": (sqrt(v + eps) - sqrt(v)) * (sqrt(v + eps) + sqrt(v)) - eps,
    "two conjugates": (sqrt(v + 1) - sqrt(v)) * (sqrt(v + 1) + sqrt(v))
    - (sqrt(v + 2) - sqrt(v)) * (sqrt(v + 2) + sqrt(v)) / 2,
    "roots of numbers": sqrt(Integer(6) * v) - sqrt(2) * sqrt(3) * sqrt(v),
    "root of a square": sqrt((x - y) ** 2) - Abs(y - x),
    "root of an expanded square": sqrt(x**2 - 2 * x * y + y**2) - Abs(x - y),
    "root of a fourth power": sqrt((x - y) ** 4) - (x - y) ** 2,
    "absolute of a product": Abs(x * y) - Abs(x) * Abs(y),
    "absolute, squared": Abs(x - y) ** 2 - (x - y) ** 2,
    "absolute, expanded": Abs(x * (x + y)) - Abs(x**2 + x * y),
    "maximum, turned": Max(x, y) - Max(y, x),
    "maximum of quotients": Max(2 * x / 2, y) - Max((x * y + x) / (y + 1), y),
    "maximum of roots": Max(v, w) - Max((sqrt(v + 1) - 1) * (sqrt(v + 1) + 1), w),
    "maximum of equals": Max((x + 1) ** 2, x**2 + 2 * x + 1) - (x + 1) ** 2,
    "minimum": Min(x, y) + Max(-x, -y),
    "sign": sign(2 * x - 2 * y) - sign((x**2 - y**2) / (x + y)),
    "sign, turned": sign(x - y) + sign(y - x),
}

NOT_ZERO = {
    "root of a sum": sqrt(v + eps) - sqrt(v) - eps,
    "sum of roots": sqrt(v) * sqrt(w) - sqrt(v + w),
    "root of a square is no sign": sqrt((x - y) ** 2) - (x - y),
    "root of an expanded square": sqrt(x**2 - 2 * x * y + y**2) - x + y,
    "root and its negative": sqrt(v) + sqrt(v),
    "power": beta ** (t + 1) - beta ** (t + 2),
    "power of twice t": beta ** (2 * t) - beta**t,
    "epsilon, scaled": 1 / (sqrt(v) / sqrt(w) + eps) - sqrt(w) / (sqrt(v) + eps),
    "fourth root": v ** Rational(1, 4) - sqrt(v),
    "maximum": Max(x, y) - Max(x, z),
    "maximum and minimum": Max(x, y) - Min(x, y),
    "absolute": Abs(x - y) - x + y,
    "absolute of a sum": Abs(x + y) - Abs(x) - Abs(y),
    "sign": sign(x) - sign(y),
    "rounding": stored(x + y) - x - y,
    "rounding of a multiple": stored(2 * x) - 2 * stored(x),
    "curves": tanh(x) - erf(x),
    "angles": atan2(x, y) - atan2(y, x),
    "sign squared": sign(x) ** 2 - 1,
    "root in a root": sqrt(sqrt(v) + 1) ** 4 - v - 1,
}


@pytest.mark.parametrize("expression", ZERO.values(), ids=ZERO.keys())
def test_zero(expression):
    assert NormalForm().is_zero(expression)


@pytest.mark.parametrize("expression", NOT_ZERO.values(), ids=NOT_ZERO.keys())
def test_not_zero(expression):
    assert not NormalForm().is_zero(expression)


def test_one_normal_form_decides_them_all_in_any_order():
    """Opaque symbols and relations pile up and must not disturb later decisions."""
    cases = [(e, True) for e in ZERO.values()] + [(e, False) for e in NOT_ZERO.values()]
    for seed in (1, 2):
        random.Random(seed).shuffle(cases)
        normal = NormalForm()
        assert [(e, normal.is_zero(e)) for e, _ in cases] == cases


def test_readable_writes_roots_out_again():
    assert NormalForm().readable((v * x - v * y) / (sqrt(w) * (x - y))) == v / sqrt(w)


def test_a_name_like_an_inner_one_is_another_quantity():
    (root,) = hyperparameters("root_0")
    assert not NormalForm().is_zero(sqrt(1 + v) - root)


ATOMS = st.sampled_from([x, y, v, Integer(2), Rational(1, 3), beta**t, beta ** (2 * t)])


def _grown(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.builds(lambda a, b: a + b, parts, parts),
        st.builds(lambda a, b: a * b, parts, parts),
        st.builds(lambda a, b: a / (b + 1), parts, parts),
        st.builds(lambda a: sqrt(a + 1), parts),
        st.builds(lambda a: a * Abs(x - y), parts),
    )


EXPRESSIONS = st.recursive(ATOMS, _grown, max_leaves=3)


def _value(e: Expr, at: int) -> Float:
    """At positive numbers, to 40 digits. (Maxima are left out: some vanish there alone.)"""
    draw = random.Random(at)
    numbers = {s: Float(draw.randint(1, 97), 40) / 89 for s in (x, y, v)}
    numbers |= {beta: Float(draw.randint(1, 10), 40) / 11, t: Integer(draw.randint(1, 3))}
    return e.xreplace(numbers).evalf(40)


@settings(max_examples=30, derandomize=True)
@given(EXPRESSIONS, EXPRESSIONS)
def test_agrees_with_numbers(a, b):
    differences = {
        "two": a - b,
        "square": sqrt((a - b) ** 2) - Abs(a - b),
        "binomial": (a + b) ** 2 - (a**2 + 2 * a * b + b**2),
        "rationalised": 1 / (sqrt(a + 1) + 2) - (sqrt(a + 1) - 2) / (a - 3),
        "near": (a + b) ** 2 - (a**2 + a * b + b**2),
    }
    for e in differences.values():
        # 25 of 40 digits, to leave room for cancellation.
        vanishes = all(abs(_value(e, at)) < Float(10) ** -25 for at in range(8))
        assert NormalForm().is_zero(e) == vanishes, e


def test_imaginary_roots_keep_their_square():
    assert NormalForm().is_zero(sqrt(-v) ** 2 + v)
    assert not NormalForm().is_zero(sqrt(-v) - sqrt(v))


def test_what_is_positive_is_its_own_absolute_value():
    c = Symbol("c", positive=True)
    assert NormalForm().is_zero(sqrt(c**2 * v) - c * sqrt(v))
    assert not NormalForm().is_zero(sqrt(x**2 * v) - x * sqrt(v))
