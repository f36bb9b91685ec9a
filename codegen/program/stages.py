"""A step as stages: passes over the elements of a tensor, and a few numbers between them.

A pass goes through memory once. It reads columns, the parameter, the gradient and states, computes
of each element what needs no other, writes the columns whose new values it knows, and takes on the
way the terms of what is reduced: the elements that a norm is of. Numbers come of the terms once
all are there: one for a tensor, or one a row or a column. The next pass takes them as it takes
hyperparameters. A rule that reduces nothing is one pass. Clipping by a norm goes before all of them
and is cut by :mod:`.cut`.

====  ============================================  ==========================================
      LAMB                                          Adafactor, of a matrix
====  ============================================  ==========================================
1     reads theta, grad, m, v; computes m, v, u;    reads theta, grad;
      terms: theta, u                               terms: theta, grad**2 by rows and columns
then  ratio = norm(theta) / norm(u)                 alpha; r and c; mean(r)
2     reads the same; computes the same again;      reads grad, roots of r / mean(r) and c; u;
      writes theta, m, v                            terms: u
then                                                Max(1, rms(u) / d)
3                                                   reads theta, grad, these roots; u again;
                                                    writes theta
====  ============================================  ==========================================

Between two passes stand numbers, and nothing else: what of an element is needed in two passes is
computed twice, from the same columns, and so is the same to the bit. LAMB would move a tenth less
if the second pass read the m and v that the first had written; but in half precision these are
rounded, and its theta would be that of other equations. So a pass reads no column that one before
it has written. Where each is written follows from what is moved then: ``placed`` tries every pass
from the first that knows the new value to the last, and takes the plan that moves the least.

Numbers of rows and columns are kept between passes in memory of their own, and factors that are of
the same lines meet elements as one. A pass takes the terms of all lines on its one way: it goes
through tiles, some rows between two columns, adds up what a tile has of each line, and leaves that
to the numbers, which add the tiles of a line up in their order. How tensors are cut follows from
their shapes alone.

``stages_of``  program, names assigned once -> :class:`Stages`, held against the spec by running
               them in memory: a pass sees its columns and numbers alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...specs.language.shapes import WHOLE
from .evaluate import run, value_of
from .naming import free
from .nodes import (
    Apply,
    Assign,
    Name,
    Node,
    Program,
    Slot,
    Statement,
    all_names,
    assignments,
    map_assignments,
    substitute,
    walk,
)
from .operations import Kind
from .passes.expand import expand
from .passes.fill import fill
from .passes.name_parts import is_small, name_parts, reduces
from .passes.reuse_names import name_slots, reuse_names
from .passes.settle import settle
from .place import Columns, kept, placed
from .types import Place


@dataclass(frozen=True)
class Pass:
    """What happens to each element.

    Args:
        program: of single elements; the numbers of before stand in it as those of the host do.
            Its slots are the columns it reads or writes, and its terms.
        reads: the slots that are read, the gradient's among them.
        writes: the slots that are written.
        terms: the names of what is reduced; to assign one is to take it.
    """

    program: Program
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    terms: tuple[Name, ...]


@dataclass(frozen=True)
class Numbers:
    """What is computed of each tensor once a pass is done.

    Args:
        body: statements on numbers, of which reductions have terms as operands.
        loads: states of one number that are read.
        stores: states that are written, and the names of their new values.
        kept: the names of what later stages need.
    """

    body: tuple[Statement, ...]
    loads: tuple[Slot, ...]
    stores: tuple[Slot, ...]
    kept: tuple[Name, ...]


Stage = Pass | Numbers


@dataclass(frozen=True)
class Stages:
    """A step in the order in which it is carried out.

    Args:
        program: the whole, names assigned once.
        stages: passes and numbers.
    """

    program: Program
    stages: tuple[Stage, ...]

    @property
    def are_flat(self) -> bool:
        """Whether all numbers between are of whole tensors, and none of their rows or columns."""
        found = [a for s in self.stages if isinstance(s, Numbers) for a in assignments(s.body)]
        return all(len(n.type.axes) < 2 for a in found for n in walk(a.value) if is_small(n))

    @property
    def passes(self) -> list[Pass]:
        return [stage for stage in self.stages if isinstance(stage, Pass)]

    @property
    def numbers(self) -> tuple[Name, ...]:
        """All that is handed on between stages."""
        between = (s.kept for s in self.stages if isinstance(s, Numbers))
        return tuple(dict.fromkeys(name for names in between for name in names))

    def run(self, program: Program, values: Mapping[str, Any]) -> dict[str, Any]:
        """The new value of every slot that exists, as :func:`evaluate` gives it.

        Args:
            program: the whole.
            values: exact ones, by name.
        """
        known = dict(values)
        for assign in program.host:
            known[assign.target.id] = value_of(assign.value, known)
        exists = {s.name: s.when is None or value_of(s.when, known) for s in program.slots}
        memory = {s.name: values[s.name] for s in program.slots if s.name in values}
        numbers: dict[str, Any] = {}
        for stage in self.stages:
            seen = known | numbers
            if isinstance(stage, Numbers):
                seen |= {s.name: memory[s.name] for s in stage.loads if s.name in memory}
                run(stage.body, seen)
                numbers |= {n.id: seen[n.id] for n in stage.kept if n.id in seen}
                memory |= {s.name: seen[s.new.id] for s in stage.stores if exists[s.name]}
                continue
            for name in self._columns:
                seen.pop(name, None)
            seen |= {name: memory[name] for name in stage.reads if name in memory}
            seen[program.gradient.id] = values[program.gradient.id]
            run(stage.program.body, seen)
            known |= {t.id: seen[t.id] for t in stage.terms if t.id in seen}
            memory |= {name: seen[name] for name in stage.writes if exists[name]}
        scalars = {s.name: known[s.new.id] for s in program.scalar_slots if exists[s.name]}
        return {s.name: memory[s.name] for s in program.tensor_slots if exists[s.name]} | scalars

    @property
    def _columns(self) -> set[str]:
        return {s.name for s in self.program.tensor_slots if not is_small(s.old)}


def stages_of(program: Program) -> Stages:
    """The stages of a step.

    Args:
        program: each of its names is assigned once, or once on either side of a branch.

    Raises:
        NotImplementedError: it multiplies matrices.
    """
    if Kind.MATRIX in program.kinds or any(_is_square(s.old) for s in program.slots):
        raise NotImplementedError("it works on whole matrices")
    program = name_slots(expand(program), program.scalar_slots)  # as the host knows them
    program = name_parts(_with_own_names(program))
    plan = placed(program)
    stages: list[Stage] = []
    for k in range(len(plan.columns) + 1):
        if k:
            stages.append(_pass(program, plan.columns[k - 1], plan.reductions.get(k, ())))
        if k in plan.groups:
            group = plan.groups[k]
            body = _of_terms(kept(program.body, group.names))
            stages.append(Numbers(body, tuple(group.loads), tuple(group.stores), tuple(group.kept)))
    return Stages(program, tuple(stages))


def term_of(reduction: Name) -> Name:
    """What of each element is reduced to a number."""
    return Name(f"{reduction.id}_term", replace(reduction.type, axes=WHOLE))


def _is_square(name: Name) -> bool:
    return len(name.type.axes) == 2 and name.type.axes != WHOLE and 1 not in name.type.axes


def _of_terms(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The reductions of what passes have taken, not of what it was taken of."""

    def of_term(each: Assign) -> Assign:
        value = each.value
        if reduces(value) and isinstance(value, Apply) and value.args[0].type.axes == WHOLE:
            return replace(each, value=Apply(value.op, (term_of(each.target),)))
        return each

    return map_assignments(body, of_term)


def _pass(program: Program, columns: Columns, taken: tuple[Name, ...]) -> Pass:
    """A pass as a program of its own, under names as a person would write them."""
    terms = {reduction.id: term_of(reduction) for reduction in taken}

    def term(each: Assign) -> Assign:
        if each.target.id not in terms:
            return each
        assert isinstance(each.value, Apply)
        return replace(each, target=terms[each.target.id], value=each.value.args[0])

    slots: list[Slot] = []
    given: dict[str, Node] = {}
    for slot in program.tensor_slots:
        if slot.new.id in columns.computed:
            slots.append(slot)
        elif slot.name in columns.loaded:
            slots.append(replace(slot, new=slot.old))
    for each in assignments(program.body):
        if each.target.id in columns.numbers:
            given[each.target.id] = _as_given(each.target)
    given |= {s.name: _as_given(s.old) for s in program.slots if s.name in columns.numbers}
    body = kept(program.body, columns.computed | terms.keys())
    body = map_assignments(
        map_assignments(body, term), lambda a: replace(a, value=substitute(a.value, given))
    )
    slots += [Slot(name, name) for name in terms.values()]
    own = replace(program, host=(), body=body, slots=tuple(slots))
    order = (program.slots[0].name, program.gradient.id, *(s.name for s in program.slots[1:]))
    own = reuse_names(own)
    kept_slots = (s for s in own.slots if s.name in columns.stored or s.new == s.old)
    own = replace(own, slots=tuple(kept_slots))
    reads = tuple(name for name in order if name in columns.loaded)
    return Pass(
        settle(fill(own, Name((*reads, program.gradient.id)[0], program.gradient.type))),
        reads,
        tuple(name for name in order if name in columns.stored),
        tuple(terms.values()),
    )


def _as_given(number: Name) -> Name:
    """As what elements meet it: one for a tensor as those of the host, wherever it comes from."""
    if len(number.type.axes) > 1:
        return number
    return Name(number.id, replace(number.type, axes=(), place=Place.HOST))


def _with_own_names(program: Program) -> Program:
    """The program with names for the new values of small states that can be printed."""
    taken = all_names(program) | {s.name for s in program.slots}
    named: dict[str, Node] = {}
    slots: list[Slot] = []
    for slot in program.slots:
        if slot.is_tensor and is_small(slot.old) and slot.new != slot.old:
            new = Name(free(f"{slot.name}_new", taken), slot.new.type)
            named[slot.new.id] = new
            slot = replace(slot, new=new)
        slots.append(slot)

    def renamed(each: Assign) -> Assign:
        target = named.get(each.target.id, each.target)
        assert isinstance(target, Name)
        return replace(each, target=target, value=substitute(each.value, named))

    return replace(program, body=map_assignments(program.body, renamed), slots=tuple(slots))
