"""The parameter, or a schedule's rate, and every state have an equation."""

from collections.abc import Iterator

from ....specs.language import Schedule, eta, theta
from ..fault import Fault
from ..subject import Subject, declared

CODE = "unassigned"


def check(subject: Subject) -> Iterator[Fault]:
    clock = subject.spec.clock
    if isinstance(subject.spec, Schedule):
        if eta.name not in subject.assigned:
            yield Fault(
                "updates", "no equation gives the rate eta[step]", "Add Update(eta[step], ...)"
            )
    elif theta.name not in subject.assigned:
        yield Fault(
            "updates",
            "no equation gives theta[t], so the rule takes no step",
            "Add Update(theta[t], ...)",
        )
    for state in subject.spec.states:
        if state.name not in subject.assigned:
            yield Fault(
                declared(state),
                f"no equation gives {state.name}[{clock}]",
                f"Add Update({state.name}[{clock}], ...), or remove the state",
            )
