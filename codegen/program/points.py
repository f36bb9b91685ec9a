"""Random exact points of an optimizer, and what its equations make of them."""

import math
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import cycle
from typing import Any

import numpy as np
from sympy import sympify

from ...specs.language import Hyper, Interval, Optimizer, View, machine_epsilon
from ...specs.language.shapes import facts
from ..analysis.cases import SHAPES
from ..analysis.matrices import needs_matrices
from ..oracle.exact import ZERO, Number, UndecidedError, exact
from ..oracle.formats import COARSEST
from ..oracle.optimizers import step
from ..oracle.views import rank_of
from .evaluate import value_of
from .lower import lower, lower_expression
from .nodes import Node

MOST_ATTEMPTS = 1000
"""To draw arguments that meet the constraints."""


@dataclass(frozen=True)
class OptimizerPoint:
    """A step: every state and parameter is computed by every program."""

    values: Mapping[str, Any]
    new: Mapping[str, Any]

    def expected(self, computed: Collection[str]) -> Mapping[str, Any]:
        return self.new


_RANK = 2
"""The largest length of a basis."""


def optimizer_points(spec: Optimizer, count: int) -> Iterator[OptimizerPoint]:
    """Points at random. One whose truth digits do not tell, as of roots that cancel, is drawn anew.

    Raises:
        UndecidedError: it was so at as many points as are asked for.
    """
    if not spec.view.is_plain:  # programs are given what views make of parameters
        spec = replace(spec, view=View(rank=_RANK))
    draw = random.Random(0)
    tests = _Tests.of(spec)
    shapes = cycle(_shapes(spec))
    found = undecided = 0
    while found < count:
        try:
            point = _point(spec, tests, draw, next(shapes))
        except UndecidedError:
            undecided += 1
            if undecided == count:
                raise
            continue
        found += 1
        yield point


@dataclass(frozen=True)
class _Tests:
    """The conditions that decide what a point has: of states and inputs by name, constraints."""

    states: Mapping[str, Node]
    inputs: Mapping[str, Node]
    constraints: Sequence[Node]

    @staticmethod
    def of(spec: Optimizer) -> "_Tests":
        return _Tests(
            {s.name: lower_expression(spec, s.when) for s in spec.states},
            {i.name: lower_expression(spec, i.when) for i in spec.inputs},
            [lower_expression(spec, sympify(c.condition)) for c in spec.constraints],
        )


def _point(
    spec: Optimizer, tests: _Tests, draw: random.Random, shape: tuple[int, ...]
) -> OptimizerPoint:
    hyper, options = _arguments(spec, tests, draw)
    settings: dict[str, Any] = {**hyper, **options}
    rank = rank_of(spec, hyper)
    settings |= {name: exact(n) for name, n in facts(shape, rank=rank).items()}
    settings[machine_epsilon.name] = COARSEST.epsilon
    t = draw.randint(1, 5)
    states = {
        s.name: _inside(s.domain, draw)
        if s.shape.is_number
        else _tensor(s.domain, draw, s.shape.lengths(shape, rank))
        for s in spec.states
        if value_of(tests.states[s.name], settings) and not (s.init is None and t == 1)
    }
    theta, gradient = (_tensor(Interval(), draw, shape) for _ in range(2))
    counted = {"t": exact(t), "first": t == 1}
    inputs = {
        i.name: _tensor(i.domain, draw, shape) if i.is_tensor else _inside(i.domain, draw)
        for i in spec.inputs
        if value_of(tests.inputs[i.name], settings | counted)
    }
    unread = {i.name: ZERO for i in spec.inputs if not i.is_tensor and i.name not in inputs}
    values = settings | states | inputs | unread
    values |= {"theta": theta, "grad": gradient} | counted
    new = step(
        spec,
        t=t,
        theta=theta,
        gradient=gradient,
        states=states,
        inputs=inputs,
        hyper=hyper,
        options=options,
    )
    return OptimizerPoint(values, new)


def _arguments(
    spec: Optimizer, tests: _Tests, draw: random.Random
) -> tuple[dict[str, Number], dict[str, bool]]:
    """Random hyperparameters and options that meet the constraints.

    They are the defaults where none are found: of an equality, say, between two of them.
    """
    for _ in range(MOST_ATTEMPTS):
        options = _options(spec, draw)
        hyper = {h.name: _argument(h, draw) for h in spec.hyperparameters}
        if all(value_of(c, {**hyper, **options}) for c in tests.constraints):
            return hyper, options
    defaults = {h.name: exact(h.default) for h in spec.hyperparameters}
    return defaults, spec.defaults


def _options(spec: Optimizer, draw: random.Random) -> dict[str, bool]:
    found = {o.name: draw.random() < 0.5 for o in spec.options}
    for choice in spec.choices:
        flags = [flag.name for flag in choice.flags.values()]
        found |= dict.fromkeys(flags, False) | {draw.choice(flags): True}
    return found


_MOST_WHOLE = 3
"""Of whole numbers, beyond the least there is: rounds of one expression, say."""


def _argument(h: Hyper, draw: random.Random) -> Number:
    if not h.is_whole:
        return _inside(h.domain, draw, may_be_zero=True)
    low, high = h.domain.low, h.domain.high
    least = 0 if low is None else math.floor(low) + 1 if h.domain.low_open else math.ceil(low)
    most = least + _MOST_WHOLE
    if high is not None:
        most = min(most, math.ceil(high) - 1 if h.domain.high_open else math.floor(high))
    return exact(draw.randint(least, most))


def _shapes(spec: Optimizer) -> Sequence[tuple[int, ...]]:
    """Shapes of parameters: of each kind, where it makes a difference of which one is."""
    program = lower(spec)
    if program.is_elementwise:
        return ((),)
    fewest = 2 if needs_matrices(spec) else 0
    return [shape for shape in SHAPES if len(shape) >= fewest]


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
