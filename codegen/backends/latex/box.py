"""An algorithm box: what it requires, where it starts, what it repeats."""

from dataclasses import dataclass
from itertools import groupby

from sympy import Basic, false, sympify, true

from ....specs.language import Choice, Input, Optimizer, Option, Source, Spec, State, Update, t
from .cells import Cell, Code, Formula, Word
from .printer import LatexPrinter


@dataclass(frozen=True)
class Block:
    """Equations in a row that are carried out under one condition, or always if it is empty.

    Args:
        condition: in math mode.
        updates: the equations.
    """

    condition: str
    updates: tuple[Update, ...]


@dataclass(frozen=True)
class Box:
    """The lines of the algorithm."""

    hyperparameters: tuple[Cell, ...]
    options: tuple[Cell, ...]
    constraints: tuple[Cell, ...]
    matrices: Cell
    initial: tuple[Cell, ...]
    draws: tuple[Cell, ...]
    blocks: tuple[Block, ...]


def box(spec: Optimizer, printer: LatexPrinter) -> Box:
    exists = {s.name: s.when for s in spec.states}
    grouped = groupby(spec.updates, key=lambda u: exists.get(u.target.name, true))
    return Box(
        hyperparameters=tuple(
            (Formula(printer.expression(h.symbol)),) for h in spec.hyperparameters
        ),
        options=tuple((Code(h.name),) for h in spec.hyper if isinstance(h, Option | Choice)),
        constraints=tuple((Formula(printer.condition(c.condition)),) for c in spec.constraints),
        matrices=matrices(spec, printer),
        initial=initial(spec, printer),
        draws=tuple(_draw(i, printer) for i in spec.inputs if i.is_random),
        blocks=tuple(Block(condition(when, printer), tuple(updates)) for when, updates in grouped),
    )


def condition(when: Basic, printer: LatexPrinter) -> str:
    """The condition in math mode, or nothing where it always holds."""
    return "" if when == true else printer.condition(when)


def matrices(spec: Optimizer, printer: LatexPrinter) -> Cell:
    """What of a parameter is a matrix; nothing where that is its last two axes."""
    view = spec.view
    if view.is_plain:
        return ()
    last, first, space = Word("matrix_of_last"), Word("matrix_of_first"), Word("space")
    if view.flat in (true, false):
        found: Cell = (first if view.flat == true else last,)
    else:
        when = Formula(printer.condition(view.flat))
        otherwise = Word("comma"), Word("else"), space, last
        found = first, space, Word("if"), space, when, *otherwise
    numbers = (("cut_into", view.parts), ("basis_of", view.rank))
    said = ((Word(word), space, n) for word, n in numbers if n != 1)
    return *found, *(cell for *words, n in said for cell in (*words, _number(n, printer)))


def _number(e: Basic | int, printer: LatexPrinter) -> Formula:
    return Formula(printer.expression(sympify(e)))


def initial(spec: Spec, printer: LatexPrinter) -> tuple[Cell, ...]:
    """The states before the first step, of those that have a value then."""
    return tuple(_initial(s, printer) for s in spec.states if s.init is not None)


def _initial(state: State, printer: LatexPrinter) -> Cell:
    before = printer.expression(state.series[0])
    value = Formula(f"{before} = {printer.expression(sympify(state.init))}")
    return _where(value, condition(state.when, printer))


DISTRIBUTIONS = {
    Source.UNIFORM: r"\mathcal{U}[0, 1)",
    Source.NORMAL: r"\mathcal{N}(0, 1)",
    Source.RADEMACHER: r"\mathcal{U}\{-1, 1\}",
}
"""What random numbers are drawn from."""


def _draw(given: Input, printer: LatexPrinter) -> Cell:
    drawn = f"{printer.expression(given.series[t])} \\sim {DISTRIBUTIONS[given.source]}"
    return _where(Formula(drawn), condition(given.when, printer))


def _where(value: Formula, when: str) -> Cell:
    if not when:
        return (value,)
    return value, Word("space"), Word("if"), Word("space"), Formula(when)
