"""A spec under examination: the spec and the views of it that rules share."""

from collections.abc import Iterator
from functools import cached_property

from sympy import Basic, Symbol, sympify

from ...specs.language import (
    Constraint,
    Function,
    Hyper,
    Input,
    Iterand,
    Numbers,
    Optimizer,
    Output,
    Schedule,
    Schedules,
    State,
    Update,
    theta,
)
from ...specs.language.execution import execution_order
from ...specs.language.schedule import Argument
from ..notation.text import TextPrinter, text_of
from .courses import Courses
from .ranges import Hazard
from .survey import Survey


class Subject:
    """One spec, with lookups by name, equations as text, and the results of shared analyses.

    The views are computed when first asked for: each one needs what the rules that run
    before its first user have established.
    """

    def __init__(self, spec: Optimizer | Schedule) -> None:
        self.spec = spec
        self._equations: dict[Update, str] = {}

    @cached_property
    def symbols(self) -> set[Symbol]:
        """What can stand as a number, or as what a head takes."""
        return self.spec.symbols

    @cached_property
    def flags(self) -> set[Symbol]:
        return {*self.spec.flags}

    @cached_property
    def states(self) -> dict[str, State]:
        return {s.name: s for s in self.spec.states}

    @cached_property
    def outputs(self) -> tuple[Output, ...]:
        return tuple(self.spec.outputs) if isinstance(self.spec, Optimizer) else ()

    @cached_property
    def inputs(self) -> dict[str, Input]:
        return {i.name: i for i in self.spec.inputs}

    @cached_property
    def assigned(self) -> set[str]:
        return {u.target.name for u in self.spec.updates}

    @cached_property
    def intermediates(self) -> list[str]:
        """What the equations name beside states, inputs and the parameter, in order."""
        names = dict.fromkeys(u.target.name for u in self.spec.updates)
        return [n for n in names if n not in {*self.states, *self.inputs, theta.name}]

    @cached_property
    def updates(self) -> tuple[Update, ...]:
        """The updates in execution order; needs equations without a cycle."""
        return execution_order(self.spec.updates)

    @cached_property
    def courses(self) -> Courses:
        return Courses(self.spec, self.updates)

    @cached_property
    def survey(self) -> Survey:
        return Survey(self.spec, self.updates, self.courses)

    def named(self) -> Iterator[tuple[str, str]]:
        """The names the spec's author chose, with the words for where."""
        inputs = self.inputs.values()
        for declaration in (*self.spec.hyper, *self.spec.states, *inputs, *self.outputs):
            yield declared(declaration), declaration.name
        for hyper in self.spec.hyperparameters:
            if hyper.argument:
                yield f"argument {hyper.argument}", hyper.argument
        for update in self.spec.updates:
            if update.target.name in self.intermediates:
                yield self.equation(update), update.target.name
            for iterand in sorted(update.value.atoms(Iterand), key=str):
                yield f"iterate in {self.equation(update)}", iterand.name

    def hazards(self) -> Iterator[tuple[str, Hazard]]:
        """What the survey met, with the words for where."""
        for update, hazard in self.survey.hazards:
            yield self.equation(update), hazard
        for state, hazard in self.survey.initial_hazards:
            yield f"init of {declared(state)}", hazard

    @cached_property
    def _printer(self) -> TextPrinter:
        return text_of(self.spec)

    def text(self, expression: Basic) -> str:
        """The expression in reading order; as SymPy writes it where it is no legal one."""
        try:
            return self._printer.expression(expression)
        except NotImplementedError:
            return str(expression)

    def equation(self, update: Update) -> str:
        if update not in self._equations:
            text = f"{self.text(update.target)} = {self.text(update.value)}"
            self._equations[update] = text
        return self._equations[update]

    def parts(self) -> Iterator[tuple[str, Basic]]:
        """Every expression of the spec, with the words for where it stands."""
        for update in self.spec.updates:
            yield self.equation(update), update.value
        yield from self.host_parts()

    def host_parts(self) -> Iterator[tuple[str, Basic]]:
        """The expressions that stand in declarations, not in equations."""
        for state in self.spec.states:
            if state.init is not None:
                yield f"init of {declared(state)}", sympify(state.init)
            yield f"when of {declared(state)}", state.when
        for given in self.inputs.values():
            yield f"when of {declared(given)}", given.when
        for constraint in self.spec.constraints:
            yield declared(constraint), constraint.condition
        for output in self.outputs:
            yield declared(output), output.value
        yield from self.view_parts()
        for hyper in self.spec.hyperparameters if isinstance(self.spec, Optimizer) else ():
            if hyper.derived is not None:
                yield f"derived of {declared(hyper)}", hyper.derived

    def view_parts(self) -> Iterator[tuple[str, Basic]]:
        """Of those, what says how a parameter is seen; none where that is by its last two axes."""
        if isinstance(self.spec, Optimizer) and not self.spec.view.is_plain:
            yield "flat of the view", self.spec.view.flat
            yield "parts of the view", sympify(self.spec.view.parts)
            yield "rank of the view", sympify(self.spec.view.rank)


def declared(declaration: Argument | State | Input | Constraint | Output) -> str:
    """A declaration in words: ``hyperparameter lr``."""
    match declaration:
        case Hyper():
            return f"hyperparameter {declaration.name}"
        case Constraint():
            return f"constraint {declaration.message!r}"
    return f"{type(declaration).__name__.lower()} {declaration.name}"


def is_required(argument: Argument) -> bool:
    """Whether an argument of a schedule has to be given."""
    match argument:
        case Hyper():
            return argument.is_required
        case Function():
            return not argument.optional
    return isinstance(argument, Numbers | Schedules)
