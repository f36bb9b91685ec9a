"""What the template of a rule of several stages is filled with: a function for each."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace

from ...program.compiled import CompiledRule
from ...program.forms import Printer
from ...program.nodes import (
    Apply,
    Branch,
    Name,
    Node,
    Program,
    Statement,
    assignments,
    names,
    walk,
)
from ...program.passes.flag import flag
from ...program.place import kept
from ...program.stages import Numbers, Pass, Stage, Stages
from ...program.types import DType
from ..rendering import calls
from ..statements import assigned, block
from .context import condition
from .printer import TRITON
from .unsure import unsure


@dataclass(frozen=True)
class StageContext:
    """A stage as text.

    Args:
        name: of its function.
        kind: ``"Pass"`` or ``"Numbers"``.
        given: what the function takes, but for flags.
        body: its statements.
        results: what it returns.
        told: what whoever launches it must know, by name.
        rounds: whether it takes the dtype that is stored, last.
    """

    name: str
    kind: str
    given: list[str]
    body: str
    results: list[str]
    told: dict[str, list[str]]
    rounds: bool


def stages_context(compiled: CompiledRule, stages: Stages) -> dict[str, object]:
    """All variables of ``stages.py.j2``."""
    flagged, found = _flagged(stages)
    taken = {n for stage in flagged for a in _conditions(_body(stage)) for n in a}
    flags = {name: node for name, node in found.items() if name in taken}
    for name in _on_host(flagged):
        if name.type.dtype is DType.BOOLEAN and name.id not in {n.id for n in stages.numbers}:
            flags[name.id] = name
    made: list[StageContext] = []
    before: Pass | None = None
    for stage in flagged:
        k = sum(each.kind == "Pass" for each in made)
        if isinstance(stage, Pass):
            ways = _ways(stages)
            made.append(_pass(stage, f"pass_{k + 1}", [ways[t.id] for t in stage.terms], flags))
            before = stage
        else:
            made.append(_numbers(stage, f"numbers_{k}", before, flags))
    theta, *states = (slot.name for slot in stages.program.tensor_slots)
    return {
        "spec": compiled.spec,
        "tensors": [theta, stages.program.gradient.id, *states],
        "flags": {name: condition(node) for name, node in sorted(flags.items())},
        "stages": made,
        "uses_kernel": any(calls(each.body, "kernel") for each in made),
    }


def _flagged(stages: Stages) -> tuple[list[Stage], dict[str, Node]]:
    """The stages with conditions of flags, which are the same in all of them."""
    bodies = [_body(stage) for stage in stages.stages]
    joint: Program = replace(stages.program, body=tuple(s for body in bodies for s in body))
    flagged, found = flag(joint)
    left = iter(flagged.body)
    result: list[Stage] = []
    for stage, body in zip(stages.stages, bodies, strict=True):
        own = tuple(next(left) for _ in body)
        if isinstance(stage, Pass):
            result.append(replace(stage, program=stage.program.with_body(own)))
        else:
            result.append(replace(stage, body=own))
    return result, found


def _pass(stage: Pass, name: str, ways: list[str], flags: Iterable[str]) -> StageContext:
    body = stage.program.body
    numbers = sorted(n.id for n in _on_host([stage]) if n.id not in {*flags})
    results = [*stage.writes, *(term.id for term in stage.terms)]
    given = [*stage.reads, *numbers]
    first = stage.reads[0] if stage.reads else stage.program.gradient.id
    lacking = [f"{n} = kernel.fill(0.0, {first})" for n in unsure(body, results, [*given, *flags])]
    text = _text(body, lacking)
    told = {"reads": [*stage.reads], "writes": [*stage.writes], "ways": ways, "numbers": numbers}
    return StageContext(name, "Pass", given, text, results, told, "STORED" in text)


def _numbers(stage: Numbers, name: str, before: Pass | None, flags: Iterable[str]) -> StageContext:
    terms = before.terms if before else ()
    reductions: dict[str, tuple[str, str]] = {}
    for a in assignments(stage.body):
        if isinstance(a.value, Apply) and a.value.args[0] in terms:
            term = a.value.args[0]
            assert isinstance(term, Name)
            reductions[term.id] = a.target.id, a.value.op.name
    own = {a.target.id for a in assignments(stage.body)}
    reduced = [reductions[term.id] for term in terms]
    body = kept(stage.body, own - {target for target, _ in reduced})
    loads = [slot.name for slot in stage.loads]
    read = {n for a in assignments(body) for n in names(a.value)}
    numbers = sorted(read - own - {*loads} - {*flags})
    handed_on = [n.id for n in stage.kept]
    results = [*handed_on, *(slot.new.id for slot in stage.stores)]
    known = [*(target for target, _ in reduced), *loads]
    lacking = [f"{n} = 0.0" for n in unsure(body, results, [*known, *numbers, *flags])]
    text = _text(body, lacking)
    told = {
        "ways": [way for _, way in reduced],
        "loads": loads,
        "stores": [slot.name for slot in stage.stores],
        "numbers": numbers,
        "kept": handed_on,
    }
    return StageContext(name, "Numbers", [*known, *numbers], text, results, told, "STORED" in text)


def _text(body: tuple[Statement, ...], lacking: list[str]) -> str:
    printer = Printer(TRITON)
    return "\n".join([*lacking, block(body, printer, assigned(printer))])


def _ways(stages: Stages) -> dict[str, str]:
    """How each term is reduced."""
    return {
        a.value.args[0].id: a.value.op.name
        for stage in stages.stages
        if isinstance(stage, Numbers)
        for a in assignments(stage.body)
        if isinstance(a.value, Apply) and isinstance(a.value.args[0], Name)
    }


def _on_host(stages: Iterable[Stage]) -> set[Name]:
    """What values are computed with that is known on the host, or before."""
    nodes = (n for s in stages for a in assignments(_body(s)) for n in walk(a.value))
    return {n for n in nodes if isinstance(n, Name) and n.on_host}


def _conditions(body: tuple[Statement, ...]) -> Iterable[Set[str]]:
    for s in body:
        if isinstance(s, Branch):
            yield names(s.condition)
            yield from _conditions(s.then)
            yield from _conditions(s.otherwise)


def _body(stage: Stage) -> tuple[Statement, ...]:
    return stage.program.body if isinstance(stage, Pass) else stage.body
