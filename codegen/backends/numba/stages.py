"""What the template of a rule of several stages is filled with: passes, and numbers between."""

from dataclasses import dataclass

from ...program import operations as ops
from ...program.compiled import CompiledRule
from ...program.forms import Form, Language, Printer, Table
from ...program.nodes import (
    Apply,
    Assign,
    Name,
    Node,
    Slot,
    Statement,
    assignments,
    names,
    walk,
)
from ...program.stages import Numbers, Pass, Stages
from ...program.types import DType
from ..statements import assigned, block
from .context import Column, Conditions
from .printer import NUMBA, NUMBERS


@dataclass(frozen=True)
class PassContext:
    """A pass as text.

    Args:
        name: of its function.
        what: in words.
        columns: what it goes through.
        scalars: what it takes from before, by place among the values of a tensor.
        terms: what it reduces, with how; in order of their places among the sums.
        body: the statements on elements.
    """

    name: str
    what: str
    columns: list[Column]
    scalars: dict[str, str]
    terms: list[tuple[str, str]]
    body: str
    is_pass: bool = True


@dataclass(frozen=True)
class NumbersContext:
    """The numbers after a pass as text.

    Args:
        name, what, scalars: as of a pass.
        loads: states that are read.
        stores: states that are written, with the name of the new value.
        body: the statements, which keep what later stages need.
    """

    name: str
    what: str
    scalars: dict[str, str]
    loads: list[Column]
    stores: list[tuple[Column, str]]
    body: str
    is_pass: bool = False


def stages_context(compiled: CompiledRule, stages: Stages) -> dict[str, object]:
    """All variables of ``stages.py.j2``."""
    slots = stages.program.tensor_slots
    bodies = tuple(
        statement
        for stage in stages.stages
        for statement in (stage.program.body if isinstance(stage, Pass) else stage.body)
    )
    texts = _Texts(stages, Conditions(bodies, slots))
    return {
        "spec": compiled.spec,
        "slots": [slots[0].name, stages.program.gradient.id, *(s.name for s in slots[1:])],
        "scalars": texts.scalars,
        "numbers": [number.id for number in stages.numbers],
        "sums": max((len(each.terms) for each in stages.passes), default=0),
        "options": texts.conditions.printed,
        "tested": texts.conditions.tested,
        "stages": texts.all(),
    }


class _Texts:
    def __init__(self, stages: Stages, conditions: Conditions) -> None:
        self._stages = stages
        self.conditions = conditions
        self.scalars = sorted(
            {
                n.id
                for stage in stages.stages
                for a in assignments(_body(stage))
                for n in walk(a.value)
                if isinstance(n, Name) and n.on_host
            }
            - {number.id for number in stages.numbers}
        )
        handed_on = [*self.scalars, *(number.id for number in stages.numbers)]
        self._places = {name: k for k, name in enumerate(handed_on)}
        self._types = {number.id: number.type.dtype for number in stages.numbers}
        theta, *states = (s.name for s in stages.program.tensor_slots)
        columns = [theta, stages.program.gradient.id, *states]
        self._rows = {name: 2 + k for k, name in enumerate(columns)}

    def all(self) -> list[PassContext | NumbersContext]:
        found: list[PassContext | NumbersContext] = []
        before: Pass | None = None
        for stage in self._stages.stages:
            if isinstance(stage, Pass):
                k = sum(isinstance(each, PassContext) for each in found) + 1
                found.append(self._pass(stage, f"pass_{k}"))
                before = stage
            else:
                k = sum(isinstance(each, PassContext) for each in found)
                found.append(self._numbers(stage, before, f"numbers_{k}"))
        return found

    def _pass(self, stage: Pass, name: str) -> PassContext:
        slots = {s.name: s for s in self._stages.program.tensor_slots}
        moved = dict.fromkeys((*stage.reads, *stage.writes))
        columns = [self._column(n, slots.get(n), n in stage.writes) for n in moved]
        ways = {
            term.id: _way(a.value)
            for each in self._stages.stages
            if isinstance(each, Numbers)
            for a in assignments(each.body)
            for term in stage.terms
            if isinstance(a.value, Apply) and a.value.args == (term,)
        }
        terms = [(term.id, ways[term.id]) for term in stage.terms]
        printer = Printer(NUMBA)

        def statement(s: Assign) -> str:
            if s.target.id in ways:
                return f"sums.add_{ways[s.target.id]}(_{s.target.id}, index, {printer(s.value)})"
            return assigned(printer)(s)

        what = [f"read {', '.join(stage.reads)}"] if stage.reads else []
        what += [f"write {', '.join(stage.writes)}"] if stage.writes else []
        reduced = [term.removesuffix("_term") for term, _ in terms]
        what += [f"take the terms of {', '.join(reduced)}"] if terms else []
        return PassContext(
            name,
            "; ".join(what).capitalize(),
            columns,
            self._given(stage.program.body),
            terms,
            block(stage.program.body, self.conditions.names.__getitem__, statement),
        )

    def _numbers(self, stage: Numbers, before: Pass | None, name: str) -> NumbersContext:
        places = {term.id: k for k, term in enumerate(before.terms)} if before else {}

        def reduced(node: Apply) -> Form:
            (of,) = node.args
            assert isinstance(of, Name)
            size = ", table[1, row]" if node.op is ops.MEAN else ""
            return Form(f"sums.{node.op}(added, _first, _last, {places[of.id]}{size})")

        table: Table = {
            **NUMBERS,
            **dict.fromkeys((ops.NORM, ops.MEAN, ops.TOTAL, ops.AMAX), reduced),
        }
        printer = Printer(Language("Numba", table))
        handed_on = {number.id for number in stage.kept}

        def statement(s: Assign) -> str:
            line = assigned(printer)(s)
            if s.target.id in handed_on:
                line += f"\nvalues[row, {self._places[s.target.id]}] = {s.target.id}"
            return line

        kept = [a.target.id for a in assignments(stage.body)]
        body = block(stage.body, self.conditions.names.__getitem__, statement)
        loaded = [
            f"values[row, {self._places[s.name]}] = {s.name}"
            for s in stage.loads
            if s.name in handed_on
        ]
        return NumbersContext(
            name,
            f"{', '.join(dict.fromkeys(kept))} of each tensor",
            self._given(stage.body, {*kept, *(s.name for s in stage.loads)}),
            [self._column(s.name, s) for s in stage.loads],
            [(self._column(s.name, s), s.new.id) for s in stage.stores],
            "\n".join([*loaded, body]).rstrip(),
        )

    def _given(self, body: tuple[Statement, ...], own: set[str] | None = None) -> dict[str, str]:
        """Where a stage finds what it takes from before."""
        read = {n for a in assignments(body) for n in names(a.value)} - (own or set())
        found = [name for name in self._places if name in read]
        return {name: self._value(name) for name in found}

    def _value(self, name: str) -> str:
        value = f"values[row, {self._places[name]}]"
        return f"{value} != 0" if self._types.get(name) is DType.BOOLEAN else value

    def _column(self, name: str, slot: Slot | None, is_written: bool = False) -> Column:
        when = "" if slot is None or slot.when is None else self.conditions.names[slot.when]
        return Column(name, self._rows[name], when, is_written)


def _body(stage: Pass | Numbers) -> tuple[Statement, ...]:
    return stage.program.body if isinstance(stage, Pass) else stage.body


def _way(node: Node) -> str:
    assert isinstance(node, Apply)
    return node.op.name
