"""The lines of a derivation are equal in numbers, and part where claims are refuted."""

import random
from math import isclose

import pytest
from steprule.codegen.prove.derivation import Chain, Passage, derivation
from steprule.codegen.prove.opening import opened
from steprule.codegen.prove.page import page
from steprule.codegen.prove.prove import prove
from steprule.specs.claims import momentum
from steprule.specs.language import GradientAt, Value
from sympy import Expr, Rational, Symbol, sqrt, symbols

from .of_one_number import of_one_number

a, b, c, x, y = symbols("a b c x y", real=True)


def number(e: Expr, seed: int, *, slope: int = 1) -> float:
    """Its value at numbers that depend on nothing but the seed and the names.

    All are positive, but for gradients, which have the sign of the slope.
    """

    def drawn(node: Expr) -> Rational:
        draw = random.Random(f"{seed} {node}")
        return Rational(draw.randint(1, 15), 16) if node != Symbol("t") else Rational(3)

    e = of_one_number(e)
    e = e.xreplace({node: slope * drawn(node) for node in e.atoms(GradientAt)})
    e = e.xreplace({node: drawn(node) for node in e.atoms(Value)})
    whole = {s: Rational(3) for s in e.free_symbols if s.is_integer}
    e = e.xreplace(whole)
    signs = {Symbol("g", real=True): slope}
    return float(e.xreplace({s: signs.get(s, 1) * drawn(s) for s in e.free_symbols}))


def steps(passages, *keys: str) -> dict[str, list[tuple[Expr, ...]]]:
    """The chains of each quantity, but for the map itself, which is of another time."""
    found: dict[str, list[tuple[Expr, ...]]] = {}
    for passage in passages:
        if passage.key in keys:
            (chain,) = passage.formulas
            assert isinstance(chain, Chain)
            skipped = passage.key == "mapped" and len(chain.steps) > 1
            found.setdefault(str(passage.arguments["quantity"]), []).append(
                chain.steps[1:] if skipped else chain.steps
            )
    return found


def test_lines_are_equal_in_numbers(claim):
    settled = prove(claim)
    both = steps(derivation(settled).passages, "mapped", "computed")
    is_proved = settled.verdict.value == "PROVED"
    for image, computed in both.values():
        for seed in range(3):
            first, *others = [number(e, seed) for e in image]
            assert all(isclose(first, other, rel_tol=1e-9) for other in others)
            then, *others = [number(e, seed) for e in computed]
            assert all(isclose(then, other, rel_tol=1e-9) for other in others)
            if is_proved:
                assert isclose(first, then, rel_tol=1e-9)
    if not is_proved:
        residuals = [p for p in derivation(settled).passages if p.key.startswith("residual")]
        assert residuals
        for residual in residuals:
            (chain,) = residual.formulas
            assert any(number(chain.steps[0], k, slope=sign) for k in range(30) for sign in (1, -1))


def keys(passages: tuple[Passage, ...]) -> list[str]:
    return [passage.key for passage in passages]


def test_what_is_said_and_in_what_order():
    said = keys(derivation(prove(momentum.momentum_velocity)).passages)
    each = ["mapped", "computed", "equal"]
    assert said == ["left", "right", "map", "point", "step", *each, *each, "induction"]


def test_a_first_step_of_its_own_is_said():
    settled = prove(momentum.nesterov_spec)
    said = keys(derivation(settled).passages)
    assert said[:4] == ["left", "right", "with-options", "map"]
    assert said[-1] == "induction-from-first-step"
    text = page(derivation(settled))
    assert (
        "with nesterov and no other option, and\n    momentum = beta\n    dampening = 0\n" in text
    )


def test_gradients_at_two_points_have_two_names():
    settled = prove(momentum.nesterov_is_not_momentum)
    passages = derivation(settled).passages
    assert "two-points" in keys(passages)
    names = {
        s.name
        for p in passages
        if p.key == "computed"
        for e in p.formulas[0].steps
        for s in e.free_symbols
    }
    assert "g'" in names
    assert "g" not in names


@pytest.mark.parametrize(
    ("e", "expected"),
    [
        (a * (b + c), a * b + a * c),
        ((a + b) ** 2, a**2 + 2 * a * b + b**2),
        (a * (b + c * (a + 1)) / (x + y), a * (b + a * c + c) / (x + y)),
        (a * ((b + c) / (x + y) + b), a * (b + c) / (x + y) + a * b),
        (-a * (-b - c) / (x + y), a * (b + c) / (x + y)),
        (1 / (sqrt(a * (b + c)) + 1), 1 / (sqrt(a * b + a * c) + 1)),
    ],
)
def test_quotients_stay_what_they_are(e, expected):
    assert opened(e) == expected
    assert isclose(number(e, 1), number(expected, 1), rel_tol=1e-12)
