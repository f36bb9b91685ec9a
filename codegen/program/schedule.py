"""Schedule -> Program: scalars of the host alone, an assignment an equation.

What is asked for is a slot of the program; what none of them needs is pruned. Choices that
the arguments make become branches, so that the code reads as the cases do. There is nothing
else to rewrite: a schedule is evaluated once a step.
"""

from collections.abc import Callable, Sequence

from sympy import Symbol

from ...specs.language import Choice, Option, Schedule, Value, lr, metric, step
from ..notation.memo import once
from ..notation.text import text_of
from .check import held_against
from .lower import Lowering
from .nodes import Assign, Name, Node, Program, Slot
from .passes.branch import branch
from .passes.prune import prune
from .types import HOST_BOOLEAN, HOST_INTEGER, HOST_REAL

PASSES: tuple[Callable[[Program], Program], ...] = (branch, prune)

STEP = Name("step", HOST_INTEGER)

earlier = Symbol("earlier", integer=True, nonnegative=True)
"""An earlier step, of what leads from one to the other."""
EARLIER = Name("earlier", HOST_INTEGER)


def compile_schedule(schedule: Schedule, outputs: Sequence[str]) -> Program:
    """The program that computes some series of an analysed schedule.

    It is held against the equations.

    Args:
        schedule: its updates are in an order they can run in.
        outputs: the names of the series: ``eta``, ``mu``, states.

    Raises:
        RewriteError: a pass changed what is computed.
    """
    program = lower_schedule(schedule, outputs)
    made = {lower_schedule.__name__: program}
    for rewrite in PASSES:
        made[rewrite.__name__] = program = rewrite(program)
    held_against(schedule, made)
    return program


def lower_schedule(schedule: Schedule, outputs: Sequence[str]) -> Program:
    """The same, as the equations stand."""
    lowering = _OfSchedule(schedule)
    text = text_of(schedule)
    body: list[Assign] = []
    for update in schedule.updates:
        value = lowering.node(update.value)
        name = lowering.named(update.target)
        body.append(Assign(name, value, text.equation(update)))
    slots = tuple(Slot(Name(name, HOST_REAL), lowering.new[name]) for name in outputs)
    return Program(spec=schedule.name, slots=slots, body=tuple(body))


def lower_argument(schedule: Schedule, expression: object) -> Node:
    """An expression in a schedule's arguments: a default that follows, a condition, an init."""
    return _of_arguments(schedule).node(expression)  # pyright: ignore[reportArgumentType]


@once
def _of_arguments(schedule: Schedule) -> "_OfSchedule":
    return _OfSchedule(schedule)


def lower_between(schedule: Schedule, expression: object) -> Node:
    """An expression in the arguments and two steps, ``earlier`` and ``step``."""
    lowering = _OfSchedule(schedule)
    lowering.symbols[earlier] = EARLIER
    return lowering.node(expression)  # pyright: ignore[reportArgumentType]


class _OfSchedule(Lowering):
    def __init__(self, schedule: Schedule) -> None:
        super().__init__(schedule)
        for state in schedule.states:
            self.old[state.name] = Name(state.name, HOST_REAL)
        self.symbols |= {step: STEP, lr: Name("lr", HOST_REAL), metric: Name("metric", HOST_REAL)}
        for h in schedule.hyper:
            if not isinstance(h, Option | Choice):
                self.symbols[h.symbol] = Name(h.name, HOST_REAL)
        self.symbols |= {flag: Name(flag.name, HOST_BOOLEAN) for flag in schedule.flags}

    def named(self, target: Value) -> Name:
        """The name of a value at this step: a state's is told from the stored one."""
        name = target.name
        self.new[name] = Name(f"new_{name}" if name in self.old else name, HOST_REAL)
        return self.new[name]
