"""An optimizer can be made without arguments: the defaults meet the constraints."""

from collections.abc import Iterator

from sympy import Basic, Rational, false

from ..fault import Fault
from ..subject import Subject, declared

CODE = "constraint"


def check(subject: Subject) -> Iterator[Fault]:
    defaults: dict[Basic, Basic] = dict.fromkeys(subject.flags, false)
    defaults |= {h.symbol: Rational(h.default) for h in subject.spec.hyperparameters}
    for constraint in subject.spec.constraints:
        if constraint.condition.xreplace(defaults) == false:
            yield Fault(
                declared(constraint),
                f"the defaults do not meet {subject.text(constraint.condition)}",
                "Change a default or the constraint",
            )
