"""Lines of which a test of elements may choose nothing: NumPy computes them for every element.

What goes wrong where an element is not chosen must not be told: a quotient that is taken where its
divisor is not 0 is 0/0 elsewhere. Such lines are found from the last to the first: a result is read
for sure unless selections alone read it, as one of the two that they choose from.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Any

from ...program.allocate import Choice, Instruction, Step
from ...program.nodes import names
from ...program.operations import DIV, LOG, POW, SELECT, SQRT, Operation
from ...program.turns import hands_over

_RISKY: frozenset[Operation] = frozenset({DIV, POW, SQRT, LOG})
"""What has no finite result for some finite operands, however small."""


@dataclass(frozen=True)
class Unchosen:
    """Instructions in a row, of one equation, whose errors are not told."""

    steps: tuple[Instruction, ...]

    @property
    def equation(self) -> str:
        return self.steps[0].equation


def apart(steps: Sequence[Step], slots: Iterable[str]) -> tuple[Any, ...]:
    """The instructions of a listing, with these put together.

    Args:
        steps: of the listing.
        slots: what is read after the last of them.

    Returns:
        Steps, some of them :class:`Unchosen`, in choices too.
    """
    return _apart(steps, frozenset(slots))[0]


def _apart(
    steps: Sequence[Step], certain: frozenset[str]
) -> tuple[tuple[Any, ...], frozenset[str]]:
    """Those of a block, and what is read for sure from its start on."""
    found: list[Step | Unchosen] = []
    for step in reversed(steps):
        if isinstance(step, Choice):
            then, if_then = _apart(step.then, certain)
            otherwise, if_not = _apart(step.otherwise, certain)
            found.append(Choice(step.condition, then, otherwise))
            certain = if_then | if_not
        elif step.target in certain or (step.op is None and hands_over(step.args[0])):
            found.append(step)
            certain = certain - {step.target} | _read(step)
        else:
            found.append(Unchosen((step,)))
    return tuple(_together(reversed(found))), certain


def _read(step: Instruction) -> frozenset[str]:
    """What an instruction reads of every element."""
    read = step.args[:1] if step.op is SELECT else step.args
    return frozenset().union(*map(names, read))


def _together(steps: Iterable[Step | Unchosen]) -> Iterator[Step | Unchosen]:
    """With those of one equation that follow each other as one, from the first with a risk on."""
    for is_apart, group in groupby(steps, key=lambda s: isinstance(s, Unchosen) and (s.equation,)):
        if not is_apart:
            yield from group
            continue
        row = [one for each in group if isinstance(each, Unchosen) for one in each.steps]
        safe = [*takewhile(lambda one: one.op not in _RISKY, row)]
        yield from safe
        if risky := row[len(safe) :]:
            yield Unchosen(tuple(risky))
