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
