"""Let a new value take the name of the old one it replaces, as a person would write it.

- ``gtilde = select(c, g + x, g)`` with g not read again is ``if c: g = g + x``;
- the new value of a state takes the state's name, or ``m_new`` if the old one is still read.

From here on a name may be assigned more than once.
"""

from collections.abc import Sequence
from dataclasses import replace

from ..naming import free
from ..nodes import (
    Assign,
    Branch,
    Name,
    Program,
    Slot,
    Statement,
    all_names,
    assignments,
    negation,
    reads,
    substitute,
)


def reuse_names(program: Program) -> Program:
    while (pair := _replaceable(program)) is not None:
        program = _rename(program, *pair)
    return name_slots(program, program.slots)


def name_slots(program: Program, slots: Sequence[Slot]) -> Program:
    """The program with names that can be printed for the new values of some slots."""
    for slot in slots:
        if not slot.is_global and _stays(program.body, slot):
            program = _rename(program, slot.new, slot.old)
            continue
        # What is one for all tensors changes for each while others still read what it was.
        if not slot.is_global and not _read_after(
            (*program.host, *program.body), slot.new.id, slot.old.id
        ):
            program = _rename(program, slot.new, slot.old)
        else:
            name = free(f"{slot.name}_new", all_names(program))
            program = _rename(program, slot.new, Name(name, slot.new.type))
    return program


def _stays(body: tuple[Statement, ...], slot: Slot) -> bool:
    """Whether a new value is nothing but the old one."""
    values = [a.value for a in assignments(body) if a.target.id == slot.new.id]
    return bool(values) and all(value == slot.old for value in values)


def _replaceable(program: Program) -> tuple[Name, Name] | None:
    """An intermediate, and the name it only gives another value to."""
    given = {name for s in program.slots for name in (s.old.id, s.new.id)}
    given |= {name.id for name in program.read_only}
    # A slot that may not exist is not there to be written to.
    kept = {s.new.id for s in program.slots} | {s.old.id for s in program.slots if s.when}
    for target, source in _aliases(program.body):
        if (
            target.type == source.type
            and not target.is_late
            and target.id not in given
            and source.id not in kept
            and not _read_after(program.body, target.id, source.id)
        ):
            return target, source
    return None


def _aliases(statements: tuple[Statement, ...]) -> list[tuple[Name, Name]]:
    found: list[tuple[Name, Name]] = []
    for statement in statements:
        if isinstance(statement, Branch):
            found += _aliases(statement.then) + _aliases(statement.otherwise)
        elif isinstance(statement.value, Name) and statement.value != statement.target:
            found.append((statement.target, statement.value))
    return found


def _read_after(statements: tuple[Statement, ...], target: str, source: str) -> bool:
    """Whether ``source`` is read once ``target`` has been assigned, on any path."""
    assigned = False
    for statement in statements:
        if assigned and source in reads((statement,)):
            return True
        if isinstance(statement, Branch):
            sides = (statement.then, statement.otherwise)
            if any(_read_after(side, target, source) for side in sides):
                return True
            assigned |= any(_assigns(side, target) for side in sides)
        else:
            assigned |= statement.target.id == target
    return False


def _assigns(statements: tuple[Statement, ...], target: str) -> bool:
    return any(
        _assigns(s.then, target) or _assigns(s.otherwise, target)
        if isinstance(s, Branch)
        else s.target.id == target
        for s in statements
    )


def _rename(program: Program, old: Name, new: Name) -> Program:
    def rename(assign: Assign) -> Assign:
        target = new if assign.target.id == old.id else assign.target
        return replace(assign, target=target, value=substitute(assign.value, {old.id: new}))

    def renamed(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(
            rename(s)
            if isinstance(s, Assign)
            else Branch(
                substitute(s.condition, {old.id: new}), renamed(s.then), renamed(s.otherwise)
            )
            for s in statements
        )

    return replace(
        program,
        host=tuple(map(rename, program.host)),
        body=_without_self_assignments(renamed(program.body)),
        slots=tuple(replace(s, new=new if s.new.id == old.id else s.new) for s in program.slots),
    )


def _without_self_assignments(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    kept: list[Statement] = []
    for s in statements:
        if isinstance(s, Branch):
            then = _without_self_assignments(s.then)
            otherwise = _without_self_assignments(s.otherwise)
            if then:
                kept.append(Branch(s.condition, then, otherwise))
            elif otherwise:
                kept.append(Branch(negation(s.condition), otherwise))
        elif s.value != s.target:
            kept.append(s)
    return tuple(kept)
