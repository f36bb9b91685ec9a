"""The values at t can be computed one after another."""

from collections.abc import Iterator

from ....specs.language.execution import find_cycle
from ..fault import Fault
from ..subject import Subject

CODE = "cycle"


def check(subject: Subject) -> Iterator[Fault]:
    if cycle := find_cycle(subject.spec.updates):
        equations = {u.target.name: u for u in subject.spec.updates}
        chain = " needs ".join(f"{name}[t]" for name in cycle)
        yield Fault(
            subject.equation(equations[cycle[0]]),
            f"{chain}, so none of them can be computed first",
            "Read a stored value, at t - 1, somewhere in this cycle",
        )
