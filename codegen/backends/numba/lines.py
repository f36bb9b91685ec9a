"""Numbers of rows, columns and matrices as text: where they lie, and loops over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import indent

from ....specs.language.shapes import ONE, cols, rows
from ...program.forms import Printer
from ...program.nodes import Apply, Name, Node, assignments, names
from ...program.passes.name_parts import reduces
from ...program.stages import Pass, Stages
from ...program.types import DType
from .when import assigned_when

_KINDS = {(rows, ONE): "rows", (ONE, cols): "cols", (ONE, ONE): "matrices"}
_MATRICES = "shapes[0, row]"
_EACH = {"rows": "shapes[1, row]", "cols": "shapes[2, row]"}
_COUNTS = {"matrices": _MATRICES} | {kind: f"{_MATRICES} * {n}" for kind, n in _EACH.items()}


def kind(node: Node) -> str:
    """What there is a number for: ``"rows"``, ``"cols"``, ``"matrices"``; empty for a tensor."""
    return _KINDS.get(node.type.axes, "")


@dataclass(frozen=True)
class Line:
    """Numbers along lines, or what blocks add up to for them.

    Args:
        name: of the number.
        kind: see :func:`kind`.
        place: among all.
        when: the condition under which there are any, as text; empty for always.
        is_condition: whether they are true or false.
        way: how terms are reduced to it; empty of what is not.
    """

    name: str
    kind: str
    place: int
    when: str
    is_condition: bool
    way: str = ""

    @property
    def count(self) -> str:
        """How many there are, as text."""
        return _COUNTS[self.kind]

    def text(self) -> str:
        """One of them, where lines are gone through."""
        number = f"lines[_{self.name} + {'matrix_' if self.kind == 'matrices' else 'line_'}]"
        return f"({number} != 0)" if self.is_condition else number

    @property
    def element(self) -> str:
        """One of them as elements meet it."""
        return f"(_{self.name}[index] != 0)" if self.is_condition else f"_{self.name}[index]"


@dataclass(frozen=True)
class Lines:
    """All of a rule.

    Args:
        values: by name.
        parts: what blocks add up to, by the name of the term.
    """

    values: Mapping[str, Line]
    parts: Mapping[str, Line]

    def lengths(self, *, of_blocks: bool) -> list[str]:
        """What each is along, as text that depends on what a kernel is compiled for."""
        found = self.parts if of_blocks else self.values
        added = " of blocks" if of_blocks else ""
        texts = {name: f'"{line.kind}{added}"' for name, line in found.items()}
        return [f'{texts[n]} if {x.when} else ""' if x.when else texts[n] for n, x in found.items()]


def lines_of(stages: Stages, conditions: Mapping[Node, str]) -> Lines:
    """The lines of a rule.

    Args:
        stages: its stages.
        conditions: what a kernel is compiled for, as text.
    """
    values: dict[str, Line] = {}
    parts: dict[str, Line] = {}
    for stage in stages.stages:
        if isinstance(stage, Pass):
            continue
        for slot in stage.loads:
            when = "" if slot.when is None else conditions[slot.when]
            _add(values, slot.old, when)
        whens = assigned_when(stage.body, conditions)
        for each in assignments(stage.body):
            when = str(whens[each.target.id])
            _add(values, each.target, when)
            of = each.value.args[0] if isinstance(each.value, Apply) and each.value.args else None
            if isinstance(of, Name) and of.id in _terms(stages) and kind(each.target):
                way = each.value.op.name.partition("_over_")[0]  # pyright: ignore
                found = kind(each.target)
                parts[of.id] = Line(of.id, found, len(parts), when, False, way)
    return Lines(values, parts)


def loops(lines: Lines, target: Name, value: Node, printer: Printer) -> str:
    """An assignment to numbers along lines: as many times as there are lines."""
    into, found = f"_{target.id}", kind(target)
    if isinstance(value, Apply) and reduces(value):
        return _reduced(lines, target, value)
    end = "matrix_" if found == "matrices" else "line_"
    renamed = {name: lines.values[name].text() for name in names(value) if name in lines.values}
    inner = f"lines[{into} + {end}] = {printer.beside(renamed)(value)}"
    if found != "matrices":
        each = _EACH[found]
        inner = f"for line_ in range(matrix_ * {each}, (matrix_ + 1) * {each}):\n    {inner}"
    return f"for matrix_ in range({_MATRICES}):\n" + indent(inner, "    ")


def of_numbers(lines: Lines, value: Apply) -> str:
    """A number of a tensor, reduced from those of its lines or from one that it is itself."""
    (of,) = value.args
    assert isinstance(of, Name)
    way = value.op.name.partition("_over_")[0]
    if of.id not in lines.values:
        return f"abs({of.id})" if way == "norm" else of.id
    size = _COUNTS[lines.values[of.id].kind]
    return f"along.of_numbers(along.{way.upper()}, lines, _{of.id}, {size})"


def _reduced(lines: Lines, target: Name, value: Apply) -> str:
    (of,) = value.args
    assert isinstance(of, Name)
    way = f"along.{value.op.name.partition('_over_')[0].upper()}"
    if of.id in lines.parts:
        over = {"rows": "cols", "cols": "rows", "matrices": "both"}[kind(target)]
        place = f"parts_at[row, {lines.parts[of.id].place}]"
        return (
            f"along.over_{over}({way}, parts, {place}, lines, _{target.id}, shapes[:, row], real)"
        )
    size = _EACH[lines.values[of.id].kind]
    return f"along.of_each({way}, lines, _{of.id}, {size}, _{target.id}, {_MATRICES})"


def _add(values: dict[str, Line], name: Name, when: str) -> None:
    if (found := kind(name)) and name.id not in values:
        is_condition = name.type.dtype is DType.BOOLEAN
        values[name.id] = Line(name.id, found, len(values), when, is_condition)


def _terms(stages: Stages) -> set[str]:
    return {term.id for each in stages.passes for term in each.terms}
