"""Evaluate a program on exact numbers: what every pass must leave unchanged."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..oracle.exact import exact
from .nodes import Absent, Apply, Assign, Constant, Name, Node, Program, Statement
from .operations import SELECT


def evaluate(program: Program, values: Mapping[str, Any]) -> dict[str, Any]:
    """The new value of every slot that exists.

    Args:
        program: at any stage between two passes.
        values: exact numbers, truth values, and arrays of exact numbers, by name:
            hyperparameters, options, ``t``, ``first``, the gradient and every slot.
    """
    environment = dict(values)
    for assign in program.host:
        environment[assign.target.id] = value_of(assign.value, environment)
    run(program.body, environment)
    return {
        slot.name: environment[slot.new.id]
        for slot in program.slots
        if slot.when is None or value_of(slot.when, environment)
    }


def run(statements: tuple[Statement, ...], environment: dict[str, Any]) -> None:
    """Carry out statements on values by name."""
    for statement in statements:
        if isinstance(statement, Assign):
            environment[statement.target.id] = value_of(statement.value, environment)
        elif value_of(statement.condition, environment):
            run(statement.then, environment)
        else:
            run(statement.otherwise, environment)


def value_of(node: Node, environment: Mapping[str, Any]) -> Any:
    """The exact value of a node; a choice made on the host evaluates one side only."""
    if isinstance(node, Apply):
        if node.op is SELECT and node.args[0].on_host:
            test, yes, no = node.args
            return value_of(yes if value_of(test, environment) else no, environment)
        return node.op.exact(*[value_of(a, environment) for a in node.args])
    if isinstance(node, Name):
        value = environment[node.id]
        return exact(value) if isinstance(value, Fraction) else value
    if isinstance(node, Constant):
        return exact(node.value)
    if isinstance(node, Absent):
        return None
    raise NotImplementedError(f"no value for {type(node).__name__}")
