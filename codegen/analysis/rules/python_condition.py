"""A condition is SymPy's: ``Ne(momentum, 0)``; Python decides ``momentum != 0`` on the spot."""

from collections.abc import Iterator

from ..fault import Fault
from ..subject import Subject, declared

CODE = "python-condition"


def check(subject: Subject) -> Iterator[Fault]:
    for each in (*subject.spec.states, *subject.inputs.values()):
        if isinstance(each.when, bool):
            yield _fault(f"when of {declared(each)}", each.when)
    for constraint in subject.spec.constraints:
        if isinstance(constraint.condition, bool):
            yield _fault(declared(constraint), constraint.condition)


def _fault(where: str, value: bool) -> Fault:
    return Fault(
        where,
        f"the condition is Python's {value}, which == and != between symbols always are",
        "Write Eq(x, 0) or Ne(x, 0), from sympy",
    )
