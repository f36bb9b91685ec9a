"""Which dialect another optimizer is, if it is a known one.

A variant is first tried on the trial that was shrunk, which costs nothing, and then has to take the
other's course in all trials where the spec does not. Single variants are tried before pairs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from ...specs.language import Optimizer, SpecError
from ..loading.load import builtin
from ..oracle.exact import UndecidedError
from ..oracle.known import allowed
from .compare import compared
from .ours import course
from .trial import Course, Trial
from .variants import Variant, rewritten, variants
from .words import as_words

Taken = tuple[Trial, Course]
"""A trial, and the course that the other took."""

_MOST_PAIRS = 1000
"""Each takes a millisecond or some."""

_ROUGH = 2.0**-20
"""What roundings to float32 come to in a few steps, where the rest is in float64."""


def dialect(spec: Optimizer, witness: Taken, parted: Sequence[Taken], free: frozenset[str]) -> str:
    """What the other agrees with, in words; or nothing.

    Args:
        spec: the rule.
        witness: a small trial in which they part.
        parted: others in which they do.
        free: the hyperparameters and options that theirs has.
    """
    rough = ""
    for each in chain(_singles(spec, free), islice(_pairs(spec), _MOST_PAIRS)):
        if all(_takes(each, taken, _ROUGH) for taken in (witness, *parted)):
            if all(_takes(each, taken, None) for taken in (witness, *parted)):
                return each.words
            rough = rough or f"{each.words}, but for its rounding to float32"
    return rough


def _singles(spec: Optimizer, free: frozenset[str]) -> Iterator[Variant]:
    name = spec.module
    for option in spec.options:
        if option.name not in free:
            options = _switched(spec, option.name)
            yield Variant(f"{name} with {option.name}={options[option.name]}", spec, options)
    for h in spec.hyperparameters:
        if h.name not in free and float(h.default) != 0 and h.optional:
            yield Variant(f"{name} with {h.name}=0", spec, {}, {h.name: 0.0})
    for other in builtin().values():
        if other.name != spec.name:
            yield from _of_another(other)
    for each in variants(spec):
        yield replace(each, words=_told(name, each))


def _of_another(other: Optimizer) -> Iterator[Variant]:
    yield Variant(other.module, other)
    for option in other.options:
        if not option.default:
            ((name, value),) = as_words(other, {option.name: True}).items()
            words = f"{other.module} with {name}={value}"
            yield Variant(words, other, _switched(other, option.name))


def _switched(rule: Optimizer, name: str) -> dict[str, bool]:
    """An option as it is not by default; a word of a choice, and none of its others."""
    for choice in rule.choices:
        words = {f.name for f in choice.flags.values()}
        if name in words:
            return dict.fromkeys(words, False) | {name: True}
    return {name: not rule.defaults[name]}


def _pairs(spec: Optimizer) -> Iterator[Variant]:
    for i, one in enumerate(rewritten(spec)):
        for two in islice(rewritten(one.spec), i + 1, None):
            yield replace(two, words=f"{_told(spec.module, one)}, and {two.words}")


def _told(name: str, each: Variant) -> str:
    return each.words if "(" in each.words.partition(" ")[0] else f"{name}, but: {each.words}"


def _takes(variant: Variant, taken: Taken, tolerance: float | None) -> bool:
    """Whether a variant takes a course."""
    trial, theirs = taken
    rule = variant.spec
    own = {h.name: float(h.default) for h in rule.hyperparameters}
    hyper = {n: variant.hyper.get(n, trial.hyper.get(n, x)) for n, x in own.items()}
    options = {n: trial.options.get(n, x) for n, x in rule.defaults.items()} | {
        n: x for n, x in variant.options.items() if n in rule.defaults
    }
    try:
        if not allowed(rule, hyper, options):
            return False
        moved = replace(trial, hyper=hyper, options=options)
        ours = course(rule, moved)
        return compared(ours, theirs, trial.starts, trial.dtype, tolerance)[1] is None
    except (
        ValueError,
        ArithmeticError,
        KeyError,
        NotImplementedError,
        RecursionError,
        SpecError,
        UndecidedError,
    ):
        return False  # its equations have no value there


def first_of(trials: Iterable[Taken], count: int) -> list[Taken]:
    """So many of them, spread evenly."""
    found = list(trials)
    step = max(1, len(found) // count)
    return found[::step][:count]
