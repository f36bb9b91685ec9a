"""What steps are given beside gradients: losses, estimates, random numbers.

Random numbers are those that the equations draw of the seed 0, so that classes generated here draw
the same. Whoever draws his own is given them in their place (:mod:`.adapters.draws`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ...specs.language import Input, Interval, Optimizer, Source
from ..oracle.draws import draws
from ..oracle.formats import FORMATS, to_floats
from ..verify.optimizers.configurations import contains, inside
from .adapters.run import Given
from .trial import Floats, Trial

_FORM = FORMATS["float64"]


def with_inputs(spec: Optimizer, trial: Trial) -> Trial:
    """A trial that gives all that the rule reads, in sixteenths but for what is drawn."""
    rng = np.random.default_rng(1957)
    steps, shapes = len(trial.gradients), [x.shape for x in trial.starts]
    elements: dict[str, tuple[tuple[Floats, ...], ...]] = {}
    numbers: dict[str, tuple[float, ...]] = {}
    for each in (i for i in spec.inputs if i.source is not Source.GRADIENT):
        if each.is_random:
            elements[each.name] = tuple(_drawn(spec, each, shapes, k + 1) for k in range(steps))
        elif each.is_tensor:
            elements[each.name] = tuple(
                tuple(_within(each.domain, rng, shape) for shape in shapes) for _ in range(steps)
            )
        else:
            numbers[each.name] = tuple(_within(each.domain, rng, (steps,)).tolist())
    return replace(trial, elements=elements, numbers=numbers)


def _drawn(
    spec: Optimizer, each: Input, shapes: Sequence[tuple[int, ...]], step: int
) -> tuple[Floats, ...]:
    return tuple(
        to_floats(draws(spec, shape, t=step, form=_FORM, parameter=i)[each.name], _FORM)
        for i, shape in enumerate(shapes)
    )


def _within(domain: Interval, rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Numbers of both signs, where the domain has them."""
    found = np.asarray(rng.choice([-1.0, 1.0], shape) * rng.integers(1, 33, shape) / 16)
    for place, value in enumerate(found.flat):
        if not contains(domain, value):
            nearest = abs(value) if contains(domain, abs(value)) else abs(value) / 4
            found.flat[place] = inside(domain, [min(nearest, 1.0)])
    return found


def given_at(spec: Optimizer, trial: Trial, index: int, names: Mapping[str, str]) -> Given:
    """What a step of the other is given.

    Args:
        spec: the rule.
        trial: with all that the rule reads.
        index: the step, from 0.
        names: what inputs of ours are called there.
    """
    losses: dict[str, float] = {}
    inputs: dict[str, float | Sequence[Floats]] = {}
    drawn: dict[str, tuple[str, Sequence[Floats]]] = {}
    for each in spec.inputs:
        name = names.get(each.name, each.name)
        if each.source is Source.LOSS:
            losses[name] = trial.numbers[each.name][index]
        elif each.is_random:
            drawn[name] = each.source.value, trial.elements[each.name][index]
        elif each.name in trial.elements:
            inputs[name] = trial.elements[each.name][index]
        elif each.name in trial.numbers:
            inputs[name] = trial.numbers[each.name][index]
    return Given(trial.gradients[index], trial.pull, losses, inputs, drawn)
