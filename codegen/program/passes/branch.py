"""Turn choices that are known on the host into ``if`` statements.

A choice inside an expression first gets a name of its own; neighbours under one condition
become one ``if``.
"""

from collections.abc import Iterable

from ..fold import fold
from ..naming import part_of
from ..nodes import (
    ZERO,
    Absent,
    Apply,
    Assign,
    Branch,
    Node,
    Program,
    Statement,
    all_names,
    apply,
    is_host_select,
    negation,
)
from ..operations import ADD, SELECT


def branch(program: Program) -> Program:
    taken = all_names(program)
    return program.with_body(_merge(s for a in program.body for s in _statements(a, taken)))


def _statements(statement: Statement, taken: set[str]) -> list[Statement]:
    if isinstance(statement, Branch) or statement.target.is_late:
        return [statement]
    value = fold(_lift_sums(statement.value))
    if isinstance(value, Absent):
        return []
    if isinstance(value, Apply) and is_host_select(value):
        test, yes, no = value.args
        then = _statements(Assign(statement.target, yes, statement.equation), taken)
        otherwise = _statements(Assign(statement.target, no, statement.equation), taken)
        if not then:
            test, then, otherwise = negation(test), otherwise, then
        return [Branch(test, _merge(then), _merge(otherwise))]
    parts: list[Statement] = []
    value = _name_choices(value, statement, parts, taken)
    return [*parts, Assign(statement.target, value, statement.equation)]


def _lift_sums(node: Node) -> Node:
    """``x + select(c, y, 0)`` as ``select(c, x + y, x)``: nothing is added where nothing is."""
    if not isinstance(node, Apply):
        return node
    args = tuple(_lift_sums(a) for a in node.args)
    if node.op is ADD:
        for x, choice in (args, args[::-1]):
            if isinstance(choice, Apply) and is_host_select(choice) and choice.args[2] == ZERO:
                test, y, _ = choice.args
                return apply(SELECT, test, apply(ADD, x, y), x)
    return Apply(node.op, args)


def _name_choices(node: Node, origin: Assign, parts: list[Statement], taken: set[str]) -> Node:
    if not isinstance(node, Apply):
        return node
    args: list[Node] = []
    for argument in node.args:
        if not argument.on_host and is_host_select(argument):
            name = part_of(origin.target, argument, taken)
            parts += _statements(Assign(name, argument, origin.equation), taken)
            argument = name
        else:
            argument = _name_choices(argument, origin, parts, taken)
        args.append(argument)
    return Apply(node.op, tuple(args))


def _merge(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    merged: list[Statement] = []
    for statement in statements:
        last = merged[-1] if merged else None
        if isinstance(statement, Branch) and isinstance(last, Branch):
            then, otherwise = statement.then, statement.otherwise
            if last.condition == negation(statement.condition):
                then, otherwise = otherwise, then
            if last.condition in (statement.condition, negation(statement.condition)):
                merged[-1] = Branch(
                    last.condition,
                    _merge((*last.then, *then)),
                    _merge((*last.otherwise, *otherwise)),
                )
                continue
        merged.append(statement)
    return tuple(merged)
