"""What the templates of schedules in Python are filled with: arguments, checks, bodies.

The equations become static functions of the step and the arguments, the same in every
backend; the class around them says where the arguments come from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from sympy import Symbol, sympify

from ...specs.language import (
    Choice,
    Function,
    Hyper,
    Interval,
    Numbers,
    Option,
    Schedule,
    Schedules,
    eta,
    mu,
    running_product,
)
from ...specs.language.schedule import Argument
from ..notation.text import TextPrinter
from ..notation.words import words
from ..program import operations as ops
from ..program.compiled import CompiledSchedule
from ..program.growth import growth
from ..program.infix import Form, Infix, call, literal
from ..program.nodes import Apply, Branch, Name, Node, Program, names, negation, reads
from ..program.schedule import lower_argument


class SchedulePrinter(Infix):
    """The expressions of one schedule, as Python on floats, lists, functions and schedules."""

    functions: ClassVar[Mapping[ops.Operation, Form]] = {
        ops.PI: lambda: "math.pi",
        ops.INFINITY: lambda: "math.inf",
        ops.SQRT: call("math.sqrt"),
        ops.EXP: call("math.exp"),
        ops.LOG: call("math.log"),
        ops.COS: call("math.cos"),
        ops.FLOOR: call("math.floor"),
        ops.ABS: call("abs"),
        ops.SIGN: lambda x: f"math.copysign({x} != 0, {x})",
        ops.MAX: call("max"),
        ops.MIN: call("min"),
        ops.SELECT: lambda test, yes, no: f"({yes} if {test} else {no})",
        ops.PASSED: call("bisect_right"),
        ops.SIZE: call("len"),
        ops.ITEM: lambda entries, index: f"{entries}[{index}]",
        ops.COMPLETED_CYCLES: call("completed_cycles"),
        ops.CALL: lambda function, x: f"{function}({x})",
        ops.RUNNING_PRODUCT: lambda function, n: f"{function}.product({n})",
        ops.PRODUCT_BETWEEN: lambda function, before, n: f"{function}.between({before}, {n})",
        ops.RATE_OF: lambda schedule, at, lr: f"{schedule}.rate({at}, {lr})",
        ops.CHAINED: call("chained"),
        ops.MOMENTUM_OF: lambda schedule, at: f"{schedule}.momentum({at})",
        ops.CHAINED_MOMENTUM: call("chained_momentum"),
    }

    def __init__(self, schedule: Schedule, prefix: str = "") -> None:
        names = {h.name: prefix + h.name for h in schedule.hyper}
        tests = {name: prefix + test for name, test in words(schedule).items()}
        super().__init__(names | tests)
        self._real = {h.name for h in schedule.hyperparameters if not h.is_whole}

    def form(self, node: Apply) -> Form | None:
        """How a function is written.

        A number that is raised to a count of steps can be an int, whose powers have no end.
        """
        if node.op is ops.POW and isinstance(node.args[0], Name) and node.args[0].id in self._real:
            return call("math.pow")
        return super().form(node)


@dataclass(frozen=True)
class Parameter:
    """One argument of a schedule's class.

    Args:
        name: its name.
        annotation: its type, as Python source.
        default: its default as Python source, or an empty string.
        keyword: it can be passed by keyword only.
        doc: what it is and can be, in words.
        test: what must hold of its value, or of each entry, with ``{}`` for it, as Python source.
        domain: the same in words.
        may_be_none: None stands for what follows from others, or for nothing.
        is_list: it is a list, each of whose entries is tested.
        increasing: no entry is smaller than the one before it.
        per_group: there can be one for each group of parameters.
        is_function: it is a function.
        is_schedule: it is another schedule, or a list of them.
    """

    name: str
    annotation: str
    default: str
    keyword: bool
    doc: str
    test: str
    domain: str
    may_be_none: bool = False
    is_list: bool = False
    per_group: bool = False
    increasing: bool = False
    is_function: bool = False
    is_schedule: bool = False

    def test_of(self, value: str) -> str:
        """The test of a value, as Python source."""
        if self.is_list:
            each = f"all({self.test.format(*['x'] * 2)} for x in {value})"
            return f"{each} and is_sorted({value})" if self.increasing else each
        test = self.test.format(*[value] * 2)
        return f"{value} is None or ({test})" if self.may_be_none else test


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


def schedule_context(compiled: CompiledSchedule) -> dict[str, object]:
    """The variables that templates of schedules share."""
    schedule = compiled.spec
    text = TextPrinter(schedule)
    parameters = [_parameter(h) for h in schedule.hyper]
    derived = [_derived(schedule, h) for h in schedule.hyperparameters]
    when = schedule.momentum_when
    return {
        "schedule": schedule,
        "parameters": sorted(parameters, key=lambda p: p.keyword),
        "derived": [d for d in derived if d],
        "constraints": [
            (negation(lower_argument(schedule, sympify(c.condition))), c.message)
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
        "print": SchedulePrinter(schedule),
        "attribute": SchedulePrinter(schedule, "self."),
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
            parameter = _parameter(h)
            loose = parameter.may_be_none or parameter.is_function
            kinds[h.name] = "Any" if loose else parameter.annotation
    return Body(kinds, tuple(derived), program)


def _growth(schedule: Schedule) -> Growth | None:
    factor = growth(schedule)
    if factor is None:
        return None
    read = names(factor)
    kinds = {h.name: _parameter(h).annotation for h in schedule.hyper if h.name in read}
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


def _parameter(argument: Argument) -> Parameter:
    name, doc = argument.name, argument.doc
    match argument:
        case Option():
            default = str(argument.default)
            keyword = argument.keyword
            return Parameter(name, "bool", default, keyword, doc, "", "")
        case Choice():
            listed = ", ".join(f'"{word}"' for word in argument.words)
            domain = f"one of {listed}"
            test = f"{{}} in ({listed})"
            default = f'"{argument.default}"'
            return Parameter(name, f"Literal[{listed}]", default, False, doc, test, domain)
        case Function():
            optional = argument.optional
            return Parameter(
                name,
                "Function | None" if optional else "Function",
                "None" if optional else "",
                False,
                doc,
                "callable({})",
                "a function of a whole number",
                may_be_none=optional,
                per_group=argument.per_group,
                is_function=True,
            )
        case Schedules():
            kind = "Sequence[Schedule]" if argument.many else "Schedule"
            return Parameter(
                name,
                kind,
                "",
                False,
                doc,
                "is_schedule({})",
                "a schedule of this package",
                is_list=argument.many,
                is_schedule=True,
            )
        case Numbers():
            domain = _domain(argument.is_whole, argument.domain, "each")
            if argument.increasing:
                domain += ", each at least the one before it"
            kind = "Sequence[int]" if argument.is_whole else "Sequence[float]"
            test = _test(argument.is_whole, argument.domain)
            return Parameter(
                name,
                kind,
                "",
                False,
                f"{doc}; {domain}",
                test,
                domain,
                is_list=True,
                increasing=argument.increasing,
            )
    domain = _domain(argument.is_whole, argument.domain, name)
    left_out = argument.derived is not None or argument.omissible
    kind = "int" if argument.is_whole else "float"
    default = "None" if left_out else _source(argument.default)
    if argument.derived is not None:
        doc = f"{doc}; by default {argument.derived}"
    return Parameter(
        name,
        f"{kind} | None" if left_out else kind,
        default,
        argument.keyword,
        f"{doc}, ``{argument.domain.describe(name)}``",
        _test(argument.is_whole, argument.domain),
        domain,
        may_be_none=left_out,
        per_group=argument.per_group,
    )


def _source(default: object) -> str:
    text = str(default)
    return text if "/" not in text else literal(Fraction(text))


def _domain(whole: bool, domain: Interval, name: str) -> str:
    bounded = domain.low is not None or domain.high is not None
    kind = "a whole number" if whole else "a number"
    return f"{kind}, {domain.describe(name)}" if bounded else kind


def _test(whole: bool, domain: Interval) -> str:
    test = "is_whole({})" if whole else "is_number({})"
    described = domain.describe("{}")
    return test if described == "{}" else f"{test} and {described}"
