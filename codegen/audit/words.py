"""Choices of one of several words: words to whoever reads and writes of an audit, flags within."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from ...specs.language import Optimizer
from .target import refused

Value = TypeVar("Value")


def words_of(spec: Optimizer) -> dict[str, tuple[str, str]]:
    """The choice and the word of each flag."""
    return {f.name: (c.name, word) for c in spec.choices for word, f in c.flags.items()}


def as_words(spec: Optimizer, settings: Mapping[str, Value]) -> dict[str, Value | str]:
    """Settings with the word of each choice in place of its flags."""
    words = words_of(spec)
    found: dict[str, Value | str] = {}
    for name, value in settings.items():
        choice, word = words.get(name, (name, ""))
        if not word:
            found[name] = value
        elif value:
            found[choice] = word
    return found


def named(spec: Optimizer, names: Iterable[str]) -> list[str]:
    """Names of arguments, with each choice in place of its flags."""
    words = words_of(spec)
    return [*dict.fromkeys(words.get(name, (name, ""))[0] for name in names)]


def as_flags(
    spec: Optimizer, held: Mapping[str, float | bool | str], reference: str
) -> dict[str, float | bool]:
    """What is held, with the flags of each choice in place of its word.

    Raises:
        SpecError: the spec has no such argument, or the argument no such value.
    """
    choices = {c.name: c for c in spec.choices}
    others = {h.name for h in spec.hyperparameters} | {o.name for o in spec.options}
    others -= words_of(spec).keys()
    found: dict[str, float | bool] = {}
    for name, value in held.items():
        if name in choices:
            flags = choices[name].flags
            if value not in flags:
                problem = f"{name} is no {value}"
                raise refused(reference, name, problem, f"It is one of {', '.join(flags)}")
            found |= {flag.name: word == value for word, flag in flags.items()}
        elif name not in others:
            known = ", ".join(sorted({*others, *choices}))
            problem = f"{spec.name} has no argument of this name to hold"
            raise refused(reference, name, problem, f"It has {known}")
        elif isinstance(value, str):
            problem = f"{name} is a number, or True or False, and not {value}"
            raise refused(reference, name, problem, "Write it as in --with nesterov=True")
        else:
            found[name] = value
    return found
