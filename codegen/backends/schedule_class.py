"""What the templates of schedules in Python are filled with: arguments, checks, bodies.

The equations become static functions of the step and the arguments, the same in every
backend; the class around them says where the arguments come from.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Basic, Symbol, sympify

from ...specs.language import (
    Choice,
    Function,
    Hyper,
    Numbers,
    Schedule,
    Schedules,
    eta,
    mu,
    running_product,
)
from ...specs.language.schedule import Argument
from ..notation.text import text_of
from ..notation.words import words
from ..program import operations as ops
from ..program.compiled import CompiledSchedule
from ..program.forms import ATOM, POWER, PYTHON, UNARY, Form, Language, Printer, Table, infix
from ..program.growth import growth
from ..program.nodes import Apply, Branch, Name, Node, Program, names, negation, reads
from ..program.schedule import lower_argument
from .schedule_parameters import parameter

_FORMS: Table = {
    **PYTHON,
    ops.PI: "math.pi",
    ops.INFINITY: "math.inf",
    ops.SQRT: "math.sqrt",
    ops.EXP: "math.exp",
    ops.LOG: "math.log",
    ops.TANH: "math.tanh",
    ops.ERF: "math.erf",
    ops.ATAN2: "math.atan2",
    ops.COS: "math.cos",
    ops.SIN: "math.sin",
    ops.FLOOR: "math.floor",
    ops.ABS: "abs",
    ops.SIGN: "math.copysign({0} != 0, {0})",
    ops.MAX: "max",
    ops.MIN: "min",
    ops.PASSED: "bisect_right",
    ops.SIZE: "len",
    ops.ITEM: "{}[{}]",
    ops.COMPLETED_CYCLES: "completed_cycles",
    ops.CALL: "{}({})",
    ops.RUNNING_PRODUCT: "{}.product({})",
    ops.PRODUCT_BETWEEN: "{}.between({}, {})",
    ops.RATE_OF: "{}.rate({}, {})",
    ops.CHAINED: "chained",
    ops.MOMENTUM_OF: "{}.momentum({})",
    ops.CHAINED_MOMENTUM: "chained_momentum",
}


def schedule_printer(schedule: Schedule, prefix: str = "") -> Printer:
    """Prints expressions of a schedule, as Python on floats, lists, functions and schedules."""
    real = {h.name for h in schedule.hyperparameters if not h.is_whole}

    def power(node: Apply) -> str | Form:
        """A number that is raised to a count of steps can be an int, whose powers have no end."""
        base = node.args[0]
        is_real = isinstance(base, Name) and base.id in real
        return "math.pow" if is_real else infix("**", POWER, ATOM, UNARY)

    renamed = {h.name: prefix + h.name for h in schedule.hyper}
    renamed |= {name: prefix + test for name, test in words(schedule).items()}
    return Printer(Language("Python", {**_FORMS, ops.POW: power}), renamed)


@dataclass(frozen=True)
class Derived:
    """An argument that follows from others where it is left out."""

    name: str
    value: Node
    needs: tuple[str, ...]
    """The others that may be left out themselves."""


@dataclass(frozen=True)
class Body:
    """One function of the step: the arguments it reads, with their types, and its statements."""

    reads: Mapping[str, str]
    derived: tuple[Derived, ...]
    program: Program


@dataclass(frozen=True)
class Growth:
    """The factor between two steps: the arguments it reads, with their types, and itself."""

    reads: Mapping[str, str]
    factor: Node


def _compared(schedule: Schedule, condition: Basic) -> list[tuple[str, bool]]:
    """The arguments that a condition is on, and whether each is a list, of which lengths are."""
    many = {h.name for h in schedule.hyper if isinstance(h, Numbers | Schedules)}
    used = {str(symbol) for symbol in condition.free_symbols}
    return [(h.name, h.name in many) for h in schedule.hyper if h.name in used]


def schedule_context(compiled: CompiledSchedule) -> dict[str, object]:
    """The variables that templates of schedules share."""
    schedule = compiled.spec
    text = text_of(schedule)
    parameters = [parameter(h) for h in schedule.hyper]
    derived = [_derived(schedule, h) for h in schedule.hyperparameters]
    when = schedule.momentum_when
    return {
        "schedule": schedule,
        "parameters": sorted(parameters, key=lambda p: p.keyword),
        "derived": [d for d in derived if d],
        "constraints": [
            (
                negation(lower_argument(schedule, sympify(c.condition))),
                c.message,
                _compared(schedule, sympify(c.condition)),
            )
            for c in schedule.constraints
        ],
        "equations": [text.equation(u) for u in schedule.updates],
        "bodies": {
            name: _body(compiled, name)
            for name in (eta.name, mu.name)
            if name in schedule.results and not schedule.states
        },
        "next": _body(compiled, *(s.name for s in schedule.states)) if schedule.states else None,
        "growth": _growth(schedule),
        "initial": [
            (s.name, s.key, lower_argument(schedule, sympify(s.init))) for s in schedule.states
        ],
        "momentum_when": when.name if when is not None else "",
        "factors": _products(schedule),
        "reads_lr": schedule.starts_from_rate,
        "print": schedule_printer(schedule),
        "attribute": schedule_printer(schedule, "self."),
        "is_branch": lambda step: isinstance(step, Branch),
    }


def _body(compiled: CompiledSchedule, *series: str) -> Body:
    schedule, program = compiled.spec, compiled.function(*series)
    derived = [d for h in schedule.hyperparameters if (d := _derived(schedule, h))]
    read = reads(program.body)
    used = {h.name for h in schedule.hyper if h.name in read}
    used |= {h.name for h in schedule.hyper if isinstance(h, Choice | Function) and _asked(h, read)}
    derived = [d for d in derived if d.name in used]
    for h in schedule.hyperparameters:
        if h.derived is not None and h.name in used:
            used |= {x.name for x in schedule.hyperparameters if h.derived.has(x.symbol)}
    kinds = {"lr": "float | None"} if schedule.composes and "lr" in read else {}
    for h in schedule.hyper:
        if h.name in used:
            given = parameter(h)
            loose = given.may_be_none or given.is_function
            kinds[h.name] = "Any" if loose else given.annotation
    return Body(kinds, tuple(derived), program)


def _growth(schedule: Schedule) -> Growth | None:
    factor = growth(schedule)
    if factor is None:
        return None
    read = names(factor)
    kinds = {h.name: parameter(h).annotation for h in schedule.hyper if h.name in read}
    products = _products(schedule)
    return Growth({n: "Any" if n in products else k for n, k in kinds.items()}, factor)


def _products(schedule: Schedule) -> list[str]:
    """The arguments of which running products are taken."""
    found = {p.args[0] for u in schedule.updates for p in u.value.atoms(running_product)}
    return [h.name for h in schedule.hyper if _symbol(h) in found]


def _asked(argument: Choice | Function, read: set[str]) -> bool:
    """Whether a condition on the argument is read."""
    flags = argument.flags.values() if isinstance(argument, Choice) else (argument.flag,)
    return any(flag.name in read for flag in flags)


def _symbol(argument: Argument) -> Symbol | None:
    return argument.symbol if isinstance(argument, Function) else None


def _derived(schedule: Schedule, h: Hyper) -> Derived | None:
    if h.derived is None:
        return None
    value = lower_argument(schedule, h.derived)
    needs = [x.name for x in schedule.hyperparameters if x.omissible and h.derived.has(x.symbol)]
    return Derived(h.name, value, tuple(needs))
