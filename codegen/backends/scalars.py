"""What of a step is the same for all elements: its scalars, computed once.

A class has two parts, therefore: one that computes them, from the count of steps, the arguments and
scalar states, and gives those that tensors meet to the step, ``step.beta1 = beta1``; and the rule
itself, which is handed that step beside its tensors.
"""

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass

from ..program.forms import Language, Printer
from ..program.nodes import Branch, Name, Node, Program, Statement, names, walk
from .signature import Argument, taken_apart


def host_names(program: Program) -> list[str]:
    """The names that what works on tensors takes from the host: options, numbers, the hoisted."""
    kept = (*program.tensor_slots, *program.tensor_inputs)
    conditions = [each.when for each in kept if each.when is not None]
    nodes = [*_nodes(program.body), *conditions]
    return sorted({n.id for node in nodes for n in walk(node) if isinstance(n, Name) and n.on_host})


def _nodes(body: tuple[Statement, ...]) -> list[Node]:
    found: list[Node] = []
    for s in body:
        if isinstance(s, Branch):
            found += [s.condition, *_nodes(s.then), *_nodes(s.otherwise)]
        else:
            found.append(s.value)
    return found


def of_step(names: Collection[str]) -> dict[str, str]:
    """Where the rule finds its scalars."""
    return {name: f"step.{name}" for name in names}


def depending_on_steps(program: Program, *, counts: bool) -> frozenset[str]:
    """The names of scalars that follow from those kept from step to step.

    Args:
        program: compiled.
        counts: whether steps are counted; else the host knows which is the first.
    """
    numbers = (*program.scalar_slots, *program.global_slots)
    found = {name.id for slot in numbers for name in (slot.old, slot.new)}
    found |= {"t", "first"} if counts else set[str]()
    for assign in program.host:
        if names(assign.value) & found:
            found.add(assign.target.id)
    return frozenset(found)


@dataclass(frozen=True)
class Scalars:
    """The statements, and the new values of scalar states."""

    lines: list[str]
    results: list[str]


def scalars(
    program: Program,
    args: tuple[Argument, ...],
    met: Collection[str],
    language: Language,
    *,
    first: str,
    flags: Mapping[str, Node] | None = None,
    counted: Set[str] = frozenset(),
) -> Scalars:
    """The scalars of a program.

    Args:
        program: compiled.
        args: of its spec.
        met: the names of those that tensors meet, as :func:`host_names` has them.
        language: of the host.
        first: how the first step is told, where no argument says it.
        flags: the conditions that stand among ``met`` under names of their own.
        counted: the names of what depends on the count of steps, which may be a tensor.
    """
    read = program.read
    derived = {name: value for name, value in program.derived if name in read}
    known = of_step([flag for a in args for flag in a.flags])
    whole = {h.name for a in args for h in a.members if h.is_whole}
    lines: list[str] = []
    for a in args:
        if a.is_tuple and read & {h.name for h in a.members}:
            known |= of_step([h.name for h in a.members if h.name in met and h.name not in derived])
            own = (h.name if h.name in read else f"_{h.name}" for h in a.members)
            lines.append(taken_apart(a.name, [known.get(name, name) for name in own]))
    assigned = {assign.target.id for assign in program.host}
    given = [a.name for a in args if not a.is_tuple and not a.is_option]
    given += ["t", *program.facts]
    numbers = (*program.scalar_slots, *program.global_slots)
    given += [s.name for s in numbers if s.name not in assigned]
    given += [i.name.id for i in program.scalar_inputs]
    given = [name for name in given if name in met and name not in derived]
    said = {name: f"int({name})" for name in whole}
    lines += [f"step.{name} = {said.get(name, name)}" for name in given]
    for name, value in derived.items():
        where = f"step.{name}" if name in met else name
        known |= of_step([name]) if name in met else {}
        lines.append(f"{where} = {Printer(language, known)(value)} if {name} is None else {name}")
    if "first" in read and "first" in met:
        lines.append(f"step.first = {first or 'first'}")
        known |= of_step(["first"])
    elif "first" in read and first:
        lines.append(f"first = {first}")
    for assign in program.host:
        name, value = assign.target.id, Printer(language, known)(assign.value)
        if name in met:
            known |= of_step([name])
        lines.append(f"{known.get(name, name)} = {value}")
    for name, condition in sorted((flags or {}).items()):
        if name in met and condition != Name(name, condition.type):
            test = Printer(language, known)(condition)
            made = "scalars.flag" if names(condition) & counted else "bool"
            lines.append(f"step.{name} = {made}({test})")
    results = [known.get(s.new.id, s.new.id) for s in program.scalar_slots]
    return Scalars(lines, results)
