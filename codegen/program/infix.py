"""Nodes as infix text, with no more parentheses than their meaning needs.

Printers of languages with infix operators derive from :class:`Infix` and say how a name, a
constant and each function are written.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import ClassVar

from . import operations as ops
from .nodes import Absent, Apply, Constant, Name, Node

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _UNARY, _POWER, _ATOM = range(9)

_BINARY = {
    ops.OR: ("or", _OR, _OR, _AND),
    ops.AND: ("and", _AND, _AND, _NOT),
    ops.EQ: ("==", _COMPARE, _SUM, _SUM),
    ops.NE: ("!=", _COMPARE, _SUM, _SUM),
    ops.LT: ("<", _COMPARE, _SUM, _SUM),
    ops.LE: ("<=", _COMPARE, _SUM, _SUM),
    ops.GT: (">", _COMPARE, _SUM, _SUM),
    ops.GE: (">=", _COMPARE, _SUM, _SUM),
    ops.ADD: ("+", _SUM, _SUM, _PRODUCT),
    ops.SUB: ("-", _SUM, _SUM, _PRODUCT),
    ops.MUL: ("*", _PRODUCT, _PRODUCT, _UNARY),
    ops.DIV: ("/", _PRODUCT, _PRODUCT, _UNARY),
    ops.FLOORDIV: ("//", _PRODUCT, _PRODUCT, _UNARY),
    ops.MOD: ("%", _PRODUCT, _PRODUCT, _UNARY),
    ops.POW: ("**", _POWER, _ATOM, _UNARY),
}

Form = Callable[..., str]


class Infix:
    """Prints nodes; an operation it has no form for raises ``NotImplementedError``.

    Attributes:
        functions: operation to a function of the printed operands.
        renamed: names that are written otherwise than they are called.
    """

    functions: ClassVar[Mapping[ops.Operation, Form]] = {}

    def __init__(self, renamed: Mapping[str, str] | None = None) -> None:
        self._renamed = renamed or {}

    def __call__(self, node: Node) -> str:
        return self._print(node)[0]

    def name(self, name: str) -> str:
        return self._renamed.get(name, name)

    def form(self, node: Apply) -> Form | None:
        """How a function is written; None leaves the node to the infix operators."""
        return self.functions.get(node.op)

    def constant(self, value: Fraction) -> str:
        return literal(value)

    def _within(self, node: Node, level: int) -> str:
        text, binding = self._print(node)
        return text if binding >= level else f"({text})"

    def _print(self, node: Node) -> tuple[str, int]:
        match node:
            case Constant():
                text = self.constant(node.value)
                return text, _SUM if text.startswith("-") else _PRODUCT if "/" in text else _ATOM
            case Name():
                return self.name(node.id), _ATOM
            case Absent():
                return "None", _ATOM
            case Apply() if (form := self.form(node)) is not None:
                return form(*map(self, node.args)), _ATOM
            case Apply() if node.op in _BINARY:
                symbol, level, left, right = _BINARY[node.op]
                a, b = node.args
                return f"{self._within(a, left)} {symbol} {self._within(b, right)}", level
            case Apply() if node.op is ops.SQUARE:
                return f"{self._within(node.args[0], _ATOM)} ** 2", _POWER
            case Apply() if node.op is ops.NEG:
                return f"-{self._within(node.args[0], _UNARY)}", _UNARY
            case Apply() if node.op is ops.NOT and _opposite(node.args[0]) is not None:
                return self._print(_opposite(node.args[0]) or node)
            case Apply() if node.op is ops.NOT:
                return f"not {self._within(node.args[0], _NOT)}", _NOT
        what = node.op.name if isinstance(node, Apply) else type(node).__name__
        raise NotImplementedError(f"{type(self).__name__} cannot print {what}")


_OPPOSITES = {ops.EQ: ops.NE, ops.LT: ops.GE, ops.LE: ops.GT}
_OPPOSITES |= {b: a for a, b in _OPPOSITES.items()}


def _opposite(test: Node) -> Node | None:
    """The comparison that holds where this one does not, of scalars (which are never NaN)."""
    if isinstance(test, Apply) and test.on_host and test.op in _OPPOSITES:
        return Apply(_OPPOSITES[test.op], test.args)
    return None


def literal(value: Fraction) -> str:
    """A number as Python: an integer, a short exact decimal, or a quotient.

    Integers beyond those that every language holds exactly are the double next to them.

    Raises:
        NotImplementedError: it is beyond all doubles.
    """
    if max(abs(value.numerator), value.denominator) > _WHOLE:
        try:
            return repr(float(value))
        except OverflowError as error:
            raise NotImplementedError("a constant is larger than any double") from error
    if value.denominator == 1:
        return str(value.numerator)
    text = repr(float(value))
    return text if Fraction(text) == value else f"{value.numerator} / {value.denominator}"


_WHOLE = 2**53


def call(function: str) -> Form:
    """The form ``function(operand, ...)``."""
    return lambda *operands: f"{function}({', '.join(operands)})"
