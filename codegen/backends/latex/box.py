"""An algorithm box: what it requires, where it starts, what it repeats."""

from dataclasses import dataclass
from itertools import groupby

from sympy import Basic, sympify, true

from ....specs.language import Optimizer, Spec, State
from .escape import code
from .printer import LatexPrinter


@dataclass(frozen=True)
class Block:
    """Equations in a row that are carried out under one condition, or always if it is empty."""

    condition: str
    equations: tuple[str, ...]


@dataclass(frozen=True)
class Box:
    """The lines of the algorithm; every entry is LaTeX for use in text."""

    hyperparameters: tuple[str, ...]
    options: tuple[str, ...]
    constraints: tuple[str, ...]
    initial: tuple[str, ...]
    blocks: tuple[Block, ...]


def box(spec: Optimizer, printer: LatexPrinter) -> Box:
    exists = {s.name: s.when for s in spec.states}
    grouped = groupby(spec.updates, key=lambda u: exists.get(u.target.name, true))
    return Box(
        hyperparameters=tuple(f"${printer.expression(h.symbol)}$" for h in spec.hyperparameters),
        options=tuple(code(o.name) for o in spec.options),
        constraints=tuple(f"${printer.condition(c.condition)}$" for c in spec.constraints),
        initial=initial(spec, printer),
        blocks=tuple(
            Block(condition(when, printer), tuple(printer.equation(u) for u in updates))
            for when, updates in grouped
        ),
    )


def condition(when: Basic, printer: LatexPrinter) -> str:
    """The condition in math mode, or nothing where it always holds."""
    return "" if when == true else f"${printer.condition(when)}$"


def initial(spec: Spec, printer: LatexPrinter) -> tuple[str, ...]:
    """The states before the first step, of those that have a value then."""
    return tuple(_initial(s, printer) for s in spec.states if s.init is not None)


def _initial(state: State, printer: LatexPrinter) -> str:
    value = f"${printer.expression(state.series[0])} = {printer.expression(sympify(state.init))}$"
    when = condition(state.when, printer)
    return f"{value} if {when}" if when else value
