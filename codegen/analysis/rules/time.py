"""A step sees the values stored by the last one and those it has computed itself."""

from collections.abc import Iterator

from ....specs.language import Value, theta
from ....specs.language.occurrences import values
from ..fault import Fault
from ..subject import Subject

CODE = "time"


def check(subject: Subject) -> Iterator[Fault]:
    for update in subject.spec.updates:
        for value in values(update.value):
            if fault := _fault(subject, subject.equation(update), value):
                yield fault


def _fault(subject: Subject, where: str, value: Value) -> Fault | None:
    name, text, clock = value.name, subject.text(value), subject.spec.clock
    if clock - value.index not in (0, 1):
        return Fault(
            where,
            f"{text} is neither stored nor computed when it is read",
            f"Use {name}[{clock} - 1] or {name}[{clock}]; to look further back, keep the older "
            "value in a state",
        )
    if value.lag == 1 and name in subject.inputs:
        return Fault(
            where,
            f"{text} is gone when it is read: an input is of one step alone",
            f"Read {name}[{clock}], or keep it in a state",
        )
    if value.lag == 1 and name not in subject.states and name != theta.name:
        return Fault(
            where,
            f"{text} is gone when it is read: an intermediate is forgotten after its step",
            f"Declare State({name}, ...), or read {name}[{clock}]",
        )
    return None
