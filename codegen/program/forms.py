"""How a language writes the operations: a table of forms, and the one printer that reads them.

A form is text with places for the operands, ``"({1} if {0} else {2})"``, or the name of a function
that is called with them, ``"math.sqrt"``. Operators bind less tightly than calls: their
:class:`Form` says how tightly the whole does, and each operand must, and there are as many
parentheses as that needs and no more. Where it depends on the operands how they are written, the
table has a function of the node, which gives a form, or another node to be written in its place.

``PYTHON`` has Python's operators, ``ARITHMETIC`` those that nearly all languages share with it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from . import operations as ops
from .nodes import Absent, Apply, Constant, Name, Node
from .operations import Operation

OR, AND, NOT, COMPARE, SUM, PRODUCT, UNARY, POWER, ATOM = range(9)
"""How tightly text binds, from what needs parentheses within all else to what never does."""


@dataclass(frozen=True)
class Form:
    """How an operation is written.

    Args:
        text: with places for the operands, in order or by their number.
        binds: how tightly the whole does.
        operands: how tightly each must; those that are not named stand between commas, or alone.
    """

    text: str
    binds: int = ATOM
    operands: tuple[int, ...] = ()


def infix(symbol: str, binds: int, left: int, right: int) -> Form:
    """An operator between its operands."""
    return Form(f"{{}} {symbol} {{}}", binds, (left, right))


def _not(node: Apply) -> Form | Node:
    """The opposite of a comparison of scalars, which are never NaN, or a negation."""
    (test,) = node.args
    if isinstance(test, Apply) and test.on_host and test.op in _OPPOSITES:
        return Apply(_OPPOSITES[test.op], test.args)
    return Form("not {}", NOT, (NOT,))


_OPPOSITES = {ops.EQ: ops.NE, ops.LT: ops.GE, ops.LE: ops.GT}
_OPPOSITES |= {b: a for a, b in _OPPOSITES.items()}

Table: TypeAlias = Mapping[Operation, "str | Form | Callable[[Apply], str | Form | Node]"]

ARITHMETIC: Table = {
    ops.EQ: infix("==", COMPARE, SUM, SUM),
    ops.NE: infix("!=", COMPARE, SUM, SUM),
    ops.LT: infix("<", COMPARE, SUM, SUM),
    ops.LE: infix("<=", COMPARE, SUM, SUM),
    ops.GT: infix(">", COMPARE, SUM, SUM),
    ops.GE: infix(">=", COMPARE, SUM, SUM),
    ops.ADD: infix("+", SUM, SUM, PRODUCT),
    ops.SUB: infix("-", SUM, SUM, PRODUCT),
    ops.MUL: infix("*", PRODUCT, PRODUCT, UNARY),
    ops.DIV: infix("/", PRODUCT, PRODUCT, UNARY),
    ops.NEG: Form("-{}", UNARY, (UNARY,)),
}

PYTHON: Table = {
    **ARITHMETIC,
    ops.OR: infix("or", OR, OR, AND),
    ops.AND: infix("and", AND, AND, NOT),
    ops.NOT: _not,
    ops.FLOORDIV: infix("//", PRODUCT, PRODUCT, UNARY),
    ops.MOD: infix("%", PRODUCT, PRODUCT, UNARY),
    ops.POW: infix("**", POWER, ATOM, UNARY),
    ops.SQUARE: Form("{} ** 2", POWER, (ATOM,)),
    ops.SELECT: "({1} if {0} else {2})",
}


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


@dataclass(frozen=True)
class Language:
    """What there is to know of a language, to print nodes.

    Args:
        name: what it is called where a form is lacking.
        host: the forms of what is known on the host: numbers, options.
        elements: those of what is known of tensors alone; None where they are the same.
        meeting: how a part that is known on the host is written among what is not; None where
            nothing is to be done.
        calls: whether what is repeated is a function that can be called by its name.
    """

    name: str
    host: Table
    elements: Table | None = None
    meeting: Callable[[Node], str] | None = None
    calls: bool = False


class Printer:
    """Prints nodes in a language.

    Args:
        language: the language.
        renamed: names that are written otherwise than they are called.
    """

    def __init__(self, language: Language, renamed: Mapping[str, str] | None = None) -> None:
        self.language = language
        self._renamed = renamed or {}

    def __call__(self, node: Node) -> str:
        """The text of a node.

        Raises:
            NotImplementedError: the language has no form for an operation in it.
        """
        return self._print(node)[0]

    def beside(self, renamed: Mapping[str, str]) -> "Printer":
        """The same, by which some more names are written otherwise."""
        return Printer(self.language, {**self._renamed, **renamed})

    def name(self, name: str) -> str:
        """How a name is written."""
        return self._renamed.get(name, name)

    def _print(self, node: Node, *, on_host: bool = False) -> tuple[str, int]:
        """The text, and how tightly it binds; within what is on the host, nothing is to meet."""
        meeting = self.language.meeting
        if meeting is not None and node.on_host and not on_host:
            return meeting(node).format(self._print(node, on_host=True)[0]), ATOM
        match node:
            case Constant():
                text = literal(node.value)
                return text, SUM if text.startswith("-") else PRODUCT if "/" in text else ATOM
            case Name():
                return self.name(node.id), ATOM
            case Absent():
                return "None", ATOM
            case Apply():
                return self._applied(node, on_host)
        raise AssertionError(f"{node} is no node")

    def _applied(self, node: Apply, on_host: bool) -> tuple[str, int]:
        form = self._form(node)
        if not isinstance(form, Form):
            return self._print(form, on_host=on_host)
        levels = (*form.operands, *(OR,) * (len(node.args) - len(form.operands)))
        parts = [self._print(x, on_host=on_host) for x in node.args]
        texts = (
            text if binding >= level else f"({text})"
            for (text, binding), level in zip(parts, levels, strict=True)
        )
        return form.text.format(*texts), form.binds

    def _form(self, node: Apply) -> Form | Node:
        language = self.language
        table = language.host if node.on_host else language.elements or language.host
        entry = table.get(node.op)
        if callable(entry):
            entry = entry(node)
        match entry:
            case None if node.op.iteration is not None and language.calls:
                return Form(f"{node.op}({', '.join(['{}'] * node.op.arity)})")
            case None:
                raise NotImplementedError(f"{language.name} has no form for {node.op}")
            case str() if "{" in entry:
                return Form(entry, operands=_bound(entry))
            case str() if node.op.arity:
                return Form(f"{entry}({', '.join(['{}'] * node.op.arity)})")
            case str():
                return Form(entry)
        return entry


def _bound(text: str) -> tuple[int, ...]:
    """How tightly the operands of a form must bind: one whose method is called, as a whole."""
    called = _METHOD.match(text)
    return (*(OR,) * int(called[1] or 0), ATOM) if called else ()


_METHOD = re.compile(r"\{(\d*)\}\.")
