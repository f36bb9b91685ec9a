"""An argument of theirs, computed of ours: ``--set alpha=eta_min/lr``."""

import ast
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "dict": lambda keys, value: dict.fromkeys(keys, value),
    "float": float,
    "int": int,
    "list": list,
    "max": max,
    "min": min,
}


@dataclass(frozen=True, repr=False)
class Expression:
    """An expression of numbers in our arguments.

    Args:
        text: as it was given.
        names: the arguments it reads.
    """

    text: str
    names: frozenset[str]

    def __repr__(self) -> str:
        return self.text

    def of(self, values: Mapping[str, Any]) -> Any:
        """Its value."""
        return _value(ast.parse(self.text, mode="eval").body, values)


def expression(text: str, known: Collection[str]) -> Expression | None:
    """An expression that reads some of the names that are known; None where it is none."""
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        return None
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - _FUNCTIONS.keys()
    if not names or not names <= set(known) or not _is_simple(tree):
        return None
    return Expression(text, frozenset(names))


def _is_simple(node: ast.expr) -> bool:
    match node:
        case ast.BinOp(left, op, right):
            return type(op) in _OPERATORS and _is_simple(left) and _is_simple(right)
        case ast.UnaryOp(op, operand):
            return type(op) in _OPERATORS and _is_simple(operand)
        case ast.Call(ast.Name(name), args, []):
            return name in _FUNCTIONS and all(map(_is_simple, args))
        case ast.List(elements) | ast.Tuple(elements):
            return all(map(_is_simple, elements))
    return isinstance(node, ast.Name | ast.Constant)


def _value(node: ast.expr, values: Mapping[str, Any]) -> Any:
    match node:
        case ast.BinOp(left, op, right):
            return _OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.UnaryOp(op, operand):
            return _OPERATORS[type(op)](_value(operand, values))
        case ast.Call(ast.Name(name), args, []):
            return _FUNCTIONS[name](*(_value(a, values) for a in args))
        case ast.List(elements) | ast.Tuple(elements):
            return [_value(e, values) for e in elements]
        case ast.Name(name):
            return values[name]
        case ast.Constant(value):
            return value
    raise AssertionError(f"{node} is no part of an expression")
