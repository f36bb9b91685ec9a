"""What is tried: deterministic, the plainest first, for any rule.

Numbers that are drawn are sixteenths, so that all formats have them, and a person can read them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from ...specs.language import GradientAt, Optimizer, theta
from ...specs.language import t as step
from ..oracle.known import allowed
from ..verify.optimizers.configurations import (
    Configuration,
    inside,
    large_rate,
    switched_on,
)
from .trial import Floats, Trial
from .words import words_of

SHAPES = ((), (3,), (2, 3), (2, 2, 3), (2, 2, 1, 2))
"""A number, a vector, a matrix, a batch of matrices, the kernel of a convolution."""

_OTHER = (0.75, 0.5, 0.625, 0.25, 0.875, 0.375, 0.125)
"""What numbers are tried at beside their defaults: no two of a rule alike, where possible."""
_OTHER_WHOLE = (2.0, 3.0, 4.0, 1.0)
_PULL = 0.25


def settings(
    spec: Optimizer, mapped: Collection[str], held: Mapping[str, float | bool]
) -> list[Configuration]:
    """The arguments that are tried: all others are at their defaults, the rate is large.

    First the defaults; then everything that can be switched, switched, alone and by twos; then
    other numbers, and these with each switch.

    Args:
        spec: the rule.
        mapped: the hyperparameters and options that can be other than their defaults.
        held: those that are to have a value throughout.
    """
    plain = large_rate(spec) if "lr" in mapped else _defaults(spec)
    plain |= {n: float(x) for n, x in held.items() if n in plain}
    options = _held(spec, held)
    free = set(mapped) - held.keys()
    on = {n: x for n, x in switched_on(spec, plain).items() if n in free}
    words = words_of(spec)
    flags = [o.name for o in spec.options if o.name in free]
    other = plain | _others(spec, free - on.keys() - {"lr"}, plain)
    switches = [*on, *flags]
    found: list[Configuration] = []

    def add(base: Mapping[str, float], switched: tuple[str, ...]) -> None:
        numbers = {n: x if (plain[n] == 0) == (n in switched) else 0.0 for n, x in on.items()}
        chosen = dict(options)
        for name in switched:
            if name in words:
                chosen |= {n: x for n, x in spec.changed(name).items() if n in words}
            elif name in flags:
                chosen[name] = not chosen[name]
        hyper = {**base, **numbers}
        tried = Configuration(hyper, chosen)
        if tried not in found and allowed(spec, hyper, chosen):
            found.append(tried)

    for size in (0, 1, 2):
        for switched in combinations(switches, size):
            add(plain, switched)
    for size in (0, 1):
        for switched in combinations(switches, size):
            add(other, switched)
    return found


def histories(spec: Optimizer, shapes: Sequence[tuple[int, ...]], steps: int) -> "list[History]":
    """Parameters, and gradients of consecutive steps: drawn, some of them zero, uneven."""
    rng = np.random.default_rng(1983)

    def drawn(shape: tuple[int, ...]) -> Floats:
        signs = rng.choice([-1.0, 1.0], shape)
        return np.asarray(signs * rng.integers(2, 33, shape) / 16)

    starts = tuple(drawn(shape) for shape in shapes)
    plain = tuple(tuple(drawn(shape) for shape in shapes) for _ in range(steps))
    zero = tuple(
        tuple(np.zeros_like(g) if i in (0, 3) else g for g in each) for i, each in enumerate(plain)
    )
    uneven = tuple(
        tuple(g * 2.0 ** (9 * ((i * 2) % 3 - 1)) for g in each) for i, each in enumerate(plain)
    )
    pull = _PULL if looks_elsewhere(spec) else 0.0
    return [
        History("drawn", starts, plain, pull),
        History("some of them zero", starts, zero, pull),
        History("of uneven sizes", starts, uneven, pull),
    ]


@dataclass(frozen=True)
class History:
    """Parameters, and what they are given.

    Args:
        name: what the gradients are.
        starts: the parameters.
        gradients: one a step, each with one for each parameter.
        pull: as :class:`.trial.Trial` has it.
    """

    name: str
    starts: tuple[Floats, ...]
    gradients: tuple[tuple[Floats, ...], ...]
    pull: float

    def trial(self, tried: Configuration, dtype: str = "float64") -> Trial:
        return Trial(tried.hyper, tried.options, self.starts, self.gradients, (), self.pull, dtype)


def trials(
    spec: Optimizer,
    tried: Sequence[Configuration],
    shapes: Sequence[tuple[int, ...]],
    steps: int,
    *,
    varies: bool,
) -> Iterator[Trial]:
    """Everything that is tried, the plainest first.

    Args:
        spec: the rule.
        tried: the arguments.
        shapes: of the parameters, which are stepped together.
        steps: how many.
        varies: whether the rate can be another at each step.
    """
    first, *others = histories(spec, shapes, steps)
    for each in tried:
        yield first.trial(each)
    ends = [tried[0], *(tried[-1:] if len(tried) > 1 else ())]
    for each in ends:
        for history in others:
            yield history.trial(each)
        if varies:
            rate = each.hyper["lr"]
            falls = tuple(rate * (1.0, 0.5, 2.0)[i * 2 // steps % 3] for i in range(steps))
            yield replace(first.trial(each), rates=falls)


def looks_elsewhere(spec: Optimizer) -> bool:
    """Whether a rule reads gradients at other points than the parameter."""
    asked = {g for update in spec.updates for g in update.value.atoms(GradientAt)}
    return any(g.point != theta[step - 1] for g in asked)


def _defaults(spec: Optimizer) -> dict[str, float]:
    return {h.name: float(h.default) for h in spec.hyperparameters}


def _held(spec: Optimizer, held: Mapping[str, float | bool]) -> dict[str, bool]:
    options = dict(spec.defaults)
    for name, value in held.items():
        if name in options:
            options |= spec.changed(name) if value and not options[name] else {name: bool(value)}
    return options


def _others(
    spec: Optimizer, names: Collection[str], plain: Mapping[str, float]
) -> dict[str, float]:
    taken: set[float] = {*plain.values()}
    found: dict[str, float] = {}
    for h in spec.hyperparameters:
        if h.name in names:
            candidates = _OTHER_WHOLE if h.is_whole else _OTHER
            found[h.name] = inside(h.domain, candidates, taken)
            taken.add(found[h.name])
    return found
