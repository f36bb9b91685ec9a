"""What is read at the first step has a value by then."""

from collections.abc import Iterator

from ..cases import FIRST
from ..fault import Fault
from ..subject import Subject

CODE = "uninitialised"


def check(subject: Subject) -> Iterator[Fault]:
    unset = {s.name for s in subject.spec.states if s.init is None}
    for update in subject.updates if unset else ():
        for case in subject.courses.of(update, [FIRST]):
            for value in case.reads(update.value) if case.first else ():
                if value.name in unset and value.lag == 1:
                    yield Fault(
                        subject.equation(update),
                        f"{subject.text(value)} is read at t = 1, and {value.name} has no "
                        "initial value",
                        f"Give it one, State({value.name}, init=0, ...), or say what the first "
                        "step takes: Piecewise((..., Eq(t, 1)), (..., True))",
                    )
