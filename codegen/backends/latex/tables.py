"""The tables beside the equations: the arguments, and what is kept between steps."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    Shape,
    Spec,
    State,
    Transform,
    t,
)
from ....specs.language.schedule import Argument
from ....specs.language.shapes import ONE
from .box import condition
from .cells import Cell, Code, Formula, Said, Word
from .numerals import scientific
from .printer import LatexPrinter


@dataclass(frozen=True)
class ArgumentRow:
    """One argument."""

    symbol: Cell
    argument: Cell
    default: Cell
    domain: Cell
    meaning: Cell


@dataclass(frozen=True)
class StateRow:
    """A state."""

    symbol: Cell
    initial: Cell
    key: Cell
    exists: Cell
    shape: Cell


@dataclass(frozen=True)
class InputRow:
    """An input."""

    symbol: Cell
    input: Cell
    shape: Cell
    read: Cell
    meaning: Cell


@dataclass(frozen=True)
class OutputRow:
    """An output."""

    output: Cell
    value: Cell
    meaning: Cell


def inputs(spec: Optimizer, printer: LatexPrinter) -> list[InputRow]:
    """One row an input."""
    return [
        InputRow(
            symbol=(Formula(printer.expression(i.series[t])),),
            input=(Code(i.name),),
            shape=(Word("tensor" if i.is_tensor else "scalar"),),
            read=_where(condition(i.when, printer)),
            meaning=(Said(i.doc),),
        )
        for i in spec.inputs
    ]


def _where(when: str) -> Cell:
    return (Word("if"), Word("space"), Formula(when)) if when else (Word("always"),)


def outputs(spec: Optimizer, printer: LatexPrinter) -> list[OutputRow]:
    """One row an output."""
    return [
        OutputRow((Code(o.name),), (Formula(printer.expression(o.value)),), (Said(o.doc),))
        for o in spec.outputs
    ]


def arguments(spec: Optimizer, printer: LatexPrinter) -> list[ArgumentRow]:
    """One row an argument, or a member of a tuple argument, those by keyword only last."""
    rows: list[ArgumentRow] = []
    members: Counter[str] = Counter()
    for entry in sorted(spec.hyper, key=_is_keyword):
        if isinstance(entry, Option):
            rows.append(_option(entry))
            continue
        if isinstance(entry, Choice):
            rows.append(_argument(entry, printer))
            continue
        place = f"{entry.argument}[{members[entry.argument]}]" if entry.argument else entry.name
        members[entry.argument] += 1
        rows.append(_hyperparameter(entry, place, printer))
    return rows


def limit(transform: Transform, printer: LatexPrinter) -> list[ArgumentRow]:
    """The argument of a transform; optimizers leave it unset, and its default is for examples."""
    rows = arguments(transform.rule, printer)
    return [replace(row, default=(Word("nothing"),)) for row in rows]


def states(spec: Spec, printer: LatexPrinter) -> list[StateRow]:
    """One row a state, and one for the count of steps where a checkpoint keeps it."""
    rows = [_state(state, spec.clock, printer) for state in spec.states]
    if isinstance(spec, Optimizer) and spec.step_key:
        rows.append(
            StateRow(
                symbol=(Formula(str(t)),),
                initial=(Formula("0"),),
                key=(Code(spec.step_key),),
                exists=(Word("always"),),
                shape=(Word("scalar"),),
            )
        )
    return rows


def schedule_arguments(schedule: Schedule, printer: LatexPrinter) -> list[ArgumentRow]:
    """One row an argument, those by keyword only last."""
    ordered = sorted(schedule.hyper, key=_is_keyword)
    return [_argument(h, printer) for h in ordered]


def _is_keyword(argument: Argument) -> bool:
    return isinstance(argument, Hyper | Option | Choice) and argument.keyword


def _argument(argument: Argument, printer: LatexPrinter) -> ArgumentRow:
    if isinstance(argument, Hyper):
        return _hyperparameter(argument, argument.name, printer)
    if isinstance(argument, Option):
        return _option(argument)
    name: Cell = (Code(argument.name),)
    meaning: Cell = (Said(argument.doc),)
    if isinstance(argument, Choice):
        meaning += (Word("colon"), *_listed(argument.words))
        said = "None" if argument.omissible else argument.default
        default: Cell = (Code(said),)
        meaning += _BY_KEYWORD if argument.keyword else ()
        return ArgumentRow(_NO_SYMBOL, name, default, (Word("choice"),), meaning)
    symbol = printer.names.of(argument.name)
    default = (Word("required"),)
    match argument:
        case Numbers():
            domain = _domain(argument.domain, argument.is_whole)
            of_entries: Cell = (Formula(f"{symbol.at('i').tex} \\in {domain}"),)
            meaning += (Word("increasing"),) if argument.increasing else ()
        case Function():
            of_entries = (Formula(r"\mathbb{N}_0 \to \mathbb{R}"),)
            default = (Word("nothing"),) if argument.optional else default
            meaning += _FOR_GROUPS if argument.per_group else ()
        case Schedules():
            of_entries = (Word("schedules" if argument.many else "schedule"),)
    return ArgumentRow((Formula(symbol.tex),), name, default, of_entries, meaning)


def _listed(words: Sequence[str]) -> Cell:
    """Words of code, separated by commas."""
    first, *others = words
    return (Code(first), *(piece for word in others for piece in (Word("comma"), Code(word))))


_NO_SYMBOL: Cell = (Word("none"),)
_FOR_GROUPS: Cell = (Word("per_group"),)
_BY_KEYWORD: Cell = (Word("keyword"),)


def _hyperparameter(entry: Hyper, place: str, printer: LatexPrinter) -> ArgumentRow:
    meaning: Cell = (Said(entry.doc), *(_FOR_GROUPS if entry.per_group else ()))
    return ArgumentRow(
        symbol=(Formula(printer.expression(entry.symbol)),),
        argument=(Code(place),),
        default=_default(entry, printer),
        domain=(Formula(_domain(entry.domain, entry.is_whole)),),
        meaning=(*meaning, *(_BY_KEYWORD if entry.keyword else ())),
    )


def _default(entry: Hyper, printer: LatexPrinter) -> Cell:
    if entry.derived is not None:
        return (Formula(printer.expression(entry.derived)),)
    if entry.omissible:
        return (Word("nothing"),)
    return (Word("required") if entry.is_required else Formula(scientific(entry.default)),)


def _domain(domain: Interval, is_whole: bool) -> str:
    if not is_whole:
        return domain.latex
    if domain.high is None and not domain.low_open and domain.low is not None:
        return rf"\mathbb{{Z}}_{{\ge {domain.low}}}"
    return rf"\mathbb{{Z}} \cap {domain.latex}"


def _option(entry: Option) -> ArgumentRow:
    return ArgumentRow(
        symbol=_NO_SYMBOL,
        argument=(Code(entry.name),),
        default=(Code(str(entry.default)),),
        domain=(Word("flag"),),
        meaning=(Said(entry.doc), *(_BY_KEYWORD if entry.keyword else ())),
    )


_SHAPES = {
    Shape.TENSOR: "tensor",
    Shape.SCALAR: "scalar",
    Shape.PER_TENSOR: "one_a_tensor",
    Shape.GLOBAL: "one_for_all",
}


def _shape(shape: Shape) -> Word | Formula:
    if shape in _SHAPES:
        return Word(_SHAPES[shape])
    lengths = (rf"\mathrm{{{axis}}}" if axis != ONE else "1" for axis in shape.axes)
    return Formula(r" \times ".join(lengths))


def _state(state: State, clock: Symbol, printer: LatexPrinter) -> StateRow:
    return StateRow(
        symbol=(Formula(printer.expression(state.series[clock])),),
        initial=(
            (Word("first_from"), Word("space"), Formula(f"{t} = 1"))
            if state.init is None
            else (Formula(printer.expression(sympify(state.init))),)
        ),
        key=(Code(state.key),),
        exists=_where(condition(state.when, printer)),
        shape=(_shape(state.shape),),
    )
