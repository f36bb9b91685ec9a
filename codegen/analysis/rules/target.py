"""What an equation assigns is the value of a series at t: ``x[t]``."""

from collections.abc import Iterator

from ....specs.language import Value
from ..fault import Fault
from ..subject import Subject

CODE = "target"


def check(subject: Subject) -> Iterator[Fault]:
    for update in subject.spec.updates:
        target = update.target
        if not isinstance(target, Value) or target.lag != 0:
            name = target.name if isinstance(target, Value) else "x"
            yield Fault(
                f"{target} = {update.value}",
                f"{target} cannot be assigned: an equation gives a value at t",
                f"Write {name}[t] on its left, and shift the indices on its right to match",
            )
