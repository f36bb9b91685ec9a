"""What an equation assigns is the value of a series at t, or a schedule's step: ``x[t]``."""

from collections.abc import Iterator

from ....specs.language import Value
from ..fault import Fault
from ..subject import Subject

CODE = "target"


def check(subject: Subject) -> Iterator[Fault]:
    for update in subject.spec.updates:
        target, clock = update.target, subject.spec.clock
        if not isinstance(target, Value) or target.index != clock:
            name = target.name if isinstance(target, Value) else "x"
            yield Fault(
                f"{target} = {update.value}",
                f"{target} cannot be assigned: an equation gives a value at {clock}",
                f"Write {name}[{clock}] on its left, and shift the indices on its right to match",
            )
