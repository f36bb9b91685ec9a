"""Iterations as functions, for the languages that call them: each has the loop.

What the number of rounds is known before, and what else a round reads, are its arguments.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..program.forms import Language, Printer
from ..program.iteration import Iteration, iterations
from ..program.nodes import Apply, Program, assignments, walk
from ..program.operations import TRANSPOSE
from ..program.types import DType
from .statements import assigned


@dataclass(frozen=True)
class IterationFunction:
    """A function of the number of rounds, of what the first starts from, and of others.

    Args:
        name: of the function.
        count: how it calls the number of rounds.
        given: how it calls what a round starts from.
        others: the other arguments, with their kinds: ``tensor``, ``number`` or ``flag``.
        lines: the statements of a round.
        dtype: the format that it may compute in; empty for that of what it is given.
        text: what a round does.
        is_new: whether a round makes something new, and gives no view of what it is given.
    """

    name: str
    count: str
    given: str
    others: Mapping[str, str]
    lines: list[str]
    dtype: str
    text: str
    is_new: bool


def iteration_functions(programs: Iterable[Program], language: Language) -> list[IterationFunction]:
    """Those that some programs call, each after those it calls itself."""
    nodes = (n for p in programs for a in assignments(p.body) for n in walk(a.value))
    return [_function(each, language) for each in iterations(nodes).values()]


def _function(of: Iteration, language: Language) -> IterationFunction:
    printer = Printer(language)

    last = of.body[-1].value

    def kind(on_host: bool, dtype: DType) -> str:
        return "tensor" if not on_host else "flag" if dtype is DType.BOOLEAN else "number"

    return IterationFunction(
        name=of.name,
        count=of.count,
        given=of.given.id,
        others={n.id: kind(n.on_host, n.type.dtype) for n in of.others},
        lines=[*map(assigned(printer), of.body)],
        dtype=of.dtype,
        text=of.text,
        is_new=isinstance(last, Apply) and last.op is not TRANSPOSE,
    )
