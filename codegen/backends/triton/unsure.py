"""Names that some settings leave without a value where others read them.

Triton takes a condition that is known for one that is not, where it comes in a tuple: so what is
given a value in a branch must have one before it.
"""

from collections.abc import Iterable

from ...program.nodes import Branch, Statement, names


def unsure(body: Iterable[Statement], results: Iterable[str], known: Iterable[str]) -> list[str]:
    """What is read, or returned, that has no value on some way there, in the order of reading.

    Args:
        body: of a function.
        results: what it returns.
        known: what has a value before.
    """
    found: dict[str, None] = {}
    sure = _sure(body, {*known}, found)
    return [*found, *(name for name in results if name not in {*sure, *found})]


def _sure(body: Iterable[Statement], sure: set[str], found: dict[str, None]) -> set[str]:
    """What has a value behind a body; what it reads that has none is added to what was found."""
    for s in body:
        if isinstance(s, Branch):
            sure = _sure(s.then, sure, found) & _sure(s.otherwise, sure, found)
        else:
            found |= dict.fromkeys(sorted(names(s.value) - sure))
            sure = sure | {s.target.id}
    return sure
