"""Random exact points of an optimizer, and what its equations make of them."""

import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import sympify

from ...specs.language import Interval, Optimizer, Shape
from ...specs.language.heads import Head
from ..oracle.exact import ZERO, Number, exact
from ..oracle.optimizers import step
from .evaluate import value_of
from .lower import lower_expression
from .operations import Kind

MOST_ATTEMPTS = 1000
"""To draw arguments that meet the constraints."""


@dataclass(frozen=True)
class OptimizerPoint:
    """A step: every state and parameter is computed by every program."""

    values: Mapping[str, Any]
    new: Mapping[str, Any]

    def expected(self, computed: Collection[str]) -> Mapping[str, Any]:
        return self.new


def optimizer_points(spec: Optimizer, count: int) -> Iterator[OptimizerPoint]:
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
        values |= {"theta": theta, "grad": gradient, "t": exact(t), "first": t == 1}
        new = step(
            spec, t=t, theta=theta, gradient=gradient, states=states, hyper=hyper, options=options
        )
        yield OptimizerPoint(values, new)


def _arguments(spec: Optimizer, draw: random.Random) -> tuple[dict[str, Number], dict[str, bool]]:
    """Random hyperparameters and options that meet the constraints.

    They are the defaults where none are found: of an equality, say, between two of them.
    """
    constraints = [lower_expression(spec, sympify(c.condition)) for c in spec.constraints]
    for _ in range(MOST_ATTEMPTS):
        options = {o.name: draw.random() < 0.5 for o in spec.options}
        hyper = {h.name: _inside(h.domain, draw, may_be_zero=True) for h in spec.hyperparameters}
        if all(value_of(c, {**hyper, **options}) for c in constraints):
            return hyper, options
    defaults = {h.name: exact(h.default) for h in spec.hyperparameters}
    return defaults, {o.name: False for o in spec.options}


def _has_whole_tensor_operations(spec: Optimizer) -> bool:
    return any(
        head.category in (Kind.REDUCTION.value, Kind.MATRIX.value)
        for update in spec.updates
        for head in update.value.atoms(Head)
    )


def _inside(domain: Interval, draw: random.Random, *, may_be_zero: bool = False) -> Number:
    """A random rational in the interior of a domain, or 0 where that is worth trying."""
    zero_allowed = (domain.low is None or domain.low <= 0) and not domain.low_open
    if may_be_zero and zero_allowed and draw.random() < 0.3:
        return ZERO
    low = domain.low if domain.low is not None else Fraction(-2)
    high = domain.high if domain.high is not None else low + 3
    return between(low, high, draw.randint(1, 62), 64)


def between(low: Fraction, high: Fraction, parts: int, whole: int) -> Number:
    """What lies so many parts of a whole above the lower end."""
    return exact(low + (high - low) * Fraction(parts, whole))


def _tensor(domain: Interval, draw: random.Random, shape: tuple[int, ...]) -> Any:
    elements = np.empty(shape, dtype=object)
    for i in np.ndindex(shape):
        elements[i] = _inside(domain, draw)
    return elements
