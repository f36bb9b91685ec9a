"""A rule as one would write it: with its defaults alone, a line an equation, in plain NumPy.

It is what to read before the generated code, which takes every option, reuses its buffers and
computes once what is the same for all elements.
"""

import ast
from collections.abc import Set
from contextlib import suppress
from re import sub
from textwrap import indent

from sympy import sympify

from ....specs.language import Optimizer
from ....specs.language.occurrences import values
from ...notation.text import text_of
from .variants import plain, usual, variant

_NUMPY = {
    "max": "np.maximum",
    "min": "np.minimum",
    "abs": "np.abs",
    "atan": "np.arctan",
    "atan2": "np.arctan2",
    "norm": "np.linalg.norm",
    **{
        name: f"np.{name}" for name in ("sqrt", "sign", "exp", "log", "cos", "sin", "floor", "tanh")
    },
}
"""What NumPy calls the functions of equations."""
_GIVEN = {"np", "grad", "theta", "t"}
"""Names that a reader is told of."""


def written(spec: Optimizer) -> str:
    """All steps of a rule, as Python; nothing where it is more than such equations can say."""
    whole = variant(spec, usual(spec)).spec
    if whole.inputs or any(state.init is None for state in whole.states):
        return ""
    for rule in (plain(spec, usual(spec)).spec, whole):
        with suppress(_UnsayableError):
            return _steps(rule, {update.target.name for update in whole.updates})
    return ""


class _UnsayableError(Exception):
    """An equation has no line of its own."""


def _steps(rule: Optimizer, computed: Set[str]) -> str:
    """What the states are at first, and the equations of one step.

    Args:
        rule: with its equations as they are to be shown, of which shorter ones may lack some.
        computed: what the rule computes.
    """
    prints = text_of(rule)
    read = {each.name for update in rule.updates for each in values(update.value)}
    start = [
        _line(state.name, prints.expression(sympify(state.init)))
        for state in rule.states
        if state.name in read
    ]
    step: list[str] = []
    known = {*_GIVEN, *(h.name for h in rule.hyperparameters)}
    known |= {state.name for state in rule.states if state.name not in computed}
    known |= {update.target.name for update in rule.updates}
    done: set[str] = set()
    for update in rule.updates:
        if any(each.lag and each.name in done for each in values(update.value)):
            raise _UnsayableError  # a name has one value at a time
        done.add(update.target.name)
        step.append(_line(update.target.name, prints.expression(update.value)))
    if not _names("".join(step)) <= known:
        raise _UnsayableError
    return f"{''.join(start)}for t in range(1, T + 1):\n{indent(''.join(step), '    ')}"


def _names(code: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


def _line(name: str, value: str) -> str:
    """An assignment; a quantity goes by its name, whatever the step it is of."""
    try:
        tree = ast.parse(f"{name} = " + sub(r"\[(?:t|t-1|0)\]", "", value))
    except SyntaxError as error:
        raise _UnsayableError from error
    return ast.unparse(_Numpy().visit(tree)) + "\n"


class _Numpy(ast.NodeTransformer):
    """Functions by NumPy's names; a case is one of each element."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match node.func:
            case ast.Name("grad"):
                return self.generic_visit(node)
            case ast.Name(name) if name in _NUMPY and not node.keywords:
                node.func = ast.Name(_NUMPY[name])
                return self.generic_visit(node)
        raise _UnsayableError

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return ast.Call(
            ast.Attribute(ast.Name("np"), "where"), [node.test, node.body, node.orelse], []
        )
