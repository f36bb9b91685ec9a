"""How far rounding can lead, worked by hand."""

from fractions import Fraction

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.load import load
from steprule.codegen.oracle.formats import FORMATS
from steprule.codegen.program.compiled import CompiledRule, compiled
from steprule.codegen.program.nodes import Program
from steprule.codegen.program.passes.expand import expand
from steprule.codegen.verify.optimizers.bounds import bounds
from steprule.codegen.verify.optimizers.reach import Bounds
from steprule.codegen.verify.roundings import carried
from steprule.specs.language import NON_NEGATIVE, Optimizer, State, Update, grad, norm, t, theta
from steprule.specs.language import states as series
from sympy import Rational, sqrt

G = grad(theta[t - 1])

SINGLE, HALF = FORMATS["float32"], FORMATS["float16"]
U = 2.0**-24
"""Half an ulp of float32 at 1."""

SGD = expand(CompiledRule(analyse(load("sgd")[0])).program)


def of_sgd(theta, grad, stored=SINGLE, computed=SINGLE, **given) -> Bounds:
    hyper = {"lr": 0.5, "momentum": 0.0, "dampening": 0.0, "weight_decay": 0.0}
    options = {"nesterov": False, "maximize": False}
    values = {**hyper, **options, "t": 1, "first": True, "theta": theta, "grad": grad, **given}
    return bounds(SGD, values, stored, computed)["theta"]


@pytest.mark.parametrize(
    ("theta", "grad", "given", "halves"),
    [
        # 1 - 0.5*0.5: the product is in [1/4, 1/2), the difference in [1/2, 1)
        (1.0, 0.5, {}, 1 / 4 + 1 / 2),
        # 1.5 - 0.5*1: the product is in [1/2, 1), the difference at 1
        (1.5, 1.0, {}, 1 / 2 + 1),
        # what cancels leaves the rounding of what was subtracted, and that of what is left
        (1.0, 2.0, {"lr": 0.5}, 1),
        # lr of 0.1 is rounded to float32, in [1/16, 1/8): half an ulp times the gradient
        (0.0, 1.0, {"lr": 0.1}, 3 / 16),
    ],
)
def test_a_step_of_sgd(theta, grad, given, halves) -> None:
    assert float(of_sgd(theta, grad, **given).off) == pytest.approx(halves * U, rel=1e-5)


def test_among_subnormals_half_of_the_smallest_is_lost() -> None:
    smallest = 2.0**-149
    off = of_sgd(0.0, 3 * smallest).off  # 1.5 times the smallest, and the difference with 0
    assert float(off) == smallest


def test_what_is_computed_wider_is_rounded_when_it_is_stored() -> None:
    narrow = float(of_sgd(1.0, 0.5, HALF, HALF).off)
    wide = float(of_sgd(1.0, 0.5, HALF, SINGLE).off)
    assert narrow == pytest.approx((1 / 4 + 1 / 2) * 2.0**-11, rel=1e-3)
    assert wide == pytest.approx(1 / 2 * 2.0**-11, rel=1e-3)


def test_what_is_too_large_may_come_out_as_it_is_or_infinite() -> None:
    theta = np.array([0.0, 1.0], dtype=np.float32)
    grad = np.array([float(SINGLE.largest), 1.0])
    found = of_sgd(theta, grad, lr=4.0)
    assert list(found.is_saturated(np.array([-np.inf, -3.0]))) == [True, True]
    assert list(found.is_saturated(np.array([np.inf, -2.0]))) == [False, False]


@pytest.mark.parametrize(
    ("name", "value", "operands", "off"),
    [
        ("floor", 2.0, [(2.5, 0.25)], 0),
        ("floor", 2.0, [(2.125, 0.25)], 1),
        ("floor", 2.0, [(2.0, 0.0)], 0),
        ("floordiv", 3.0, [(7.0, 0.0), (2.0, 0.0)], 0),
        ("floordiv", 3.0, [(7.5, 0.75), (2.0, 0.0)], 1),
        ("mod", 1.0, [(7.0, 0.25), (2.0, 0.0)], 0.25),
        # 6.9 to 7.1 over 2.25 is 3 and a bit, and each of the three is off as the divisor is
        ("mod", 0.25, [(7.0, 0.0), (2.25, 0.0625)], 3 * 0.0625),
        ("mod", 0.125, [(6.125, 0.25), (2.0, 0.0)], 2),  # or just below 2
    ],
)
def test_whole_numbers_are_off_near_a_step_alone(name, value, operands, off) -> None:
    assert float(carried(name, value, operands)) == off


@pytest.mark.parametrize("exponent", [0.24, 0.5, 0.9, 2.5, 3.0])
@pytest.mark.parametrize(
    ("base", "off"), [(0.0, 5e-324), (2.5e-320, 5e-324), (1e-310, 1e-310), (1.0, 0.5), (1e-3, 1e-9)]
)
def test_a_power_is_off_by_what_its_base_makes_of_it(
    base: float, off: float, exponent: float
) -> None:
    """Most where the base is hardly above 0, as what underflows is."""
    value = np.power(np.longdouble(base), exponent)
    bound = carried("pow", value, [(np.longdouble(base), off), (exponent, 0.0)])
    ends = [np.power(np.longdouble(max(base + d, 0.0)), exponent) for d in (off, -off)]
    furthest = max(abs(end - value) for end in ends)
    assert furthest <= bound * (1 + 2**-8)
    assert bound <= furthest * (1 + 2**-8)


def of_rule(states, *updates) -> Program:
    made = Optimizer(
        "Rule", summary="One.", source="here", hyper=[], states=states, updates=updates
    )
    return expand(compiled(analyse(made)).program)


def test_a_constant_is_rounded_too() -> None:
    """The third that a cube root is written with is off by a part of its own last place."""
    (v,) = series("v")
    program = of_rule(
        [State(v, init=0, key="v", domain=NON_NEGATIVE)],
        Update(v[t], v[t - 1] + G**2),
        Update(theta[t], theta[t - 1] - v[t] ** Rational(1, 3)),
    )
    double = FORMATS["float64"]
    values = {"theta": np.zeros(1), "grad": np.zeros(1), "v": np.array([2.0**600]), "t": 2}
    off = bounds(program, values | {"first": False}, double, double)["theta"].off
    third = abs(float(Fraction(1, 3) - Fraction(1 / 3)))
    # By halves of an ulp: the power itself is off by eight more, the difference by one, and the
    # sum in v by one, of which a cube root sees a third.
    expected = 2.0**200 * (600 * np.log(2) * third + (8 + 1 + 1 / 3) * 2.0**-53)
    assert off == pytest.approx(expected, rel=1e-3)


def test_a_scalar_may_meet_either_factor_of_a_product_first() -> None:
    """Where it halves what is subnormal, half of the smallest is lost, times the other factor."""
    m, v = series("m v")
    keeping = [Update(m[t], m[t - 1]), Update(v[t], v[t - 1])]
    step = Update(theta[t], theta[t - 1] - sqrt(t) * (m[t] * v[t]) + G)
    program = of_rule([State(m, init=0, key="m"), State(v, init=0, key="v")], *keeping, step)
    smallest, far = 2.0**-149, 2.0**40
    values = {"theta": np.zeros(1), "grad": np.zeros(1), "t": 0.25, "first": False}
    for tiny, large in (("m", "v"), ("v", "m")):
        states = {tiny: np.array([3 * smallest]), large: np.array([far])}
        off = bounds(program, values | states, SINGLE, SINGLE)["theta"].off
        assert smallest / 2 * far <= off <= smallest * far


def test_where_a_norm_is_too_large_elements_alone_may_be_infinite() -> None:
    program = of_rule([], Update(theta[t], theta[t - 1] - (G + theta[t - 1]) / (norm(G) + 1)))
    largest = np.full(2, float(SINGLE.largest), dtype=np.float32)
    values = {"theta": largest, "grad": largest, "t": 1, "first": True}
    found = bounds(program, values, SINGLE, SINGLE)["theta"]
    # All that is too large: infinity by infinity. The sum alone: by a norm that is kept wider.
    assert list(found.is_saturated(np.array([np.nan, -np.inf]))) == [True, True]
    assert not found.is_saturated(np.array([np.inf, 1.0])).any()


def test_what_is_rounded_to_storage_is_off_next_to_a_middle_alone() -> None:
    """Of float16 at 1: an ulp is 2**-10, and 1 + 2**-11 is a middle, which float32 holds."""
    program = expand(CompiledRule(analyse(load("KahanAdamW")[0])).program)
    hyper = {"lr": 0.5, "beta1": 0.0, "beta2": 0.0, "eps": 0.0, "weight_decay": 0.0}
    theta = np.ones(2)
    # A gradient of 1 makes a step of 1/2, of which what was left over is taken.
    values = {**hyper, "maximize": False, "t": 1, "first": True, "theta": theta, "grad": theta}
    values |= {"m": 0 * theta, "v": 0 * theta, "c": 0.5 + np.array([2.0**-11, 2.0**-13])}
    off = bounds(program, values, HALF, SINGLE)["theta"].off
    assert list(off > 2.0**-11) == [True, False]
    assert off[1] == 0
