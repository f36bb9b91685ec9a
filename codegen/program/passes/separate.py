"""Give every new value memory of its own, for a caller that stores them one after another.

``a, b = b, a`` makes a name of each tensor, and no copy: storing the new a would overwrite
what the new b stands for. The same holds for a state that keeps the old parameter.
"""

from dataclasses import replace

from ..nodes import Apply, Branch, Name, Node, Program, Statement, apply
from ..operations import COPY, TRANSPOSE

_Memory = dict[str, frozenset[str]]
"""The stored tensors a name may stand for."""


def separate(program: Program) -> Program:
    """The settled program with a copy wherever a slot would stand for what another stores."""
    slots = {s.name for s in program.tensor_slots}
    memory: _Memory = {name: frozenset({name}) for name in slots}
    return program.with_body(_separated(program.body, slots, memory))


def _separated(
    body: tuple[Statement, ...], slots: set[str], memory: _Memory
) -> tuple[Statement, ...]:
    """The statements; ``memory`` is brought up to date."""
    result: list[Statement] = []
    for s in body:
        if isinstance(s, Branch):
            other = dict(memory)
            then = _separated(s.then, slots, memory)
            otherwise = _separated(s.otherwise, slots, other)
            for name in other:
                memory[name] = memory.get(name, frozenset()) | other[name]
            result.append(Branch(s.condition, then, otherwise))
            continue
        name = s.target.id
        stored = _stored(s.value, memory)
        if name in slots and stored and s.value != s.target:
            s = replace(s, value=apply(COPY, s.value))
            stored = frozenset[str]()
        memory[name] = stored
        result.append(s)
    return tuple(result)


def _stored(value: Node, memory: _Memory) -> frozenset[str]:
    if isinstance(value, Name):
        return memory.get(value.id, frozenset())
    if isinstance(value, Apply) and value.op is TRANSPOSE:  # a view
        return _stored(value.args[0], memory)
    return frozenset()
