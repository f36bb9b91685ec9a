"""Equations are made of what every backend can compute."""

from collections.abc import Iterator

from sympy import Abs, Add, Basic, Max, Min, Mul, Piecewise, Pow, Rational, Symbol, exp, log, sign
from sympy.core.relational import Relational
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import And, BooleanFalse, BooleanTrue, Implies, Not, Or

from ....specs.language import GradientAt, Value, heads
from ..fault import Fault
from ..occurrences import nodes
from ..subject import Subject

CODE = "unsupported"

_LEAVES = (Symbol, Value, GradientAt, Rational)
_FUNCTIONS = (Add, Mul, Pow, exp, log, Abs, sign, Max, Min, Piecewise, ExprCondPair)
_HEADS = tuple(
    head
    for head in vars(heads).values()
    if isinstance(head, type) and issubclass(head, heads.Head) and head is not heads.Head
)
_CONDITIONS = (Relational, And, Or, Not, BooleanTrue, BooleanFalse)
_SUPPORTED = (*_LEAVES, *_FUNCTIONS, *_HEADS, *_CONDITIONS)


def check(subject: Subject) -> Iterator[Fault]:
    constraints = {id(c.condition) for c in subject.spec.constraints}
    for where, expression in subject.parts():
        # Constraints are only tested, on the host, so they may also say "implies".
        also = (Implies,) if id(expression) in constraints else ()
        yield from _unsupported(where, expression, (*_SUPPORTED, *also))


def _unsupported(where: str, expression: Basic, known: tuple[type, ...]) -> Iterator[Fault]:
    for node in nodes(expression):
        if not isinstance(node, known):
            name = type(node).__name__ if node.args else str(node)
            yield Fault(
                where,
                f"{name} is nothing a backend can compute",
                "Write it with + - * / **, sqrt, exp, log, Abs, sign, Max, Min, Piecewise, and "
                f"the heads {', '.join(sorted(h.__name__ for h in _HEADS))}",
            )
