"""An optimizer can be made without arguments: the defaults meet the constraints."""

from collections.abc import Iterator
from fractions import Fraction

from sympy import Basic

from .. import intervals
from ..conditions import truth
from ..fault import Fault
from ..intervals import Range
from ..subject import Subject, declared

CODE = "constraint"


def check(subject: Subject) -> Iterator[Fault]:
    defaults: dict[Basic, Range] = {
        h.symbol: intervals.point(Fraction(h.default)) for h in subject.spec.hyperparameters
    }

    def value(e: Basic) -> Range:
        number = intervals.point(Fraction(str(e))) if e.is_Rational else intervals.REAL
        return defaults.get(e, number)

    for constraint in subject.spec.constraints:
        if truth(constraint.condition, value, lambda _flag: False) is False:
            yield Fault(
                declared(constraint),
                f"the defaults do not meet {subject.text(constraint.condition)}",
                "Change a default or the constraint",
            )
