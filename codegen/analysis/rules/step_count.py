"""Where no step count is kept, a rule can tell the first step from the others, no more."""

from collections.abc import Iterator

from sympy import Basic, Eq, Gt, Ne

from ....specs.language import GradientAt, Value, t
from ..fault import Fault
from ..subject import Subject, declared

CODE = "step-count"

_FIRST_OR_NOT = (Eq(t, 1), Ne(t, 1), Gt(t, 1))


def check(subject: Subject) -> Iterator[Fault]:
    if subject.spec.step_key:
        return
    read = [(subject.equation(update), update.value) for update in subject.spec.updates]
    read += [(f"when of {declared(i)}", i.when) for i in subject.inputs.values()]
    for where, expression in read:
        if _counts(expression):
            yield Fault(
                where,
                "t is used as a number, but step_key is empty and so no step count is kept",
                'Set step_key="step", or use t in Eq(t, 1), Ne(t, 1) or t > 1 only',
            )


def _counts(e: Basic) -> bool:
    if e == t:
        return True
    if isinstance(e, Value | GradientAt) or e in _FIRST_OR_NOT:
        return False
    return any(_counts(argument) for argument in e.args)
