"""Move the new values that could not take the names of the old ones there at the end.

A state that swaps places with another, or whose old value is read after the new one is
known, keeps two names up to here; a state that may not exist is moved only if it does.
"""

from dataclasses import replace

from ..nodes import Assign, Branch, Program, Statement


def settle(program: Program) -> Program:
    body = list(program.body)
    for slot in program.tensor_slots:
        if slot.new != slot.old:
            move: Statement = Assign(slot.old, slot.new)
            body.append(move if slot.when is None else Branch(slot.when, (move,)))
    slots = tuple(replace(s, new=s.old) if s.is_tensor else s for s in program.slots)
    return replace(program, body=tuple(body), slots=slots)
