"""The tables beside the algorithm: its arguments, and what it keeps between steps."""

from collections import Counter
from dataclasses import dataclass

from sympy import sympify

from ....specs.language import Hyper, Optimizer, Option, State, t
from .box import condition
from .escape import code, escaped
from .numerals import scientific
from .printer import LatexPrinter


@dataclass(frozen=True)
class ArgumentRow:
    """A hyperparameter or an option; every entry is LaTeX for use in text."""

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


def states(spec: Optimizer, printer: LatexPrinter) -> list[StateRow]:
    """One row a state, and one for the count of steps where a checkpoint keeps it."""
    rows = [_state(state, printer) for state in spec.states]
    if spec.step_key:
        rows.append(StateRow(f"${t}$", "$0$", code(spec.step_key), "always", "scalar"))
    return rows


def _hyperparameter(entry: Hyper, place: str, printer: LatexPrinter) -> ArgumentRow:
    return ArgumentRow(
        symbol=f"${printer.expression(entry.symbol)}$",
        argument=code(place),
        default=f"${scientific(entry.default)}$",
        domain=f"${entry.domain.latex}$",
        meaning=escaped(entry.doc),
    )


def _option(entry: Option) -> ArgumentRow:
    meaning = escaped(entry.doc)
    return ArgumentRow(
        symbol="--",
        argument=code(entry.name),
        default=code("False"),
        domain="flag",
        meaning=f"{meaning} (keyword only)" if entry.keyword else meaning,
    )


def _state(state: State, printer: LatexPrinter) -> StateRow:
    when = condition(state.when, printer)
    return StateRow(
        symbol=f"${printer.expression(state.series[t])}$",
        initial=(
            f"first value from the equation for ${t} = 1$"
            if state.init is None
            else f"${printer.expression(sympify(state.init))}$"
        ),
        key=code(state.key),
        exists=f"if {when}" if when else "always",
        shape=state.shape.value,
    )
