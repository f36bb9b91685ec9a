"""No denominator can be zero."""

from collections.abc import Iterator

from ..fault import Fault
from ..subject import Subject

CODE = "division"


def check(subject: Subject) -> Iterator[Fault]:
    for where, hazard in subject.hazards():
        if hazard.kind == "division":
            operand = subject.text(hazard.operand)
            yield Fault(
                where,
                f"the denominator {operand} can be 0: {hazard.seen}",
                f"Add a positive term such as eps to it, guard it with Piecewise((..., "
                f"Ne({operand}, 0)), (..., True)), or narrow the domain of what it is made of",
            )
