"""Arguments that are numbers: said in a user's words where they are something else."""

import math
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from inspect import signature
from numbers import Real
from typing import Any, cast

_FIXED = frozenset((float, int, bool, str, type(None)))

_COUNTS = {2: "two", 3: "three", 4: "four"}


def declared(constructor: Callable[..., Any], others: Container[str]) -> dict[str, Any]:
    """The defaults of a rule's own arguments: those of its constructor but for some others."""
    parameters = signature(constructor).parameters.values()
    own = (p for p in parameters if p.default is not p.empty and p.name not in others)
    return {p.name: p.default for p in own}


def counts(defaults: Mapping[str, Any]) -> dict[str, int]:
    """How many numbers each argument has that is a tuple, and 0 for one number; no options."""
    return {
        name: len(cast("tuple[Any, ...]", default)) if isinstance(default, tuple) else 0
        for name, default in defaults.items()
        if not isinstance(default, bool)
    }


def omissible(defaults: Mapping[str, Any]) -> frozenset[str]:
    """The numbers that can be left out: those that are by default. ``eps[0]`` is one of a tuple."""
    found: set[str] = set()
    for name, default in defaults.items():
        if isinstance(default, tuple):
            places = enumerate(cast("tuple[Any, ...]", default))
            found |= {f"{name}[{i}]" for i, member in places if member is None}
        elif default is None:
            found.add(name)
    return frozenset(found)


def require_numbers(
    counts: Mapping[str, int], given: Mapping[str, Any], omissible: Container[str] = ()
) -> None:
    """Raise ValueError unless arguments are numbers.

    Args:
        counts: how many numbers each argument has: 0 for one, which is then no tuple.
        given: the arguments, of which some may not be there. One number can be an array of one.
        omissible: the numbers that can be None.
    """
    for name in counts.keys() & given.keys():
        value, count = given[name], counts[name]
        if not count:
            require_number(name, value, omissible)
        elif isinstance(value, str | bytes) or not _has_length(value, count):
            words = _COUNTS.get(count, str(count))
            raise ValueError(f"{name} must be {words} numbers, got {value!r}")
        else:
            for i, member in enumerate(value):
                require_number(f"{name}[{i}]", member, omissible)


def require_number(name: str, value: Any, omissible: Container[str] = ()) -> None:
    """Raise ValueError unless an argument is one real number, or None where it can be left out.

    Its domain says what of NaN.
    """
    if type(value) is float:
        return
    plain: Any = value.item() if _is_array_of_one(value) else value
    if plain is None and name in omissible:
        return
    if isinstance(plain, Real) and not _is_truth(plain):
        return
    either = "a number or None" if name in omissible else "a number"
    raise ValueError(f"{name} must be {either}, got {value!r}{_hint(plain)}")


def require_whole(names: Iterable[str], given: Mapping[str, Any]) -> None:
    """Raise ValueError unless arguments, which are numbers, are whole ones."""
    for name in names:
        if given.get(name) is not None and float(given[name]) % 1 != 0:
            raise ValueError(f"{name} must be a whole number, got {given[name]!r}")


def require_words(words: Mapping[str, Sequence[str]], given: Mapping[str, Any]) -> None:
    """Raise ValueError unless each choice is one of its words, or None for the first."""
    for name in words.keys() & given.keys():
        if given[name] is not None and given[name] not in words[name]:
            listed = ", ".join(map(repr, words[name]))
            raise ValueError(f"{name} must be one of {listed}, or None, got {given[name]!r}")


def flags_of(name: str, words: Sequence[str], chosen: str | None) -> dict[str, bool]:
    """Whether each word of a choice is the one, by the name that equations know it by."""
    return {f"{name}_is_{word}": word == (chosen or words[0]) for word in words}


def refuse_nan(counts: Mapping[str, int], given: Mapping[str, Any]) -> None:
    """Raise ValueError for NaN, which no domain has that is bounded, where any number will do."""
    for name in counts.keys() & given.keys():
        for value in given[name] if counts[name] else (given[name],):
            if value != value:
                raise ValueError(f"{name} must be a number, got {given[name]!r}")


def require_flags(names: tuple[str, ...], given: Mapping[str, Any]) -> None:
    """Raise ValueError unless options are on or off: text, say, would be taken for on."""
    for name in names:
        value = given.get(name, False)
        if not (_is_truth(value) or (_is_array_of_one(value) and _is_truth(value.item()))):
            raise ValueError(f"{name} must be True or False, got {value!r}")


def is_fixed(value: Any) -> bool:
    """Whether an argument stays what it is, as arrays and lists need not."""
    if type(value) is tuple:
        return all(type(member) in _FIXED for member in cast("tuple[Any, ...]", value))
    return type(value) in _FIXED


def _hint(value: Any) -> str:
    """Where text comes from that reads as a number."""
    if not isinstance(value, str):
        return ""
    try:
        number = float(value)
    except ValueError:
        return ""
    if "e" not in value.lower():
        return f", which is text: write {value.strip()}, without quotes"
    mantissa, _, exponent = f"{number:e}".partition("e")
    shown = f"{float(mantissa)}e{int(exponent or 0):+d}"
    return f", which is text: write {shown}, as YAML reads 1e-3 as text and 1.0e-3 as a number"


def _has_length(value: Any, count: int) -> bool:
    """Whether it has so many members, in an order."""
    return (
        hasattr(value, "__getitem__")
        and not isinstance(value, Mapping)
        and hasattr(value, "__len__")
        and len(value) == count
    )


def _is_truth(value: Any) -> bool:
    return type(value).__name__ in ("bool", "bool_")  # NumPy's has had either name


def _is_array_of_one(value: Any) -> bool:
    """Whether it is an array of NumPy's or a tensor of torch's, neither of which is needed here."""
    return hasattr(value, "item") and hasattr(value, "ndim") and math.prod(value.shape) == 1
