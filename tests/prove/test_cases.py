"""Equations between expressions with cases: proved case by case, or under a condition."""

from dataclasses import replace

import pytest
from steprule.codegen.prove.cases import cases
from steprule.codegen.prove.derivation import derivation
from steprule.codegen.prove.facts import facts
from steprule.codegen.prove.page import page
from steprule.codegen.prove.prove import prove
from steprule.specs.language import SpecError
from steprule.specs.language.claims import Identity, Part, Verdict
from sympy import (
    Abs,
    And,
    Eq,
    Integer,
    Max,
    Min,
    Piecewise,
    Symbol,
    cos,
    pi,
    sign,
    sqrt,
    symbols,
    true,
)

T, w = symbols("T w", integer=True, positive=True)
step = Symbol("step", integer=True, nonnegative=True)
a, b, x = symbols("a b x", real=True)

WARMUP = Piecewise((a * step / w, step < w), (a, True))
THREE = Piecewise((a * step / w, step < w), (a, step < T), (b, True))
OTHER_WAY = Piecewise((b, step >= T), (a, step >= w), (a * step / w, True))


def claim(left, right, given=true):
    return Identity("tried", "Tried.", (Part("it", left, right, given),), Verdict.PROVED)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (WARMUP, Piecewise((a, step >= w), (a / w * step, True)), Verdict.PROVED),
        # Where step = w both are a: the residual a (step - w)/w has no room but to vanish.
        (WARMUP, Piecewise((a, step > w), (a / w * step, True)), Verdict.PROVED),
        (WARMUP, Piecewise((a, step >= w), (b / w * step, True)), Verdict.REFUTED),
        (WARMUP, Piecewise((a * step / w, step < T), (a, True)), Verdict.REFUTED),
        (x * WARMUP + 1, Piecewise((1 + a * x * step / w, step < w), (1 + a * x, True)), "PROVED"),
        (THREE, Piecewise((a * step / w, step < w), (a, step <= T), (b, True)), Verdict.REFUTED),
        # Unless w <= T, the second of these is not reached in the order of the first.
        (THREE, OTHER_WAY, Verdict.REFUTED),
        (WARMUP, a * Min(1, step / w), Verdict.PROVED),
        (WARMUP, a * Min(1, (step + 1) / w), Verdict.REFUTED),
        (Max(step - w, 0) + Min(step, w), step, Verdict.PROVED),
        (Max(1, step), step, Verdict.REFUTED),
        (Max(a, b) - Min(a, b), Abs(a - b), Verdict.PROVED),
        (1 - Abs(1 - 2 * x), Min(2 * x, 2 - 2 * x), Verdict.PROVED),
        (x, sign(x) * Abs(x), Verdict.PROVED),
        (Max(x, 0), (x - Abs(x)) / 2, Verdict.REFUTED),
    ],
)
def test_case_by_case(left, right, expected):
    assert prove(claim(left, right)).verdict is Verdict(expected)


@pytest.mark.parametrize(
    ("given", "right", "expected"),
    [
        (step < w, a * step / w, Verdict.PROVED),
        (w > step, a * step / w, Verdict.PROVED),
        (step >= w, a, Verdict.PROVED),
        (And(step < w, T > 2), a * step / w, Verdict.PROVED),
        (step < w, a, Verdict.REFUTED),
        (step >= w, a * step / w, Verdict.REFUTED),
        (step > 2 * w, a, Verdict.PROVED),
        (Eq(step, w), a, Verdict.PROVED),
        (Eq(step, w), a * step / w, Verdict.PROVED),
        (true, a, Verdict.REFUTED),
    ],
)
def test_under_a_condition(given, right, expected):
    assert prove(claim(WARMUP, right, given)).verdict is expected


def test_numbers_of_a_witness_satisfy_the_condition():
    witness = prove(claim(WARMUP, a, step < w)).witness
    assert witness.numbers["step"] < witness.numbers["w"]


def test_the_order_of_two_ends_is_a_condition():
    assert prove(claim(THREE, OTHER_WAY, w <= T)).verdict is Verdict.PROVED


def test_a_condition_no_numbers_drawn_satisfy_refutes_nothing():
    assert prove(claim(a, b, x > 1)).verdict is Verdict.UNKNOWN


def test_nothing_is_claimed_under_a_condition_that_never_holds():
    with pytest.raises(SpecError, match="never holds"):
        prove(claim(a, b, And(step < w, step > w + 1)))


def test_the_cases_cover_everything_once():
    at = [{step: n, w: 2, T: 4} for n in range(6)]
    for numbers in at:
        holding = [e for case, (e,) in cases([THREE], true) if case.subs(numbers) == true]
        assert [e.subs(numbers) for e in holding] == [THREE.subs(numbers)]


def test_a_case_of_its_own_is_said_on_the_page():
    settled = prove(claim(WARMUP, Piecewise((a * step / w, step < w), (b, True))))
    text = page(derivation(settled))
    assert "Where step < w, the difference vanishes." in text
    assert "Where step >= w, the difference is a - b." in text
    assert facts(settled)["residuals"] == {"it, where step >= w": "a - b"}


def test_the_condition_of_a_part_is_said():
    settled = prove(claim(WARMUP, a, step >= w))
    assert "Where step >= w, the difference vanishes." in page(derivation(settled))
    assert facts(settled)["equations"][0]["given"] == "step >= w"


def test_names_stand_for_expressions():
    area, radius = symbols("area radius", real=True)
    stated = replace(claim(2 * area, x * radius), where={radius: x / 2, area: radius**2})
    settled = prove(stated)
    assert settled.verdict is Verdict.PROVED
    text = page(derivation(settled))
    assert "    area = radius**2\n" in text
    assert "    = radius*x\n" in text
    assert facts(settled)["where"] == {"radius": "x/2", "area": "radius**2"}
    wrong = prove(replace(stated, where={radius: x / 3, area: radius**2}))
    assert wrong.verdict is Verdict.REFUTED
    assert set(wrong.witness.numbers) == {"x"}


def test_an_option_is_no_case():
    flag = Symbol("flag")
    with pytest.raises(SpecError, match="Settle options"):
        prove(claim(Piecewise((a, flag), (b, True)), a))


def test_a_value_that_vanishes_to_fifty_digits_refutes_nothing():
    """Both are 0; what rounding leaves of them is no difference."""
    hidden = cos(pi * step / 5) ** 2 + (1 - cos(2 * pi * step / 5)) / 2 - 1
    assert prove(claim(sqrt(2) * hidden, Integer(0))).verdict is Verdict.UNKNOWN
