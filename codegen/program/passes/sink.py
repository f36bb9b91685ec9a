"""Move a product or quotient into the branches that read it, to be one call with their sums.

``d = g / s`` before ``if c: b = mu*b + d`` and ``else: theta = theta - lr*d`` is a call of its own
and a tensor that is written and read again; in the branches addcdiv does it along the way. What
it is computed from keeps its place, under a name. The branches must be the next statement and all
that reads the result, each once at most, before anything there overwrites what it is computed from.
"""

from dataclasses import replace

from ..naming import part_of
from ..nodes import (
    Apply,
    Assign,
    Branch,
    Name,
    Node,
    Program,
    Statement,
    all_names,
    apply,
    names,
    reads,
    substitute,
    walk,
)
from ..operations import DIV, MUL, SQUARE


def sink(program: Program) -> Program:
    taken = all_names(program)
    kept = {name.id for slot in program.slots for name in (slot.old, slot.new)}
    body = list(program.body)
    for i in reversed(range(len(body) - 1)):
        assign, choice = body[i : i + 2]
        if (
            isinstance(assign, Assign)
            and isinstance(choice, Branch)
            and _is_product(assign.value)
            and assign.target.id not in kept | names(assign.value) | reads(tuple(body[i + 2 :]))
            and all(_takes(arm, assign) for arm in (choice.then, choice.otherwise))
        ):
            parts, product = _named(assign, taken)
            arms = (
                tuple(_put(s, assign.target, product) for s in arm)
                for arm in (choice.then, choice.otherwise)
            )
            body[i : i + 2] = [*parts, Branch(choice.condition, *arms)]
    return program.with_body(tuple(body))


def _is_product(node: Node) -> bool:
    return isinstance(node, Apply) and node.is_tensor and node.op in (DIV, MUL, SQUARE)


def _takes(arm: tuple[Statement, ...], moved: Assign) -> bool:
    """Whether a branch reads a result once at most, and computes it from what it was."""
    overwritten: set[str] = set()
    count = 0
    for statement in arm:
        if not isinstance(statement, Assign):
            return False
        own = sum(n == moved.target for n in walk(statement.value))
        if own and overwritten & {moved.target.id, *names(moved.value)}:
            return False
        count += own
        overwritten.add(statement.target.id)
    return count <= 1


def _named(assign: Assign, taken: set[str]) -> tuple[list[Statement], Node]:
    """The operands that are computed, each under a name; and the operation on these."""
    assert isinstance(assign.value, Apply)
    parts: list[Statement] = []
    operands: list[Node] = []
    for operand in assign.value.args:
        if isinstance(operand, Apply) and operand.is_tensor:
            name = part_of(assign.target, operand, taken)
            parts.append(Assign(name, operand, assign.equation))
            operand = name
        operands.append(operand)
    return parts, apply(assign.value.op, *operands)


def _put(statement: Statement, target: Name, value: Node) -> Statement:
    assert isinstance(statement, Assign), "looked at before"
    return replace(statement, value=substitute(statement.value, {target.id: value}))
