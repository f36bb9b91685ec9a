"""What a rule is, and what it finds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from .subject import Subject


@dataclass(frozen=True)
class Fault:
    """One violation of a rule.

    Args:
        where: the equation or declaration, as its author would recognise it.
        problem: what is wrong with it, a clause without a full stop.
        remedy: what to change, a clause without a full stop.
    """

    where: str
    problem: str
    remedy: str


class Rule(Protocol):
    """A module of :mod:`.rules`. A rule may rely on those before it in the list having passed."""

    @property
    def CODE(self) -> str:  # noqa: N802  a constant of the module
        """The stable name of the rule, shown in the error."""
        ...

    def check(self, subject: Subject, /) -> Iterator[Fault]:
        """Every violation in the spec, in the order of its declarations."""
        ...


def short(value: object) -> str:
    """How a value looks, in a few words; it may be anything at all."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 200:
        return "a very large number"
    try:
        text = repr(value)
    except Exception as error:
        return f"a value that cannot be shown ({type(error).__name__})"
    return text if len(text) <= 80 else f"{text[:80]}..."
