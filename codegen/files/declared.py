"""A spec as text, whole: equal for two specs of which the same files are made.

Beside what a fingerprint is of, the assumptions on symbols are in it, by which a spec is checked.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction

from sympy import Basic, srepr

from ...specs.language import Gradient, Series


def declared(value: object) -> str:
    """A spec, or something in one, as text.

    Raises:
        TypeError: something is in it of which nothing is known.
    """
    match value:
        case None | str() | bool() | int() | float() | Fraction() | Enum():
            return repr(value)
        case Basic():
            return srepr(value)
        case Series() | Gradient():
            return f"{type(value).__name__}({declared(value.symbol)})"
        case Mapping():
            items = (f"{declared(k)}: {declared(v)}" for k, v in value.items())
            return f"{{{', '.join(items)}}}"
        case tuple() | list():
            return f"({', '.join(map(declared, value))})"
    if is_dataclass(value) and type(value).__module__.startswith(_LANGUAGE):
        given = [field.name for field in fields(value) if field.init]
        parts = (f"{name}={declared(getattr(value, name))}" for name in given)
        return f"{type(value).__name__}({', '.join(parts)})"
    raise TypeError(f"{type(value).__name__} is nothing that a spec is made of")


_LANGUAGE = Series.__module__.rpartition(".")[0]
