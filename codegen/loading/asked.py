"""Conditions on symbols of which a spec file asks Python whether they hold.

Of some Python would know no answer, and says so; to others it has one at once, whatever the
symbols stand for: ``x == 0`` is false, ``And(x > 0, y > 0)``, ``m[t]`` and every option are true. A
file is therefore compiled so that what it tests, and what it calls, is looked at first.
"""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Number
from typing import Any, cast

from sympy import Basic

from ...specs.language.misuse import Unindexed
from .foreign import guarded

_TESTED, _EQUAL, _GUARDED = (f"__steprule_{name}__" for name in ("tested", "equal", "guarded"))
_CONDITIONS = {"Piecewise", "And", "Or", "Not", "Implies", "ITE", "Constraint"}
"""In calls of these a comparison is meant as a condition."""


def looked_at(source: str, path: str) -> Any:
    """The code of a file, in which tests are looked at.

    Raises:
        SyntaxError: it does not parse.
    """
    tree = _Looking().visit(ast.parse(source, path))
    return compile(ast.fix_missing_locations(tree), path, "exec")


def helpers() -> dict[str, Any]:
    """What such code calls."""
    return {_TESTED: _tested, _EQUAL: _equal, _GUARDED: guarded}


class _Looking(ast.NodeTransformer):
    def __init__(self) -> None:
        self._place = ""
        """Where a comparison stands: in a test of Python's, in a condition of a call's, or else."""

    def visit_If(self, node: Any) -> ast.AST:
        with self._within("test"):
            test = self.visit(node.test)
        node.test = ast.Constant(True)  # it has been visited
        self.generic_visit(node)
        node.test = _call(_TESTED, test)
        return node

    visit_IfExp = visit_While = visit_Assert = visit_If  # noqa: N815

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        node.values = [_call(_TESTED, value) for value in node.values]
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not):
            node.operand = _call(_TESTED, node.operand)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        with self._within("condition" if name in _CONDITIONS else ""):
            self.generic_visit(node)
        if isinstance(node.func, ast.Name | ast.Attribute):
            node.func = _call(_GUARDED, node.func)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if self._place and isinstance(node.ops[0], ast.Eq | ast.NotEq) and len(node.ops) < 2:
            is_equal = ast.Constant(isinstance(node.ops[0], ast.Eq))
            place = ast.Constant(self._place)
            return _call(_EQUAL, place, is_equal, node.left, node.comparators[0])
        return node

    @contextmanager
    def _within(self, place: str) -> Iterator[None]:
        before, self._place = self._place, place
        yield
        self._place = before


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    call = ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
    return cast(ast.expr, ast.copy_location(call, arguments[-1]))


def _tested(value: Any) -> Any:
    if isinstance(value, Unindexed) or _is_open(value):
        bool(value)  # of an option, or a comparison, this says so itself
        raise TypeError(f"cannot determine truth value of {value}")
    return value


def _equal(place: str, is_equal: bool, left: Any, right: Any) -> bool:
    sides = [_is_open(side) for side in (left, right)]
    # Outside conditions it may be asked whether two symbols are the same one.
    others = [side for side in (left, right) if isinstance(side, Number | Basic)]
    if any(sides) and (place == "condition" or (len(others) == 2 and not all(sides))):
        sign, head = ("==", "Eq") if is_equal else ("!=", "Ne")
        raise TypeError(
            f"{left} {sign} {right} is {not is_equal} to Python, whatever they stand for: write "
            f"{head}({left}, {right})"
        )
    return (left == right) is is_equal


def _is_open(value: Any) -> bool:
    """Whether it depends on what symbols stand for."""
    return isinstance(value, Basic) and bool(value.free_symbols)
