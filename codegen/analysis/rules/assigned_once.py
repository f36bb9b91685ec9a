"""Every value is given by one equation."""

from collections.abc import Iterator

from ..fault import Fault
from ..subject import Subject

CODE = "assigned-twice"


def check(subject: Subject) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for update in subject.spec.updates:
        name, equation = update.target.name, subject.equation(update)
        if name in seen:
            yield Fault(
                equation,
                f"{name}[t] is already given by {seen[name]}",
                "Keep one of the two, or join them in a Piecewise",
            )
        seen[name] = equation
