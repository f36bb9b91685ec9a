"""Domains of scalars: intervals with open or closed ends, and their test on numbers."""

from dataclasses import dataclass
from fractions import Fraction

Bound = Fraction | None
"""An end of an interval; None is infinite."""


@dataclass(frozen=True)
class Interval:
    """The reals from ``low`` to ``high``; an end of None is infinite (and then open)."""

    low: Bound = None
    high: Bound = None
    low_open: bool = False
    high_open: bool = False

    def describe(self, name: str) -> str:
        """The membership test as text that is also Python: ``0 <= beta1 < 1``."""
        left = "" if self.low is None else f"{self.low} {'<' if self.low_open else '<='} "
        right = "" if self.high is None else f" {'<' if self.high_open else '<='} {self.high}"
        return f"{left}{name}{right}"

    @property
    def latex(self) -> str:
        if self.low is None and self.high is None:
            return r"\mathbb{R}"
        left = r"(-\infty" if self.low is None else f"{'(' if self.low_open else '['}{self.low}"
        right = r"\infty)" if self.high is None else f"{self.high}{')' if self.high_open else ']'}"
        return f"{left}, {right}"


REAL = Interval()
NON_NEGATIVE = Interval(low=Fraction(0))
POSITIVE = Interval(low=Fraction(0), low_open=True)
UNIT = Interval(low=Fraction(0), high=Fraction(1), high_open=True)
"""[0, 1): what a decay rate may be."""
UNIT_CLOSED = Interval(low=Fraction(0), high=Fraction(1))
UNIT_ABOVE_ZERO = Interval(low=Fraction(0), high=Fraction(1), low_open=True)
AT_LEAST_ONE = Interval(low=Fraction(1))
"""What a number of steps may be that is divided by."""
