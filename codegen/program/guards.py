"""Under which conditions a part of an expression is computed, and which parts that matters to.

A path is the conditions of the host that hold wherever a node is reached: those of the choices
around it, but for what waits for totals. What several paths lead to is computed if any is taken.
"""

from collections.abc import Iterator, Sequence
from functools import reduce

from .nodes import ZERO, Apply, Constant, Node, apply, negation, walk
from .operations import (
    AND,
    DIV,
    EXP,
    EXPM1,
    FLOORDIV,
    LOG,
    MOD,
    NOT,
    ONE_MINUS_POW,
    OR,
    POW,
    SELECT,
    SQRT,
)

Path = tuple[Node, ...]

_PARTIAL = (SQRT, LOG, EXP, EXPM1, POW, ONE_MINUS_POW)
_DIVISIONS = (DIV, FLOORDIV, MOD)


def is_partial(node: Node) -> bool:
    """Whether computing a scalar can fail, or overflow, for some of its operands."""
    return any(
        isinstance(n, Apply)
        and (n.op in _PARTIAL or (n.op in _DIVISIONS and not isinstance(n.args[1], Constant)))
        for n in walk(node)
    )


def known(test: Node, *, holds: bool) -> Path:
    """The conditions of the host that hold where a test does, or where it does not."""
    if isinstance(test, Apply):
        if test.op is NOT:
            return known(test.args[0], holds=not holds)
        if test.op is (AND if holds else OR) and not test.on_host:
            return tuple(c for a in test.args for c in known(a, holds=holds))
    if not test.on_host or test.is_late:
        return ()
    return (test if holds else negation(test),)


def branches(node: Apply, path: Path) -> tuple[Path, Path, Path]:
    """The paths to the operands of a choice: its test, and either value."""
    test = node.args[0]
    return path, path + known(test, holds=True), path + known(test, holds=False)


def paths(node: Apply, path: Path) -> Iterator[Path]:
    """The path to each operand of an operation."""
    if node.op is SELECT:
        return iter(branches(node, path))
    if node.op in (AND, OR):
        # Neither is asked first, so only what can always be asked says anything of the other.
        a, b = (() if is_partial(test) else known(test, holds=node.op is AND) for test in node.args)
        return iter((path + b, path + a))
    return iter([path] * len(node.args))


def guarded(value: Node, found: Sequence[Path]) -> Node:
    """The scalar where one of the paths is taken, and 0, which nothing reads, elsewhere."""
    merged = _merged(found)
    if () in merged or not is_partial(value):
        return value
    tests = [reduce(lambda a, b: apply(AND, a, b), path) for path in merged]
    return apply(SELECT, reduce(lambda a, b: apply(OR, a, b), tests), value, ZERO)


def _merged(found: Sequence[Path]) -> list[Path]:
    """The paths without what follows from the others, such as ``not a`` in ``a or not a and b``."""
    kept = list(dict.fromkeys(tuple(dict.fromkeys(path)) for path in found))
    while shorter := next(_shorter(kept), None):
        path, replaced = shorter
        kept = [p for p in kept if p != path]
        kept += [p for p in replaced if p not in kept]
    return kept


def _shorter(found: list[Path]) -> Iterator[tuple[Path, list[Path]]]:
    """A path, and what can stand for it beside the others: nothing, or a shorter one."""
    for a in found:
        for b in found:
            if a is b:
                continue
            odd = [c for c in a if c not in b]
            if not odd:
                yield b, []
            elif len(odd) == 1 and negation(odd[0]) in b:
                yield b, [tuple(c for c in b if c != negation(odd[0]))]
