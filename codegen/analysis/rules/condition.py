"""Flags are conditions and numbers are not: a condition is made of flags and comparisons."""

from collections.abc import Iterator

from sympy import Basic, Expr, Symbol
from sympy.logic.boolalg import Boolean, BooleanFalse, BooleanTrue

from ....specs.language.occurrences import places
from ..fault import Fault
from ..subject import Subject

CODE = "condition"


def check(subject: Subject) -> Iterator[Fault]:
    for update in subject.spec.updates:
        yield from _misplaced(subject, subject.equation(update), update.value, condition=False)
    conditions = {id(s.when) for s in (*subject.spec.states, *subject.inputs.values())}
    conditions |= {id(e) for where, e in subject.view_parts() if where.startswith("flat")}
    conditions |= {id(c.condition) for c in subject.spec.constraints}
    for where, expression in subject.host_parts():
        yield from _misplaced(subject, where, expression, condition=id(expression) in conditions)


def _misplaced(
    subject: Subject, where: str, expression: Basic, *, condition: bool
) -> Iterator[Fault]:
    for node, is_condition in places(expression, condition=condition):
        is_flag = isinstance(node, Symbol) and node in subject.flags
        if is_condition and isinstance(node, Expr) and not is_flag:
            text = subject.text(node)
            yield Fault(where, f"the number {text} is used as a condition", f"Write Ne({text}, 0)")
        elif not is_condition and is_flag:
            yield Fault(
                where,
                f"the option {node} is used as a number",
                f"Write Piecewise((..., {node}), (..., True))",
            )
        elif not is_condition and _is_truth(node):
            yield Fault(
                where,
                f"{subject.text(node)} is a condition where a number is expected",
                "Write Piecewise((..., condition), (..., True))",
            )


def _is_truth(node: Basic) -> bool:
    is_boolean = isinstance(node, Boolean) and not isinstance(node, Expr)
    return is_boolean or isinstance(node, BooleanTrue | BooleanFalse)
