"""The parameter and every state have an equation."""

from collections.abc import Iterator

from ....specs.language import theta
from ..fault import Fault
from ..subject import Subject, declared

CODE = "unassigned"


def check(subject: Subject) -> Iterator[Fault]:
    if theta.name not in subject.assigned:
        yield Fault(
            "updates",
            "no equation gives theta[t], so the rule takes no step",
            "Add Update(theta[t], ...)",
        )
    for state in subject.spec.states:
        if state.name not in subject.assigned:
            yield Fault(
                declared(state),
                f"no equation gives {state.name}[t]",
                f"Add Update({state.name}[t], ...), or remove the state",
            )
