"""Rational numbers at which two formulations part, found by running both through the oracle."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Expr, Rational, Symbol, sympify
from sympy import Float as SympyFloat

from ...specs.language import UNIT, Interval, t
from ...specs.language.claims import Equivalence
from ..oracle import exact
from ..oracle import optimizers as oracle
from .induction import Correspondence
from .symbolic import Setting

STEPS = 4
TRIES = 25

APART = exact.context.mpf(10) ** -30
"""Relative, absolute below 1. Roots carry 50 digits; what differs by more differs."""


@dataclass(frozen=True)
class Witness:
    """Where the parameters of two formulations part.

    Args:
        hyper: the hyperparameters that the claim leaves free.
        start: the left side's first parameter.
        slope: the loss's gradient at x is ``slope*x + x**2/4``.
        step: the first step after which they differ.
        left: the left side's parameter there, taken through the map.
        right: the right side's.
    """

    hyper: Mapping[str, Fraction]
    start: Fraction
    slope: Fraction
    step: int
    left: exact.Number
    right: exact.Number


def find_witness(claim: Equivalence) -> Witness | None:
    """Numbers that refute a claim, or None where none of those tried do."""
    draw = random.Random(0)
    for _ in range(TRIES):
        hyper = {name: _inside(domain, draw) for name, domain in _free(claim).items()}
        start, slope = (Fraction(draw.randint(1, 16), 8) for _ in range(2))
        found = replay(claim, hyper, start, slope)
        if found is not None:
            return found
    return None


def replay(
    claim: Equivalence, hyper: Mapping[str, Fraction], start: Fraction, slope: Fraction
) -> Witness | None:
    """Run both sides on these numbers; the first step at which they part, if any."""
    phi = Correspondence(claim)
    numbers = {symbol: _rational(hyper[symbol.name]) for symbol in _symbols(claim)}
    at = numbers | {t: sympify(1)}
    left = _Run(phi.left, _given(phi.left, at), slope)
    left.start(start)
    mapped = _mapped(phi, left, numbers, sympify(0))["theta"]
    right = _Run(phi.right, _given(phi.right, at), slope)
    right.start(start if mapped is None else mapped)
    for step in range(1, STEPS + 1):
        at = numbers | {t: sympify(step)}
        for side in (left, right):
            side.hyper = _given(side.side, at)
            side.step(step)
        ours, theirs = _mapped(phi, left, at, sympify(step))["theta"], right.values["theta"]
        if ours is None or not (exact.is_finite(ours) and exact.is_finite(theirs)):
            return None
        if not _same(ours, theirs):
            return Witness(hyper, start, slope, step, ours, theirs)
    return None


class _Run:
    """One side, step by step, through the oracle."""

    def __init__(self, side: Setting, hyper: dict[str, Any], slope: Fraction) -> None:
        self.side = side
        self.hyper = hyper
        self.options = {f.name: on for f, on in side.options.items()}
        self.slope = slope
        self.values: dict[str, Any] = {}

    def start(self, theta: exact.Number) -> None:
        states = oracle.initial(self.side.spec, (), self.hyper, self.options)
        self.values = {"theta": theta} | {n: _scalar(v) for n, v in states.items()}

    def step(self, t: int) -> None:
        states = {n: _array(v) for n, v in self.values.items() if n != "theta"}
        new = oracle.step(
            self.side.spec,
            t=t,
            theta=_array(self.values["theta"]),
            gradient=self._gradient,
            states=states,
            hyper=self.hyper,
            options=self.options,
        )
        self.values = {name: _scalar(value) for name, value in new.items()}

    def _gradient(self, point: Any) -> Any:
        x = _scalar(point)
        linear = exact.multiply(self.slope, x)
        return _array(exact.add(linear, exact.multiply(Fraction(1, 4), exact.square(x))))


def _free(claim: Equivalence) -> dict[str, Interval]:
    """The hyperparameters that neither side gives in terms of others, and their domains."""
    sides = (claim.right, claim.left)
    domains = {h.name: h.domain for side in sides for h in side.spec.hyperparameters}
    names = sorted({symbol.name for symbol in _symbols(claim)})
    return {name: domains.get(name, UNIT) for name in names}


def _symbols(claim: Equivalence) -> set[Symbol]:
    """What the hyperparameters of both sides are expressions in, other than t."""
    return {
        symbol
        for side in (claim.right, claim.left)
        for h in side.spec.hyperparameters
        for symbol in sympify(side.hyper.get(h.symbol, h.symbol)).free_symbols - {t}
    }


def _given(side: Setting, at: Mapping[Any, Any]) -> dict[str, exact.Number]:
    """A side's hyperparameters as numbers."""
    values = {
        h.name: sympify(side.hyper.get(h.symbol, h.symbol)) for h in side.spec.hyperparameters
    }
    return {name: _number(e.xreplace(at)) for name, e in values.items()}


def _mapped(phi: Correspondence, left: _Run, at: Mapping[Any, Any], step: Expr) -> dict[str, Any]:
    values = {name: _expression(value) for name, value in left.values.items()}
    values |= {name: None for name in phi.left.quantities if name not in values}
    mapped = phi.of(values, step)
    return {n: None if e is None else _number(e.xreplace(at)) for n, e in mapped.items()}


def _inside(domain: Interval, draw: random.Random) -> Fraction:
    low = domain.low if domain.low is not None else Fraction(0)
    high = domain.high if domain.high is not None else low + 1
    return low + (high - low) * Fraction(draw.randint(1, 7), 8)


def _scalar(value: Any) -> exact.Number:
    return value.item() if isinstance(value, np.ndarray) else value


def _array(value: exact.Number) -> Any:
    array = np.empty((), dtype=object)
    array[()] = value
    return array


def _rational(value: Fraction) -> Expr:
    return Rational(value.numerator, value.denominator)


def _expression(value: exact.Number) -> Expr:
    return _rational(value) if isinstance(value, Fraction) else SympyFloat(str(value), 50)


def _number(e: Expr) -> exact.Number:
    e = sympify(e)
    if e.is_Rational:
        return Fraction(int(e.p), int(e.q))  # pyright: ignore[reportAttributeAccessIssue]
    return exact.context.mpf(str(e.evalf(50)))


def _same(a: exact.Number, b: exact.Number) -> bool:
    x, y = exact.approximate(a), exact.approximate(b)
    return bool(abs(x - y) <= APART * max(1, abs(x), abs(y)))
