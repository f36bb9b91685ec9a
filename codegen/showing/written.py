"""From a spec to its page."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from ...specs.language import Optimizer, Schedule
from ..backends.latex import LatexPrinter
from ..backends.latex.cells import WORDS, Code, Formula, Piece, Said
from ..backends.latex.tables import arguments, inputs, outputs, schedule_arguments, states
from ..cost import BYTES, costs
from ..program.compiled import CompiledRule, CompiledSchedule
from .page import Cell, Page, Table

_DTYPE = "float32"


def page_of(compiled: CompiledRule | CompiledSchedule) -> Page:
    """The page of an analysed spec.

    Args:
        compiled: the spec, of whose programs those are compiled that the cost is read off.
    """
    spec = compiled.spec
    printer = LatexPrinter(spec)
    given = schedule_arguments if isinstance(spec, Schedule) else arguments
    found: dict[str, Sequence[Any]] = {
        "Arguments": given(spec, printer),  # type: ignore[arg-type]
        "What is kept between steps": states(spec, printer),
    }
    if isinstance(spec, Optimizer):
        found["What a step is given"] = inputs(spec, printer)
        found["What can be looked at"] = outputs(spec, printer)
    tables = [_table(title, rows) for title, rows in found.items() if rows]
    if isinstance(compiled, CompiledRule) and compiled.has_kernel:
        tables.append(_cost(compiled))
    return Page(
        name=spec.name,
        summary=spec.summary.removeprefix(f"{spec.name}: "),
        source=spec.source,
        equations=[
            (printer.expression(u.target), printer.expression(u.value)) for u in spec.updates
        ],
        tables=tables,
    )


def _table(title: str, rows: Sequence[Any]) -> Table:
    columns = [field.name for field in fields(rows[0])]
    return Table(title, columns, [[_cell(getattr(row, name)) for name in columns] for row in rows])


def _cell(pieces: Sequence[Piece]) -> Cell:
    return [_piece(piece) for piece in pieces]


def _piece(piece: Piece) -> tuple[str, str]:
    match piece:
        case Formula():
            return "math", piece.tex
        case Code():
            return "code", piece.text
        case Said():
            return "text", piece.text
        case _:
            return "text", WORDS[piece.key].replace("--", "–")


def _cost(compiled: CompiledRule) -> Table:
    size = BYTES[_DTYPE]
    head = ("with", "state", "moved", "passes", "operations")
    rows = [
        [
            [("code", each.settings) if each.settings else ("text", "defaults")],
            [("text", f"{each.states * size} bytes")],
            [("text", f"{each.moved * size} bytes")],
            [("text", str(each.passes))],
            [("text", str(sum(each.operations.values())))],
        ]
        for each in costs(compiled)
    ]
    return Table(f"Cost of a step for each parameter, in {_DTYPE}", head, rows)
