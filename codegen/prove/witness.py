"""Rational numbers at which two formulations part, found by running both through the oracle."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Basic, Symbol, sympify

from ...specs.language import UNIT, Interval, Value, t
from ...specs.language.claims import Equivalence
from ..analysis.matrices import needs_matrices
from ..oracle import exact
from ..oracle import optimizers as oracle
from ..oracle.evaluate import Equations
from .induction import Correspondence
from .symbolic import Setting

STEPS = 4
TRIES = 25

_QUARTER = exact.exact("1/4")


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
    """Numbers that refute a claim, or None where none of those tried do.

    First the gradient has the parameter's sign, and then, as norms may depend on it, the other.
    """
    free = _free(claim).items()
    ones = {name for name, _ in free if name in _of_views(claim)}
    whole = {symbol.name for symbol in _symbols(claim) if symbol.is_integer}
    for sign in (1, -1):
        draw = random.Random(0)
        for _ in range(TRIES):
            hyper = {
                name: _whole(domain, draw) if name in whole else _inside(domain, draw)
                for name, domain in free
            }
            hyper |= dict.fromkeys(ones, Fraction(1))
            start, slope = (Fraction(draw.randint(1, 16), 8) for _ in range(2))
            if found := replay(claim, hyper, start, sign * slope):
                return found
    return None


def replay(
    claim: Equivalence, hyper: Mapping[str, Fraction], start: Fraction, slope: Fraction
) -> Witness | None:
    """Run both sides on these numbers; the first step at which they part, if any."""
    phi = Correspondence(claim)
    numbers = {symbol: exact.exact(hyper[symbol.name]) for symbol in _symbols(claim)}
    at = numbers | {t: exact.exact(1)}
    is_matrix = needs_matrices(phi.left.spec) or needs_matrices(phi.right.spec)
    shape = (1, 1) if is_matrix else ()
    left = _Run(phi.left, _given(phi.left, at), slope, shape)
    left.start(exact.exact(start))
    mapped = _mapped(phi, left, numbers | {t: exact.exact(0)})
    right = _Run(phi.right, _given(phi.right, at), slope, shape)
    right.start(exact.exact(start) if mapped is None else mapped)
    for step in range(1, STEPS + 1):
        at = numbers | {t: exact.exact(step)}
        for side in (left, right):
            side.hyper = _given(side.side, at)
            side.step(step)
        ours, theirs = _mapped(phi, left, at), right.values["theta"]
        if ours is None or not (exact.is_finite(ours) and exact.is_finite(theirs)):
            return None
        if not exact.same(ours, theirs):
            return Witness(hyper, start, slope, step, ours, theirs)
    return None


class _Run:
    """One side, step by step, through the oracle: a parameter of one number, in a shape."""

    def __init__(
        self, side: Setting, hyper: dict[str, Any], slope: Fraction, shape: tuple[int, ...]
    ) -> None:
        self.side = side
        self.hyper = hyper
        self.options = {f.name: on for f, on in side.options.items()}
        self.slope = exact.exact(slope)
        self.shape = shape
        self._held: dict[str, Any] = {}

    @property
    def values(self) -> dict[str, exact.Number]:
        """The number that each of them is, but for the states of several: their first."""
        return {name: _scalar(value) for name, value in self._held.items()}

    def start(self, theta: exact.Number) -> None:
        point = _array(theta, self.shape)
        states = oracle.initial(self.side.spec, point, self.hyper, self.options)
        self._held = {"theta": point, **states}

    def step(self, t: int) -> None:
        self._held = oracle.step(
            self.side.spec,
            t=t,
            theta=self._held["theta"],
            gradient=self._gradient,
            states={name: value for name, value in self._held.items() if name != "theta"},
            hyper=self.hyper,
            options=self.options,
        )

    def _gradient(self, point: Any) -> Any:
        x = _scalar(point)
        linear = exact.multiply(self.slope, x)
        found = exact.add(linear, exact.multiply(_QUARTER, exact.square(x)))
        return _array(found, np.shape(point))


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


def _of_views(claim: Equivalence) -> set[str]:
    """What says as how many matrices, and of what rank, a parameter is seen: of one number, 1."""
    views = [side.spec.view for side in (claim.left, claim.right)]
    given = [sympify(e) for view in views for e in (view.parts, view.rank)]
    return {str(symbol) for e in given for symbol in e.free_symbols}


def _given(side: Setting, at: Mapping[Basic, exact.Number]) -> dict[str, exact.Number]:
    """A side's hyperparameters as numbers."""
    equations = Equations(side.spec.name, symbols=at)
    return {
        h.name: _scalar(equations.value(sympify(side.hyper.get(h.symbol, h.symbol))))
        for h in side.spec.hyperparameters
    }


def _mapped(
    phi: Correspondence, left: _Run, at: Mapping[Basic, exact.Number]
) -> exact.Number | None:
    """The right side's parameter by the map; None where a value it reads is missing."""
    e = phi.equations["theta"]
    read = e.atoms(Value)
    if any(value.name not in left.values for value in read):
        return None
    known = {value: left.values[value.name] for value in read}
    return _scalar(Equations(phi.left.spec.name, symbols={**at, **known}).value(e))


def _inside(domain: Interval, draw: random.Random) -> Fraction:
    low = domain.low if domain.low is not None else Fraction(0)
    high = domain.high if domain.high is not None else low + 1
    return low + (high - low) * Fraction(draw.randint(1, 7), 8)


def _whole(domain: Interval, draw: random.Random) -> Fraction:
    """A whole number of a domain, not far above its lowest."""
    low = math.ceil(domain.low) if domain.low is not None else 0
    high = math.floor(domain.high) if domain.high is not None else low + 3
    return Fraction(draw.randint(low, min(high, low + 3)))


def _scalar(value: Any) -> exact.Number:
    return value.flat[0] if isinstance(value, np.ndarray) else value


def _array(value: exact.Number, shape: tuple[int, ...]) -> Any:
    array = np.empty(shape, dtype=object)
    array[...] = value
    return array
