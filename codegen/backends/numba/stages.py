"""What the template of a rule of several stages is filled with: passes, and numbers between."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from ...program import operations as ops
from ...program.compiled import CompiledRule
from ...program.forms import Form, Language, Printer, Table
from ...program.nodes import (
    Apply,
    Assign,
    Branch,
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
from .context import Column, Conditions, Touched
from .lines import Line, lines_of, loops, of_numbers
from .printer import NUMBA, NUMBERS
from .when import assigned_when


@dataclass(frozen=True)
class Term:
    """What is reduced: how, and under which condition, empty for always."""

    name: str
    way: str
    when: str


@dataclass(frozen=True)
class PassContext:
    """A pass as text.

    Args:
        name: of its function.
        what: in words.
        columns: what it goes through.
        scalars: what it takes from before, by place among the values of a tensor.
        terms: what it reduces to numbers of tensors, in order of their places among the sums.
        given: the numbers of lines that it takes from before.
        parts: what it reduces to such numbers.
        buffers: by what is reduced, where its terms are; some are those of others.
        body: the statements on elements.
    """

    name: str
    what: str
    columns: list[Column]
    scalars: dict[str, str]
    terms: list[Term]
    given: list[Line]
    parts: list[Line]
    buffers: dict[str, str]
    body: str
    is_pass: bool = True


@dataclass(frozen=True)
class NumbersContext:
    """The numbers after a pass as text.

    Args:
        name, what, scalars: as of a pass.
        loads: states that are read.
        stores: states that are written, with the name of the new value.
        lines: the numbers of lines that it has to do with.
        loaded: states of such numbers that are read.
        body: the statements, which keep what later stages need.
    """

    name: str
    what: str
    scalars: dict[str, str]
    loads: list[Column]
    stores: list[tuple[Column, str]]
    lines: list[Line]
    loaded: list[tuple[Column, Line]]
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
    lines = texts.lines
    return {
        "spec": compiled.spec,
        "slots": [slots[0].name, stages.program.gradient.id, *(s.name for s in slots[1:])],
        "scalars": texts.scalars,
        "numbers": texts.numbers,
        "sums": max((len(own) for own in texts.terms), default=0),
        "has_lines": not stages.are_flat,
        "lines": lines.values,
        "along": lines.lengths(of_blocks=False),
        "of_blocks": lines.lengths(of_blocks=True),
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
        self.lines = lines_of(stages, conditions.names)
        self.numbers = [n.id for n in stages.numbers if n.id not in self.lines.values]
        handed_on = [*self.scalars, *self.numbers]
        self._places = {name: k for k, name in enumerate(handed_on)}
        self._types = {number.id: number.type.dtype for number in stages.numbers}
        theta, *states = (s.name for s in stages.program.tensor_slots)
        columns = [theta, stages.program.gradient.id, *states]
        self._rows = {name: 2 + k for k, name in enumerate(columns)}

    @property
    def terms(self) -> list[list[str]]:
        """Of each pass, those that are reduced to numbers of tensors."""
        parts = self.lines.parts
        return [[t.id for t in each.terms if t.id not in parts] for each in self._stages.passes]

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
        touched = Touched(stage.program.body, self.conditions.names)
        columns = [
            touched.column(
                n, self._rows[n], slots[n].when if n in slots else None, is_kept=n in stage.writes
            )
            for n in moved
        ]
        reduced = self._reduced(stage)
        parts = [self.lines.parts[t.name] for t in reduced if t.name in self.lines.parts]
        terms = [term for term in reduced if term.name not in self.lines.parts]
        read = {n for a in assignments(stage.program.body) for n in names(a.value)}
        given = [line for name, line in self.lines.values.items() if name in read]
        printer = Printer(NUMBA, {line.name: line.element for line in given})

        taken = {term.name for term in reduced}
        same = _same(stage.program.body, taken)

        def statement(s: Assign) -> str:
            if s.target.id in taken:
                return f"_{s.target.id}[index] = {printer(s.value)}"
            return assigned(printer)(s)

        what = [f"read {', '.join(stage.reads)}"] if stage.reads else []
        what += [f"write {', '.join(stage.writes)}"] if stage.writes else []
        of = [term.id.removesuffix("_term") for term in stage.terms]
        what += [f"take the terms of {', '.join(of)}"] if of else []
        return PassContext(
            name,
            "; ".join(what).capitalize(),
            columns,
            self._given(stage.program.body),
            terms,
            given,
            parts,
            {term.name: same.get(term.name, term.name) for term in reduced},
            block(_without(stage.program.body, same), self.conditions.said, statement),
        )

    def _reduced(self, stage: Pass) -> list[Term]:
        ways = {
            a.value.args[0]: _way(a.value)
            for each in self._stages.stages
            if isinstance(each, Numbers)
            for a in assignments(each.body)
            if isinstance(a.value, Apply) and a.value.args
        }
        whens = assigned_when(stage.program.body, self.conditions.names)
        return [Term(term.id, ways[term], str(whens[term.id])) for term in stage.terms]

    def _numbers(self, stage: Numbers, before: Pass | None, name: str) -> NumbersContext:
        taken = [t.id for t in before.terms if t.id not in self.lines.parts] if before else []
        places = {term: k for k, term in enumerate(taken)}

        def reduced(node: Apply) -> Form:
            (of,) = node.args
            assert isinstance(of, Name)
            if of.id not in places:
                return Form(of_numbers(self.lines, node))
            size = ", table[1, row]" if node.op is ops.MEAN else ""
            return Form(
                f"sums.{_way(node)}(added, firsts[row], firsts[row + 1], {places[of.id]}{size})"
            )

        table: Table = {
            **NUMBERS,
            **dict.fromkeys((ops.NORM, ops.MEAN, ops.TOTAL, ops.AMAX), reduced),
            **dict.fromkeys(ops.ALONG.values(), reduced),
        }
        printer = Printer(Language("Numba", table))
        handed_on = {number.id for number in stage.kept}

        def statement(s: Assign) -> str:
            if s.target.id in self.lines.values:
                return loops(self.lines, s.target, s.value, printer)
            line = assigned(printer)(s)
            if s.target.id in handed_on:
                line += f"\nvalues[row, {self._places[s.target.id]}] = {s.target.id}"
            return line

        kept = [a.target.id for a in assignments(stage.body)]
        body = block(stage.body, self.conditions.said, statement)
        loaded = [
            f"values[row, {self._places[s.name]}] = {s.name}"
            for s in stage.loads
            if s.name in handed_on and s.name not in self.lines.values
        ]
        values = self.lines.values
        touched = {*kept, *(s.name for s in stage.loads)}
        touched |= {n for a in assignments(stage.body) for n in names(a.value)}
        return NumbersContext(
            name,
            f"{', '.join(dict.fromkeys(kept or [s.name for s in stage.loads]))} of each tensor",
            self._given(stage.body, {*kept, *(s.name for s in stage.loads)}),
            [self._column(s) for s in stage.loads],
            [(self._column(s), s.new.id) for s in stage.stores],
            [line for name, line in values.items() if name in touched],
            [(self._column(s), values[s.name]) for s in stage.loads if s.name in values],
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

    def _column(self, slot: Slot) -> Column:
        """Of a state of numbers."""
        when = "" if slot.when is None else self.conditions.names[slot.when]
        return Column(slot.name, self._rows[slot.name], read=when, written=when)


def _body(stage: Pass | Numbers) -> tuple[Statement, ...]:
    return stage.program.body if isinstance(stage, Pass) else stage.body


def _same(body: tuple[Statement, ...], terms: set[str]) -> dict[str, str]:
    """Of the terms that are those of another reduction, the names of both."""
    counts = Counter(a.target.id for a in assignments(body))
    once = {term for term in terms if counts[term] == 1}
    found: dict[str, str] = {}
    known: dict[Node, str] = {}
    for s in body:
        if isinstance(s, Branch):
            found |= _same(s.then, once) | _same(s.otherwise, once)
            known.clear()  # what it is made of may have been assigned there
        elif s.target.id not in once:
            known = {value: n for value, n in known.items() if s.target.id not in names(value)}
        elif (first := known.setdefault(s.value, s.target.id)) != s.target.id:
            found[s.target.id] = first
    return found


def _without(body: tuple[Statement, ...], left_out: Collection[str]) -> tuple[Statement, ...]:
    """The statements but those that assign some names, and choices between nothing else."""
    return tuple(each for s in body for each in _left(s, left_out))


def _left(s: Statement, left_out: Collection[str]) -> tuple[Statement, ...]:
    if not isinstance(s, Branch):
        return () if s.target.id in left_out else (s,)
    then, otherwise = _without(s.then, left_out), _without(s.otherwise, left_out)
    return (replace(s, then=then, otherwise=otherwise),) if then or otherwise else ()


def _way(node: Node) -> str:
    assert isinstance(node, Apply)
    return node.op.name.partition("_over_")[0]
