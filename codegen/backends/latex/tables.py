"""The tables beside the equations: the arguments, and what is kept between steps."""

from collections import Counter
from dataclasses import dataclass

from sympy import Symbol, sympify

from ....specs.language import (
    Choice,
    Function,
    Hyper,
    Interval,
    Numbers,
    Optimizer,
    Option,
    Schedule,
    Schedules,
    Spec,
    State,
    t,
)
from ....specs.language.schedule import Argument
from .box import condition
from .escape import code, escaped
from .numerals import scientific
from .printer import LatexPrinter


@dataclass(frozen=True)
class ArgumentRow:
    """One argument; every entry is LaTeX for use in text."""

    symbol: str
    argument: str
    default: str
    domain: str
    meaning: str


@dataclass(frozen=True)
class StateRow:
    """A state; every entry is LaTeX for use in text."""

    symbol: str
    initial: str
    key: str
    exists: str
    shape: str


def arguments(spec: Optimizer, printer: LatexPrinter) -> list[ArgumentRow]:
    """One row an argument, or a member of a tuple argument, those by keyword only last."""
    rows: list[ArgumentRow] = []
    members: Counter[str] = Counter()
    for entry in sorted(spec.hyper, key=lambda h: isinstance(h, Option) and h.keyword):
        if isinstance(entry, Option):
            rows.append(_option(entry))
            continue
        place = f"{entry.argument}[{members[entry.argument]}]" if entry.argument else entry.name
        members[entry.argument] += 1
        rows.append(_hyperparameter(entry, place, printer))
    return rows


def states(spec: Spec, printer: LatexPrinter) -> list[StateRow]:
    """One row a state, and one for the count of steps where a checkpoint keeps it."""
    rows = [_state(state, spec.clock, printer) for state in spec.states]
    if isinstance(spec, Optimizer) and spec.step_key:
        rows.append(StateRow(f"${t}$", "$0$", code(spec.step_key), "always", "scalar"))
    return rows


def schedule_arguments(schedule: Schedule, printer: LatexPrinter) -> list[ArgumentRow]:
    """One row an argument, those by keyword only last."""
    ordered = sorted(schedule.hyper, key=_is_keyword)
    return [_argument(h, printer) for h in ordered]


def _is_keyword(argument: Argument) -> bool:
    return isinstance(argument, Hyper | Option) and argument.keyword


def _argument(argument: Argument, printer: LatexPrinter) -> ArgumentRow:
    if isinstance(argument, Hyper):
        return _hyperparameter(argument, argument.name, printer)
    if isinstance(argument, Option):
        return _option(argument)
    name, meaning = code(argument.name), escaped(argument.doc)
    if isinstance(argument, Choice):
        meaning += f": {', '.join(map(code, argument.words))}"
        return ArgumentRow("--", name, code(argument.default), "choice", meaning)
    symbol = printer.names.of(argument.name)
    default = "required"
    match argument:
        case Numbers():
            domain = f"${symbol.at('i').tex} \\in {_domain(argument.domain, argument.is_whole)}$"
            meaning += "; in ascending order" if argument.increasing else ""
        case Function():
            domain = r"$\mathbb{N}_0 \to \mathbb{R}$"
            default = "none" if argument.optional else default
            meaning += _FOR_GROUPS if argument.per_group else ""
        case Schedules():
            domain = "schedules" if argument.many else "schedule"
    return ArgumentRow(f"${symbol.tex}$", name, default, domain, meaning)


_FOR_GROUPS = " (or one for each group)"


def _hyperparameter(entry: Hyper, place: str, printer: LatexPrinter) -> ArgumentRow:
    meaning = escaped(entry.doc) + (_FOR_GROUPS if entry.per_group else "")
    return ArgumentRow(
        symbol=f"${printer.expression(entry.symbol)}$",
        argument=code(place),
        default=_default(entry, printer),
        domain=f"${_domain(entry.domain, entry.is_whole)}$",
        meaning=f"{meaning} (keyword only)" if entry.keyword else meaning,
    )


def _default(entry: Hyper, printer: LatexPrinter) -> str:
    if entry.derived is not None:
        return f"${printer.expression(entry.derived)}$"
    if entry.omissible:
        return "none"
    return "required" if entry.is_required else f"${scientific(entry.default)}$"


def _domain(domain: Interval, is_whole: bool) -> str:
    if not is_whole:
        return domain.latex
    if domain.high is None and not domain.low_open and domain.low is not None:
        return rf"\mathbb{{Z}}_{{\ge {domain.low}}}"
    return rf"\mathbb{{Z}} \cap {domain.latex}"


def _option(entry: Option) -> ArgumentRow:
    meaning = escaped(entry.doc)
    return ArgumentRow(
        symbol="--",
        argument=code(entry.name),
        default=code(str(entry.default)),
        domain="flag",
        meaning=f"{meaning} (keyword only)" if entry.keyword else meaning,
    )


def _state(state: State, clock: Symbol, printer: LatexPrinter) -> StateRow:
    when = condition(state.when, printer)
    return StateRow(
        symbol=f"${printer.expression(state.series[clock])}$",
        initial=(
            f"first value from the equation for ${t} = 1$"
            if state.init is None
            else f"${printer.expression(sympify(state.init))}$"
        ),
        key=code(state.key),
        exists=f"if {when}" if when else "always",
        shape=state.shape.value,
    )
