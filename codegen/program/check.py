"""Hold a program against its spec at random exact points: a wrong rewrite cannot survive."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import sympify

from ...specs.language import Interval, Optimizer, Shape
from ...specs.language.heads import Head
from ..oracle import exact
from ..oracle.optimizers import step
from .evaluate import evaluate, value_of
from .lower import lower_expression
from .nodes import Program
from .operations import Kind

POINTS = 16

_MOST_ATTEMPTS = 1000
"""To draw arguments that meet the constraints."""

TOLERANCE = exact.context.mpf(10) ** -40
"""Relative. The exact numbers carry 50 digits; a rewrite may lose a few to cancellation."""


class RewriteError(Exception):
    """A pass changed what a program computes: a fault of this package, not of a spec."""


@dataclass(frozen=True)
class _Point:
    values: dict[str, Any]
    expected: dict[str, Any]


class Checker:
    """Evaluates programs of one spec beside its equations, at the same random points."""

    def __init__(self, spec: Optimizer, points: int = POINTS) -> None:
        self._spec = spec
        self._points = list(_points(spec, points))

    def check(self, program: Program, *, after: str) -> None:
        """Compare the program with the spec.

        Raises:
            RewriteError: they differ; ``after`` names the pass to blame.
        """
        for point in self._points:
            actual = evaluate(program, point.values)
            if actual.keys() != point.expected.keys():
                raise RewriteError(f"{self._spec.name}: {after} changed which states exist")
            for name, expected in point.expected.items():
                if not _equal(actual[name], expected):
                    difference = f"{actual[name]} is not {expected}"
                    raise RewriteError(f"{self._spec.name}: {after} changed {name}: {difference}")


def _points(spec: Optimizer, count: int) -> Iterator[_Point]:
    draw = random.Random(0)
    shape = (2, 2) if _has_whole_tensor_operations(spec) else ()
    for _ in range(count):
        hyper, options = _arguments(spec, draw)
        settings: dict[str, Any] = {**hyper, **options}
        t = draw.randint(1, 5)
        states = {
            s.name: _tensor(s.domain, draw, shape)
            if s.shape is Shape.TENSOR
            else _inside(s.domain, draw)
            for s in spec.states
            if value_of(lower_expression(spec, s.when), settings)
            and not (s.init is None and t == 1)
        }
        theta, gradient = (_tensor(Interval(), draw, shape) for _ in range(2))
        values = settings | states
        values |= {"theta": theta, "grad": gradient, "t": Fraction(t), "first": t == 1}
        new = step(
            spec, t=t, theta=theta, gradient=gradient, states=states, hyper=hyper, options=options
        )
        yield _Point(values, new)


def _arguments(spec: Optimizer, draw: random.Random) -> tuple[dict[str, Fraction], dict[str, bool]]:
    """Random hyperparameters and options that meet the constraints.

    They are the defaults where none are found: of an equality, say, between two of them.
    """
    constraints = [lower_expression(spec, sympify(c.condition)) for c in spec.constraints]
    for _ in range(_MOST_ATTEMPTS):
        options = {o.name: draw.random() < 0.5 for o in spec.options}
        hyper = {h.name: _inside(h.domain, draw, may_be_zero=True) for h in spec.hyperparameters}
        if all(value_of(c, {**hyper, **options}) for c in constraints):
            return hyper, options
    defaults = {h.name: Fraction(h.default) for h in spec.hyperparameters}
    return defaults, {o.name: False for o in spec.options}


def _has_whole_tensor_operations(spec: Optimizer) -> bool:
    return any(
        head.category in (Kind.REDUCTION.value, Kind.MATRIX.value)
        for update in spec.updates
        for head in update.value.atoms(Head)
    )


def _inside(domain: Interval, draw: random.Random, *, may_be_zero: bool = False) -> Fraction:
    """A random rational in the interior of a domain, or 0 where that is worth trying."""
    zero_allowed = (domain.low is None or domain.low <= 0) and not domain.low_open
    if may_be_zero and zero_allowed and draw.random() < 0.3:
        return Fraction(0)
    low = domain.low if domain.low is not None else Fraction(-2)
    high = domain.high if domain.high is not None else low + 3
    return low + (high - low) * Fraction(draw.randint(1, 62), 64)


def _tensor(domain: Interval, draw: random.Random, shape: tuple[int, ...]) -> Any:
    elements = np.empty(shape, dtype=object)
    for i in np.ndindex(shape):
        elements[i] = _inside(domain, draw)
    return elements


def _equal(actual: Any, expected: Any) -> bool:
    # A scalar stands for a tensor of that many: before ``fill``, and where the spec says so.
    same = np.frompyfunc(_same, 2, 1)(actual, expected)
    return np.shape(same) == np.shape(expected) and bool(np.all(same))


def _same(a: exact.Number, b: exact.Number) -> bool:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    a, b = exact.approximate(a), exact.approximate(b)
    if exact.is_nan(a) or exact.is_nan(b):
        return exact.is_nan(a) and exact.is_nan(b)
    return a == b or bool(abs(a - b) <= TOLERANCE * max(abs(a), abs(b)))
