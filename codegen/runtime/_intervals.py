"""Intervals that arguments must lie in, as they are written: ``0 <= beta1 < 1``."""

import re
from collections.abc import Mapping
from fractions import Fraction
from operator import le, lt
from typing import Any, TypeAlias

_CONDITION = re.compile(r"(?:(\S+) (<=?) )?[^\W\d]\w*(?: (<=?) (\S+))?")
_COMPARISONS = {"<": lt, "<=": le}

Domains: TypeAlias = Mapping[str, str | tuple[str, ...]]
"""By argument: the condition on it, or one on each number of a tuple."""


class Interval:
    """What lies between bounds, each of which may lack or be left out.

    Args:
        text: the condition, as Python has it; bounds are whole numbers and fractions.
    """

    def __init__(self, text: str) -> None:
        found = _CONDITION.fullmatch(text)
        assert found, text
        low, above, below, high = found.groups()
        self._text = text
        self._low, self._above = _bound(low), _COMPARISONS.get(above)
        self._high, self._below = _bound(high), _COMPARISONS.get(below)

    @property
    def is_open(self) -> bool:
        """Whether a bound is left out, as that is where equations have no value."""
        return lt in (self._above, self._below)

    def __contains__(self, value: Any) -> bool:
        """Whether a number, or an array or tensor of one, lies in it; NaN lies in none."""
        return bool(self._above is None or self._above(self._low, value)) and bool(
            self._below is None or self._below(value, self._high)
        )

    def require(self, name: str, value: Any) -> None:
        """Raise ValueError unless an argument lies in it."""
        if value not in self:
            raise ValueError(f"{name} must satisfy {self._text}, got {value!r}")


Member: TypeAlias = tuple[str, str, int | None, Interval]
"""A number among arguments: what messages call it, its argument, its place there, its domain."""


def members(domains: Domains) -> tuple[Member, ...]:
    """All numbers that a domain is declared of, in order."""
    found: list[Member] = []
    for name, texts in domains.items():
        if isinstance(texts, str):
            found.append((name, name, None, Interval(texts)))
        else:
            found += [(f"{name}[{i}]", name, i, Interval(text)) for i, text in enumerate(texts)]
    return tuple(found)


def require_within(members: tuple[Member, ...], given: Mapping[str, Any]) -> None:
    """Raise ValueError unless arguments lie in their domains; some may not be there, or be None."""
    for label, name, place, interval in members:
        if name in given:
            value = given[name] if place is None else given[name][place]
            if value is not None:
                interval.require(label, value)


def _bound(text: str | None) -> Any:
    if text is None:
        return None
    exact = Fraction(text)
    return exact.numerator if exact.denominator == 1 else float(exact)
