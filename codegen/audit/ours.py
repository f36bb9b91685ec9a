"""The course that a spec's equations take: exact, and rounded once a step to what is stored."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ...specs.language import Optimizer
from ..oracle.arrays import Array, elementwise
from ..oracle.exact import Number, UndecidedError, add, exact, multiply
from ..oracle.formats import FORMATS, Format, round_floats, to_exact, to_floats
from ..oracle.given import GradientOf
from ..oracle.optimizers import Tensor, initial, output, steps
from .trial import Floats, Moment, Trial


def course(spec: Optimizer, trial: Trial) -> Iterator[Moment]:
    """What is there after each step, as soon as it is asked for.

    Raises:
        ValueError, SpecError: the equations have no value for such parameters.
    """
    form = FORMATS[trial.dtype]
    shared = {s.name for s in spec.states if s.shape.is_global}
    theta: list[Floats] = [round_floats(start, form) for start in trial.starts]
    first = [initial(spec, start, trial.hyper_at(0), trial.options) for start in theta]
    states = [{name: _stored(x, form) for name, x in each.items()} for each in first]
    last = len(trial.gradients) - 1
    for index, gradients in enumerate(trial.gradients):
        hyper = trial.hyper_at(index)
        tensors = [
            Tensor(
                point,
                _gradient(g, trial.pull, form),
                {name: x for name, x in own.items() if name not in shared},
                hyper,
                trial.options,
                _inputs(trial, index, i, form),
            )
            for i, (point, g, own) in enumerate(zip(theta, gradients, states, strict=True))
        ]
        for_all = {name: x for name, x in states[0].items() if name in shared}
        new = steps(spec, tensors, t=index + 1, shared=for_all, form=form)
        states = [{name: _stored(x, form) for name, x in each.items()} for each in new]
        theta = [own.pop("theta") for own in states]
        kept: Mapping[str, tuple[Floats, ...]] = {
            name: tuple(np.asarray(own[name]) for own in states)
            for name in states[0]
            if all(name in own for own in states)
        }
        outputs = _outputs(spec, trial, index, theta, states) if index == last else {}
        yield Moment(tuple(theta), {**kept, **outputs})


def _inputs(trial: Trial, step: int, tensor: int, form: Format) -> dict[str, Any]:
    """What a tensor is given in a step beside its gradient."""
    elements = {n: round_floats(x[step][tensor], form) for n, x in trial.elements.items()}
    return {**elements, **{n: x[step] for n, x in trial.numbers.items()}}


def _outputs(
    spec: Optimizer,
    trial: Trial,
    index: int,
    theta: Sequence[Floats],
    states: Sequence[Mapping[str, Any]],
) -> dict[str, tuple[Floats, ...]]:
    """What there is to evaluate with after a step."""
    hyper = trial.hyper_at(index)

    def of(name: str, point: Floats, own: Mapping[str, Any]) -> Floats:
        now = {"t": index + 1, "theta": point, "states": own}
        found = output(spec, name, **now, hyper=hyper, options=trial.options)
        return np.asarray(_stored(found, FORMATS[trial.dtype]))

    return {
        o.name: tuple(of(o.name, point, own) for point, own in zip(theta, states, strict=True))
        for o in spec.outputs
    }


_sum, _product = elementwise(add, 2), elementwise(multiply, 2)


def _gradient(given: Floats, pull: float, form: Format) -> Floats | GradientOf:
    rounded = round_floats(given, form)
    if not pull:
        return rounded
    there = to_exact(rounded)

    def at(point: Array) -> Array:
        return _sum(there, _product(exact(pull), point))

    return at


def _stored(value: Array | Number, form: Format) -> Any:
    """Numbers for all tensors are floats, whatever the dtype."""
    if not isinstance(value, np.ndarray):
        return float(value)
    try:
        return to_floats(value, form)
    except UndecidedError:  # of two neighbours, either will do
        floats = np.array([float(x) for x in value.ravel()]).reshape(value.shape)
        return round_floats(floats, form)
