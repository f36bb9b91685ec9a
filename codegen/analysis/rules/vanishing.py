"""What a state keeps does not come to nothing: of exact numbers, what rounding loses does."""

from collections.abc import Iterator, Mapping

from sympy import Basic, Expr, Integer, expand

from ....specs.language import Optimizer, Value, t, theta
from ..fault import Fault
from ..subject import Subject

CODE = "vanishing"


def check(subject: Subject) -> Iterator[Fault]:
    """Of states that are made of the new parameter, as what is lost of a step is."""
    if not isinstance(subject.spec, Optimizer):
        return
    updates = {update.target: update for update in subject.updates}
    values = {target: update.value for target, update in updates.items()}
    for state in subject.spec.states:
        update = updates.get(state.series[t])
        if update is None or state.init != 0 or theta[t] not in update.value.atoms(Value):
            continue
        value = _written_out(update.value, values).xreplace({state.series[t - 1]: Integer(0)})
        if isinstance(value, Expr) and expand(value) == 0:
            yield Fault(
                subject.equation(update),
                f"{state.name} starts at 0 and stays there, as of exact numbers this is 0",
                "Say what memory rounds, Update(theta[t], stored(...)), or remove the state",
            )


def _written_out(value: Basic, values: Mapping[Value, Basic]) -> Basic:
    """The same of what is there before the step."""
    while known := {v: values[v] for v in value.atoms(Value) if v in values}:
        value = value.xreplace(known)
    return value
