"""No root or power is taken of a negative number, and no logarithm of one or of zero."""

from collections.abc import Iterator

from ..fault import Fault
from ..subject import Subject, declared

CODE = "root"


def check(subject: Subject) -> Iterator[Fault]:
    places = [(subject.equation(u), h) for u, h in subject.survey.hazards]
    places += [(f"init of {declared(s)}", h) for s, h in subject.survey.initial_hazards]
    for where, hazard in places:
        if hazard.kind != "division":
            bound = "be negative" if hazard.kind == "root" else "be 0 or less"
            operand = subject.text(hazard.operand)
            yield Fault(
                where,
                f"{operand}, of which the {hazard.kind} is taken, can {bound}: it ranges over "
                f"{hazard.range}",
                f"Take Max({operand}, 0), or narrow the domain of what it is made of"
                if hazard.kind == "root"
                else "Add a positive term to it, or narrow the domain of what it is made of",
            )
