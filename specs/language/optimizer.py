"""An optimizer: everything the world writes by hand, declared once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import ClassVar, TypeVar, cast

from sympy import Basic, Expr, Integer, Symbol, false, true
from sympy.logic.boolalg import Boolean

from .arguments import Choice
from .declarations import Constraint, Hyper, Option, State, Update
from .inputs import Input
from .misuse import listed
from .outputs import Output
from .shapes import FACTS, machine_epsilon
from .symbols import Value, t, theta
from .views import LAST_TWO, View

Given = TypeVar("Given")


@dataclass(frozen=True)
class Optimizer:
    """A step rule.

    Args:
        name: the class name in generated code; files are named by it in lower case.
        summary: one sentence, the first line of the generated docstring.
        source: where the rule was published, with the equation or algorithm number.
        hyper: hyperparameters, options and choices, in the order of the constructor's arguments.
        states: what is kept from one step to the next.
        updates: the equations of one step, in any order; each value at t is computed before
            it is read, so none may depend on itself.
        constraints: what hyperparameters must meet together.
        outputs: what is made of the parameter and states beside the steps.
        inputs: what a step is given beside the gradient.
        view: what of a parameter is a matrix, for rules that read ``rows`` and ``cols``.
        peer: the import path of the class this one is a drop-in for, or empty.
        step_key: the step count's key in a torch checkpoint; empty where none is kept,
            and then the equations can only tell t = 1 from t > 1.
        eager: states are made on construction, not at the first step (as the peer does).
        positional: options of the torch class that it takes by position too, after the
            hyperparameters (as the peer does): of ``foreach``, ``capturable``, ``differentiable``,
            ``fused`` and the keyword-only options of the rule.
        lineage: the rules that it grew out of, the nearest first, each a name, and in parentheses
            the options that are on there: ``SGD(momentum)``.
    """

    name: str
    summary: str
    source: str
    hyper: Sequence[Hyper | Option | Choice]
    states: Sequence[State]
    updates: Sequence[Update]
    constraints: Sequence[Constraint] = ()
    peer: str = ""
    step_key: str = "step"
    eager: bool = False
    positional: Sequence[str] = ()
    outputs: Sequence[Output] = ()
    inputs: Sequence[Input] = ()
    view: View = LAST_TWO
    lineage: Sequence[str] = ()
    made_by: "tuple[str, Optimizer] | None" = field(
        default=None, init=False, compare=False, repr=False
    )
    """The operator that made it, and of which rule; nothing once something has been changed."""

    def __post_init__(self) -> None:
        listing = ("hyper", "states", "updates", "constraints", "positional", "outputs", "inputs")
        for name in (*listing, "lineage"):
            object.__setattr__(self, name, listed(getattr(self, name)))

    clock: ClassVar[Symbol] = t
    """What values are indexed with."""

    @property
    def module(self) -> str:
        """The stem of the generated files."""
        return self.name.lower()

    @cached_property
    def hyperparameters(self) -> tuple[Hyper, ...]:
        return tuple(h for h in self.hyper if isinstance(h, Hyper))

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """What is on or off: options, and of each choice its words, one of which is on."""
        found: list[Option] = []
        for h in self.hyper:
            if isinstance(h, Option):
                found.append(h)
            elif isinstance(h, Choice):
                words = h.flags.items()
                found += [Option(f, h.doc, default=word == h.default) for word, f in words]
        return tuple(found)

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        return tuple(h for h in self.hyper if isinstance(h, Choice))

    @property
    def defaults(self) -> dict[str, bool]:
        """Whether each option is on if nothing is said, by name."""
        return {o.name: o.default for o in self.options}

    def chooses(self, on: Mapping[str, bool]) -> bool:
        """Whether exactly one word of each choice is on."""
        return all(sum(on[f.name] for f in c.flags.values()) == 1 for c in self.choices)

    def changed(self, name: str) -> dict[str, bool]:
        """The defaults, with one option that is off there on, and no other word of its choice."""
        words = [{f.name for f in c.flags.values()} for c in self.choices]
        others = next((own for own in words if name in own), set[str]())
        return self.defaults | dict.fromkeys(others, False) | {name: True}

    @property
    def flags(self) -> tuple[Symbol, ...]:
        """Everything that can stand as a condition of its own."""
        return tuple(o.flag for o in self.options)

    @property
    def symbols(self) -> set[Symbol]:
        """The numbers that equations can read."""
        return {t, machine_epsilon, *FACTS, *(h.symbol for h in self.hyperparameters)}

    @property
    def results(self) -> tuple[str, ...]:
        """The names of the series a step is taken for."""
        return (theta.name, *(s.name for s in self.states))

    def reader(self, output: Output) -> "Optimizer":
        """The rule whose new parameter is an output, and which leaves all else as it is.

        Its stored values are those after a step, and t is that step. All that is known of rules
        then holds for outputs: when one is valid, what it computes, how near it comes to that.
        States that the first step gives are there after it, as those are that begin with 0.
        """
        read = {v.name for v in output.value.atoms(Value)}
        states = [
            replace(s, init=Integer(0)) if s.init is None else s
            for s in self.states
            if s.name in read
        ]
        stored = {x[t]: x[t - 1] for x in (theta, *(s.series for s in states))}
        return replace(
            self,
            states=states,
            updates=(
                *(Update(s.series[t], s.series[t - 1]) for s in states),
                Update(theta[t], cast(Expr, output.value.xreplace(stored))),
            ),
            constraints=(),
            outputs=(),
            inputs=(),
            peer="",
        )

    def specialize(
        self,
        name: str,
        *,
        options: Mapping[Symbol | str, bool],
        defaults: Mapping[Symbol | str, str] = MappingProxyType({}),
        summary: str,
        source: str,
        peer: str = "",
    ) -> "Optimizer":
        """The same rule with some options decided, as an optimizer of its own.

        States that no longer exist vanish, and with them the equations that update them.

        Raises:
            ValueError: an option or a default names nothing of this spec.
        """
        flags = {h.name: h.flag for h in self.options}
        settled, texts = _by_name(options), _by_name(defaults)
        if unknown := [name for name in settled if name not in flags]:
            raise ValueError(f"{self.name} has no option {', '.join(unknown)}")
        known = {h.name for h in self.hyperparameters}
        if unknown := [name for name in texts if name not in known]:
            raise ValueError(f"{self.name} has no hyperparameter {', '.join(unknown)}")
        decided: dict[Basic, Boolean] = {
            flags[name]: true if on else false for name, on in settled.items()
        }
        states = tuple(
            replace(s, when=when)
            for s in self.states
            if (when := s.when.xreplace(decided)) != false
        )
        gone = {s.series.symbol for s in self.states} - {s.series.symbol for s in states}
        inputs = (replace(i, when=i.when.xreplace(decided)) for i in self.inputs)
        return replace(
            self,
            name=name,
            summary=summary,
            source=source,
            peer=peer,
            lineage=[earlier for earlier in (self.name, *self.lineage) if earlier != name],
            hyper=tuple(
                replace(h, default=texts.get(h.name, h.default)) if isinstance(h, Hyper) else h
                for h in self.hyper
                if not isinstance(h, Option) or h.name not in settled
            ),
            states=states,
            updates=without_aliases(
                (
                    Update(u.target, cast(Expr, u.value.xreplace(decided)))
                    for u in self.updates
                    if u.target.args[0] not in gone
                ),
                self.results,
            ),
            inputs=tuple(i for i in inputs if i.when != false),
            view=replace(self.view, flat=self.view.flat.xreplace(decided)),
            outputs=tuple(
                replace(o, value=cast(Expr, o.value.xreplace(decided))) for o in self.outputs
            ),
            constraints=tuple(
                replace(c, condition=condition)
                for c in self.constraints
                if (condition := c.condition.xreplace(decided)) != true
            ),
        )


def _by_name(given: Mapping[Symbol | str, Given]) -> dict[str, Given]:
    """What is given for arguments, by their symbols or by their names, by their names."""
    return {key if isinstance(key, str) else key.name: value for key, value in given.items()}


def without_aliases(updates: Iterable[Update], results: Collection[str]) -> tuple[Update, ...]:
    """The updates, less those that only give another name to a value of the same step.

    Args:
        updates: the equations.
        results: what a step is taken for, which keeps its name.
    """
    names: dict[Basic, Basic] = {}
    kept: list[Update] = []
    for update in updates:
        value = cast(Expr, update.value.xreplace(names))
        if isinstance(value, Value) and value.index == t and update.target.name not in results:
            names[update.target] = value
        else:
            kept.append(Update(update.target, value))
    return tuple(kept)
