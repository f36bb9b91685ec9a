"""Equations are made of what every backend can compute."""

from collections.abc import Iterator
from types import ModuleType

from sympy import (
    Abs,
    Add,
    Basic,
    Max,
    Min,
    Mod,
    Mul,
    Piecewise,
    Pow,
    Rational,
    S,
    Symbol,
    atan,
    atan2,
    cos,
    erf,
    exp,
    floor,
    log,
    pi,
    sign,
    sin,
    tanh,
)
from sympy.core.relational import Relational
from sympy.core.symbol import Str
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import ITE, And, BooleanFalse, BooleanTrue, Implies, Not, Or

from ....specs.language import (
    GradientAt,
    Optimizer,
    Schedule,
    Value,
    decompositions,
    heads,
    matrices,
    over_tensors,
    reductions,
    sequences,
)
from ....specs.language.occurrences import nodes
from ..fault import Fault
from ..subject import Subject

CODE = "unsupported"

_LEAVES = (Symbol, Value, Rational, Str)
_FUNCTIONS = (
    Add,
    Mul,
    Pow,
    exp,
    log,
    tanh,
    erf,
    atan,
    atan2,
    Abs,
    sign,
    Max,
    Min,
    Piecewise,
    ExprCondPair,
)
_CONDITIONS = (Relational, And, Or, Not, BooleanTrue, BooleanFalse)


_BASES = (
    heads.Head,
    reductions.Reduction,
    over_tensors.OverTensors,
    decompositions.Decomposition,
)


def _heads(module: ModuleType) -> tuple[type[heads.Head], ...]:
    return tuple(
        head
        for head in vars(module).values()
        if isinstance(head, type) and issubclass(head, heads.Head) and head not in _BASES
    )


_HEADS: dict[type, tuple[type[heads.Head], ...]] = {
    Optimizer: tuple(
        head
        for module in (heads, reductions, over_tensors, matrices, decompositions)
        for head in _heads(module)
    ),
    Schedule: _heads(sequences),
}
_ON_HOST = (floor, cos, sin, Mod, type(pi))
"""What Python's own mathematics computes, of numbers of the host; ``shape`` sees to that."""
_INFINITIES = (type(S.Infinity), type(S.NegativeInfinity))
"""What only schedules can use: the best that a metric was before there was one."""
_OF_NUMBERS = " of numbers that are known before any tensor is"


def check(subject: Subject) -> Iterator[Fault]:
    kind = type(subject.spec)
    supported = (*_LEAVES, *_FUNCTIONS, *_ON_HOST, *_CONDITIONS, *_HEADS[kind])
    supported += _INFINITIES if kind is Schedule else (GradientAt,)
    constraints = {id(c.condition) for c in subject.spec.constraints}
    for where, expression in subject.parts():
        # Constraints are only tested, on the host, so they may also say "implies".
        also = (Implies,) if id(expression) in constraints else ()
        yield from _unsupported(where, expression, (*supported, *also), kind)


def _unsupported(
    where: str, expression: Basic, known: tuple[type, ...], kind: type
) -> Iterator[Fault]:
    for node in nodes(expression):
        if not isinstance(node, known):
            name = type(node).__name__ if node.args else str(node)
            yield Fault(where, f"{name} is nothing a backend can compute", _remedy(node, kind))


def _remedy(node: Basic, kind: type) -> str:
    if node in (S.ComplexInfinity, S.NaN):
        return "SymPy makes it of a division by 0, or of 0*oo: mend what is divided by"
    if node == S.ImaginaryUnit:
        return "SymPy makes it of a root of what is negative: equations are of real numbers"
    if isinstance(node, ITE):
        return (
            "SymPy makes it of a comparison with a Piecewise: give that an equation of its own, "
            "x[t], and compare x[t]"
        )
    of_numbers = _OF_NUMBERS if kind is Optimizer else ""
    return (
        "Write it with + - * / **, sqrt, exp, log, tanh, erf, atan, atan2, Abs, sign, Max, Min, "
        f"Piecewise, floor, Mod, cos, sin, pi{of_numbers}, and the heads "
        f"{', '.join(sorted(h.__name__ for h in _HEADS[kind]))}"
    )
