"""What one step costs: memory moved, operations, states, and the least time that takes.

A step reads and writes each parameter, gradient and state once, and a rule that reduces tensors
once in every pass that needs it; that traffic over the memory's bandwidth bounds it from below. All
of it is read off the program of the rule, or those of its passes, with the options settled: what a
program reads before it writes comes from memory, and what it assigns to storage goes there. Half
precision is stored, and computed with in float32. Numbers of tensors are too few to count.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import sympify

from ..specs.language import Optimizer, SpecError, machine_epsilon
from ..specs.language.shapes import facts
from .analysis.matrices import needs_matrices
from .oracle.views import rank_of
from .program.compiled import CompiledRule
from .program.evaluate import value_of
from .program.lower import lower_expression
from .program.nodes import Apply, Assign, Branch, Node, Program, Statement, is_host_select, names
from .program.operations import Operation
from .program.passes.expand import expand
from .program.stages import Pass

BYTES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}
"""Of one number of a dtype."""


@dataclass(frozen=True)
class Cost:
    """What one step does for each parameter, under some settings.

    Args:
        spec: the spec's name.
        settings: what is on beside the defaults, in words; empty for the defaults.
        read: the numbers read from memory for each parameter: itself, its gradient, its states and
            inputs; in all passes together.
        written: the numbers written.
        states: the numbers kept.
        passes: over memory, that have anything to do there.
        operations: what is computed of each element, in operations of a machine, by name.
    """

    spec: str
    settings: str
    read: int
    written: int
    states: int
    passes: int
    operations: Mapping[str, int]

    @property
    def moved(self) -> int:
        """The numbers that go to memory or come from it, for each parameter."""
        return self.read + self.written

    def seconds(self, parameters: float, bandwidth: float, dtype: str) -> float:
        """The least time a step takes.

        Args:
            parameters: how many.
            bandwidth: of the memory, in bytes a second.
            dtype: of parameters, gradients and states.
        """
        return self.moved * BYTES[dtype] * parameters / bandwidth


def costs(compiled: CompiledRule) -> list[Cost]:
    """The cost of a step after the first: with the defaults, then with what changes it.

    Args:
        compiled: the rule.

    Raises:
        SpecError: there is no kernel of the rule.
    """
    spec, program = compiled.spec, expand(compiled.program)
    if not compiled.has_kernel:
        raise SpecError(
            "cost",
            spec=spec.name,
            where="updates",
            problem=f"there is no kernel to count the passes of, as {compiled.no_kernel}",
            remedy="Ask for the cost of a rule that has one: see steprule list --fused",
        )
    found: dict[tuple[object, ...], Cost] = {}
    passes = compiled.stages.passes if compiled.stages else [_only(program)]
    for name, values in _settings(spec, program):
        cost = _cost(spec, program, passes, name, values)
        numbers = (cost.read, cost.written, cost.states, *sorted(cost.operations.items()))
        if not name or numbers not in found:  # what a vector shares with all is called theirs
            found[numbers] = cost
    return list(found.values())


_MATRIX = (4096, 4096)
"""What a parameter is, where it makes a difference."""

_LATE = 100
"""A step at which what changes early in training has changed."""


def _settings(spec: Optimizer, program: Program) -> Iterator[tuple[str, dict[str, Any]]]:
    """Defaults, early and late; each option on, each optional hyperparameter not 0, alone."""
    defaults: dict[str, Any] = {h.name: Fraction(h.default) for h in spec.hyperparameters}
    defaults |= spec.defaults
    rank = rank_of(spec, defaults)
    defaults |= {name: Fraction(n) for name, n in facts(_MATRIX, rank=rank).items()}
    defaults[machine_epsilon.name] = Fraction(1, 2**23)
    if "ndim" in program.facts and not needs_matrices(spec):
        vector = defaults | {name: Fraction(n) for name, n in facts(_MATRIX[:1]).items()}
        yield "of a vector", vector | _at(2, spec, program, vector)
    yield "", defaults | _at(2, spec, program, defaults)
    for given in spec.inputs:  # which other steps may not read
        when = lower_expression(spec, given.when)
        reads = (t for t in range(2, _LATE) if value_of(when, defaults | _counted_at(t)))
        if (t := next(reads, None)) is not None:
            yield f"{given.name} given", defaults | _at(t, spec, program, defaults)
    yield f"t = {_LATE}", defaults | _at(_LATE, spec, program, defaults)
    changes = {h.name: Fraction(1, 2) for h in spec.hyperparameters if not defaults[h.name]}
    constraints = [lower_expression(spec, sympify(c.condition)) for c in spec.constraints]
    settled = {name: {name: value} for name, value in changes.items()}
    settled |= {o.name: spec.changed(o.name) for o in spec.options if not o.default}
    for name, values in settled.items():
        settings = defaults | values
        if all(value_of(c, settings) for c in constraints):
            yield name, settings | _at(2, spec, program, settings)


def _counted_at(t: int) -> dict[str, Any]:
    return {"first": t == 1, "t": Fraction(t)}


def _at(
    step: int, spec: Optimizer, program: Program, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """The step, and the states that are one number for all elements, as they are before it."""
    slots = {slot.name: slot for slot in program.scalar_slots}
    numbers = {
        s.name: Fraction(0)
        if s.init is None
        else value_of(lower_expression(spec, sympify(s.init)), settings)
        for s in spec.states
        if s.name in slots
    }
    for t in range(1, step if numbers else 1):
        known = {**settings, **numbers, **_counted_at(t)}
        _compute(program, known)
        numbers = {name: known.get(slot.new.id, numbers[name]) for name, slot in slots.items()}
    return {**numbers, **_counted_at(step)}


def _compute(program: Program, known: dict[str, Any]) -> None:
    """What is computed before any tensor is looked at."""
    for assign in program.host:
        if names(assign.value) <= known.keys():
            known[assign.target.id] = value_of(assign.value, known)


def _only(program: Program) -> Pass:
    """The pass of a rule that reduces nothing."""
    slots = tuple(s.name for s in program.tensor_slots)
    return Pass(program, (*slots, *(name.id for name in program.read_only)), slots, ())


def _cost(
    spec: Optimizer,
    program: Program,
    passes: Sequence[Pass],
    settings: str,
    values: Mapping[str, Any],
) -> Cost:
    known = dict(values)
    _compute(program, known)
    absent = {s.name for s in program.slots if s.when is not None and not value_of(s.when, known)}
    states = [s for s in spec.states if s.name not in absent and s.shape.is_whole]
    read = written = needed = 0
    operations: list[Operation] = []
    for each in passes:
        carried = list(_carried_out(each.program.body, known))
        reads = (_read_first(carried) & {*each.reads}) - absent
        writes = (_results(each.program, carried) & {*each.writes}) - absent
        read += len(reads)
        written += len(writes)
        needed += bool(reads or writes)
        operations += (op for a in carried for op in _operations(a.value, known))
    return Cost(
        spec.name,
        settings,
        read=read,
        written=written,
        states=len(states),
        passes=needed,
        operations=_counted(operations),
    )


def _carried_out(statements: tuple[Statement, ...], known: Mapping[str, Any]) -> Iterator[Assign]:
    """The assignments of the branches that are taken."""
    for statement in statements:
        if isinstance(statement, Branch):
            taken = value_of(statement.condition, known)
            yield from _carried_out(statement.then if taken else statement.otherwise, known)
        else:
            yield statement


def _read_first(carried: list[Assign]) -> set[str]:
    """What is read before it is assigned."""
    assigned: set[str] = set()
    found: set[str] = set()
    for assign in carried:
        found |= names(assign.value) - assigned
        assigned.add(assign.target.id)
    return found


def _results(program: Program, carried: list[Assign]) -> set[str]:
    """The slots that are given a new value."""
    assigned = {a.target.id for a in carried if a.value != a.target}
    return {s.name for s in program.slots if s.new.id in assigned}


def _counted(operations: Iterable[Operation]) -> dict[str, int]:
    """How many operations of a machine these are, by name."""
    return {op.name: n * op.cost for op, n in Counter(operations).items() if op.cost}


def _operations(node: Node, known: Mapping[str, Any]) -> Iterator[Operation]:
    """The operations on tensors, of the sides of choices that are taken."""
    if not isinstance(node, Apply) or node.on_host:
        return
    arguments = node.args
    if is_host_select(node) and names(node.args[0]) <= known.keys():
        arguments = (arguments[1] if value_of(arguments[0], known) else arguments[2],)
    else:
        yield node.op
    for argument in arguments:
        yield from _operations(argument, known)
