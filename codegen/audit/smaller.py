"""The trials that are a little smaller than a given one, the smallest first."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from ...specs.language import Hyper, Optimizer
from ..oracle.known import allowed
from ..verify.optimizers.configurations import contains
from .trial import Floats, Trial
from .words import as_words, words_of

_ROUND = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5)
_ROUND_SHARES = (1.0, 0.5, 0.25, 0.75, 2.0)


def until(trial: Trial, step: int) -> Trial:
    """Its first steps."""
    return trial.of_steps(range(min(step, len(trial.gradients))))


def alone(trial: Trial, tensor: int) -> Trial:
    """One of its parameters."""
    return trial.of_tensors(lambda arrays: (arrays[tensor],))


def smaller(spec: Optimizer, trial: Trial, free: frozenset[str]) -> Iterator[Trial]:
    """Trials that :func:`size` says are smaller.

    Args:
        spec: the rule.
        trial: what they are smaller than.
        free: the hyperparameters and options that can be changed.
    """
    before = size(spec, trial, free)
    for each in _candidates(spec, trial, free):
        if size(spec, each, free) < before and allowed(spec, each.hyper, each.options):
            yield each


def size(spec: Optimizer, trial: Trial, free: frozenset[str]) -> tuple[float, ...]:
    """What can get smaller, the most important first."""
    given = [trial.gradients, *trial.elements.values()]
    numbers = [*trial.starts, *(x for every in given for each in every for x in each)]
    numbers += map(np.asarray, trial.numbers.values())
    return (
        len(trial.starts),
        len(trial.gradients),
        bool(trial.rates),
        sum(trial.options[n] != x for n, x in spec.defaults.items() if n in free),
        sum(_rank(h, trial.hyper[h.name]) for h in spec.hyperparameters if h.name in free),
        sum(x.size for x in trial.starts),
        sum(x.ndim for x in trial.starts),
        sum(_roundness(float(v)) for x in numbers for v in np.ravel(x)),
    )


def _candidates(spec: Optimizer, trial: Trial, free: frozenset[str]) -> Iterator[Trial]:
    yield from _with_fewer_tensors(trial)
    yield from _shorter(trial)
    yield from _with_plainer_options(spec, trial, free)
    yield from _with_plainer_numbers(spec, trial, free)
    yield from _with_fewer_elements(trial)
    yield from _rounder(spec, trial)


def _with_fewer_tensors(trial: Trial) -> Iterator[Trial]:
    if len(trial.starts) > 1:
        yield from (alone(trial, i) for i in range(len(trial.starts)))


def _shorter(trial: Trial) -> Iterator[Trial]:
    """Without one of the steps, or with one rate for all."""
    if trial.rates:
        yield replace(trial, rates=())
    count = len(trial.gradients)
    for i in range(count if count > 1 else 0):
        yield trial.of_steps([j for j in range(count) if j != i])


def _with_plainer_options(spec: Optimizer, trial: Trial, free: frozenset[str]) -> Iterator[Trial]:
    """With one option, or one choice, as it is by default."""
    together: dict[str, list[str]] = {}
    words = words_of(spec)
    for name in spec.defaults:
        choice, _ = words.get(name, (name, ""))
        together.setdefault(choice, []).append(name)
    for names in together.values():
        plain = {n: spec.defaults[n] for n in names}
        if any(n in free and trial.options[n] != x for n, x in plain.items()):
            yield replace(trial, options={**trial.options, **plain})


def _with_plainer_numbers(spec: Optimizer, trial: Trial, free: frozenset[str]) -> Iterator[Trial]:
    """With one hyperparameter off, at its default, or round."""
    for h in spec.hyperparameters:
        if h.name in free and not (h.name == "lr" and trial.rates):
            for value in _preferred(h):
                if contains(h.domain, value) and not (h.is_whole and value != int(value)):
                    yield replace(trial, hyper={**trial.hyper, h.name: value})


def _preferred(h: Hyper) -> tuple[float, ...]:
    """What a hyperparameter is rather than another, the first the most."""
    own = float(h.default)
    if own == 0 or h.optional:
        return (0.0, own, *_ROUND_SHARES)
    if h.name == "lr":
        return (1.0, *_ROUND_SHARES)
    return (own, *_ROUND_SHARES)


def _rank(h: Hyper, value: float) -> int:
    order = _preferred(h)
    return order.index(value) if value in order else len(order)


def _with_fewer_elements(trial: Trial) -> Iterator[Trial]:
    """Of one element, of shorter axes, or of fewer."""
    for tensor, start in enumerate(trial.starts):
        changes: list[Callable[[Floats], Floats]] = []
        if start.ndim:
            changes += [
                lambda x, i=place: np.ravel(x)[i].reshape(()) for place in range(start.size)
            ]
        for axis in range(start.ndim):
            if start.shape[axis] > 1:
                changes += [lambda x, a=axis, i=i: np.delete(x, i, a) for i in (-1, 0)]
            elif start.ndim > 1:
                changes.append(lambda x, a=axis: np.squeeze(x, a))
        yield from (_with(trial, tensor, change) for change in changes)


def _with(trial: Trial, tensor: int, change: Callable[[Floats], Floats]) -> Trial:
    def changed(arrays: tuple[Floats, ...]) -> tuple[Floats, ...]:
        return (*arrays[:tensor], np.asarray(change(arrays[tensor])), *arrays[tensor + 1 :])

    return trial.of_tensors(changed)


def _rounder(spec: Optimizer, trial: Trial) -> Iterator[Trial]:
    """With one number rounder than it is: of a parameter first, then of what steps are given."""
    for tensor, start in enumerate(trial.starts):
        for other in _rounded(start):
            starts = (*trial.starts[:tensor], other, *trial.starts[tensor + 1 :])
            yield replace(trial, starts=starts)
    for other in _rounded_each(trial.gradients):
        yield replace(trial, gradients=other)
    domains = {i.name: i.domain for i in spec.inputs}
    for name, arrays in trial.elements.items():
        for other in _rounded_each(arrays):
            if all(
                contains(domains[name], float(v)) for s in other for x in s for v in np.ravel(x)
            ):
                yield replace(trial, elements={**trial.elements, name: other})
    for name, values in trial.numbers.items():
        for other in _rounded(np.asarray(values)):
            if all(contains(domains[name], float(v)) for v in other):
                numbers = {**trial.numbers, name: tuple(map(float, other))}
                yield replace(trial, numbers=numbers)


def _rounded_each(
    steps: tuple[tuple[Floats, ...], ...],
) -> Iterator[tuple[tuple[Floats, ...], ...]]:
    for step, each in enumerate(steps):
        for tensor, array in enumerate(each):
            for other in _rounded(array):
                changed = (*each[:tensor], other, *each[tensor + 1 :])
                yield (*steps[:step], changed, *steps[step + 1 :])


def _rounded(array: Floats) -> Iterator[Floats]:
    for place in range(array.size):
        value = float(np.ravel(array)[place])
        for candidate in (*_ROUND, float(round(value))):
            if _roundness(candidate) < _roundness(value):
                changed = np.array(array)
                changed.reshape(-1)[place] = candidate
                yield changed


def _roundness(value: float) -> int:
    if value in _ROUND:
        return _ROUND.index(value)
    return len(_ROUND) + (value != round(value))


def settings_that_matter(spec: Optimizer, trial: Trial) -> Mapping[str, float | bool | str]:
    """What is not as it is by default."""
    own = {h.name: float(h.default) for h in spec.hyperparameters} | spec.defaults
    given = {**trial.hyper, **trial.options}
    return as_words(spec, {n: given[n] for n, default in own.items() if given[n] != default})
