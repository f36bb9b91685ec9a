"""What waits for totals over all tensors, as the generators that a class in Python has for it."""

from collections.abc import Callable, Mapping, Sequence

from ..program.nodes import Apply, Assign, Node
from ..program.turns import Turns
from .signature import Argument, members
from .statements import block


def late_context(
    found: Turns, args: tuple[Argument, ...], printed: Callable[[Assign], str]
) -> dict[str, object]:
    """The variables that templates of classes share, of rules with totals.

    Args:
        found: the program.
        args: of its spec.
        printed: prints the statements that wait.
    """
    where = members(args)
    return {
        "totals": found.totals,
        "shared": _lines(found.totals, found.shared, printed),
        "own": _lines(found.totals, found.own, printed),
        "new_globals": found.new,
        "agreed": {name: _place(where[name]) for name in found.agreed(where)},
        "sums_elements": found.sums_elements,
    }


def met_late(found: Turns) -> set[str]:
    """The names that what waits for totals takes from a step, or gives to it."""
    return found.read | found.late | {*found.new.values()}


def handed_over(printed: Callable[[Node], str], parts: Node) -> str:
    """The statement in which a tensor, or a list of them, hands over its parts of totals."""
    assert isinstance(parts, Apply)
    each = ", ".join(map(printed, parts.args))
    return f"yield {each}" if len(parts.args) > 1 else f"yield ({each},)"


def _place(label: str) -> tuple[str, int | None]:
    """The argument that a hyperparameter is found in, and its place if that is a tuple."""
    name, _, index = label.partition("[")
    return name, int(index.rstrip("]")) if index else None


def _lines(
    totals: Sequence[Mapping[str, str]],
    statements: Sequence[Sequence[Assign]],
    printed: Callable[[Assign], str],
) -> list[str]:
    """The body of a generator: a turn, and what follows it; and so on."""
    if not any(statements):
        return []
    lines: list[str] = []
    for _, own in zip(totals, statements, strict=True):
        lines += ["yield", *block(tuple(own), str, printed).splitlines()]
    return lines
