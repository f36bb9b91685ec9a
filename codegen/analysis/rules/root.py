"""No root or power is taken of a negative number, and no logarithm of one or of zero."""

from collections.abc import Iterator

from ..fault import Fault
from ..subject import Subject

CODE = "root"


def check(subject: Subject) -> Iterator[Fault]:
    for where, hazard in subject.hazards():
        if hazard.kind != "division":
            bound = "be negative" if hazard.kind == "root" else "be 0 or less"
            operand = subject.text(hazard.operand)
            yield Fault(
                where,
                f"{operand}, of which the {hazard.kind} is taken, can {bound}: {hazard.seen}",
                f"Take Max({operand}, 0), or narrow the domain of what it is made of"
                if hazard.kind == "root"
                else "Add a positive term to it, or narrow the domain of what it is made of",
            )
