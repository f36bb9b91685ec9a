"""Conditions on symbols of which a spec file asks Python whether they hold.

Of some Python would know no answer, and says so; to others it has one at once, whatever the
symbols stand for: ``x == 0`` is false, ``And(x > 0, y > 0)`` and every option are true. A file is
therefore compiled so that what it tests is looked at first.
"""

import ast
from typing import Any, cast

from sympy import Basic
from sympy.logic.boolalg import Boolean, BooleanAtom

_TESTED, _EQUAL = "__steprule_tested__", "__steprule_equal__"
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
    return {_TESTED: _tested, _EQUAL: _equal}


class _Looking(ast.NodeTransformer):
    def __init__(self) -> None:
        self._is_condition = False

    def visit_If(self, node: Any) -> ast.AST:
        self.generic_visit(node)
        node.test = _call(_TESTED, node.test)
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
        before, self._is_condition = self._is_condition, name in _CONDITIONS
        self.generic_visit(node)
        self._is_condition = before
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if self._is_condition and isinstance(node.ops[0], ast.Eq | ast.NotEq) and len(node.ops) < 2:
            is_equal = ast.Constant(isinstance(node.ops[0], ast.Eq))
            return _call(_EQUAL, is_equal, node.left, node.comparators[0])
        return node


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    call = ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
    return cast(ast.expr, ast.copy_location(call, arguments[-1]))


def _tested(value: Any) -> Any:
    if isinstance(value, Boolean) and not isinstance(value, BooleanAtom):
        bool(value)  # of an option, or a comparison, this says so itself
        raise TypeError(f"cannot determine truth value of {value}")
    return value


def _equal(is_equal: bool, left: Any, right: Any) -> bool:
    if any(isinstance(side, Basic) and side.free_symbols for side in (left, right)):
        sign, head = ("==", "Eq") if is_equal else ("!=", "Ne")
        raise TypeError(
            f"{left} {sign} {right} is {not is_equal} to Python, whatever they stand for: write "
            f"{head}({left}, {right})"
        )
    return (left == right) is is_equal
