"""A learning-rate schedule: the rate as a function of the 0-based step, or of a metric."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Literal, TypeAlias

from sympy import Basic, Lambda, Symbol, sympify

from .arguments import Choice, Function, Numbers, Schedules
from .declarations import Constraint, Hyper, Option, State, Update
from .domains import NON_NEGATIVE
from .inputs import Input
from .misuse import listed
from .optimizer import Optimizer
from .symbols import Series, Value, step

lr = Symbol("lr", real=True)
"""The rate a schedule starts from: an optimizer's own, before a schedule changes it."""

metric = Symbol("metric", real=True)
"""What a schedule that is stepped with a metric is given."""

eta = Series("eta")
"""The learning rate."""

mu = Series("mu")
"""The momentum, of schedules that set it too."""

STARTING_RATE = Hyper(lr, "", NON_NEGATIVE, "learning rate to start from", latex=r"\eta")

Exemplar: TypeAlias = "str | bool | Lambda | Sample | Sequence[str | Sample]"
"""An argument in an example: a number as exact text, a word, a function, or a list."""

Argument: TypeAlias = Hyper | Option | Choice | Numbers | Function | Schedules


@dataclass(frozen=True)
class Schedule:
    """A learning rate over time.

    Args:
        name: the class name in generated code; files are named by it in lower case.
        summary: one sentence, the first line of the generated docstring.
        source: where it was published, or what it is taken from.
        hyper: the arguments after ``lr``, in order. ``lr`` is one if the equations read it, but
            not of schedules made of others, which have their own.
        updates: the equations, in any order; ``eta[step]`` is the rate, and ``mu[step]``, where
            there is one, the momentum. They may read :data:`lr`, :data:`step` and, where the
            schedule is stepped with it, :data:`metric`.
        states: what is kept from one metric to the next; without a metric there are none.
        constraints: what the arguments must meet together.
        peer: the import path of the class this one is a drop-in for, or empty.
        outright: when torch's class, and so the one that is generated for it, sets the rate
            whatever it was before, and starts from the rate before any scheduler: "always", or
            "at first" as it is made. Otherwise ("never") it goes on from the rate it finds.
        keys: the attributes by which torch's class keeps arguments, where they have other names
            than those.
        momentum_when: the option under which the momentum is set; always, if there is none.
        example: the arguments it is drawn and first tried with, by name; of those with a
            default, only what differs.
        span: the steps it is drawn over.
    """

    name: str
    summary: str
    source: str
    hyper: Sequence[Argument]
    updates: Sequence[Update]
    states: Sequence[State] = ()
    constraints: Sequence[Constraint] = ()
    peer: str = ""
    outright: Literal["never", "at first", "always"] = "never"
    keys: Mapping[str, str] = field(default_factory=dict[str, str])
    momentum_when: Symbol | None = None
    example: Mapping[str, Exemplar] = field(default_factory=dict[str, Exemplar])
    span: int = 100

    def __post_init__(self) -> None:
        for name in ("hyper", "updates", "states", "constraints"):
            object.__setattr__(self, name, listed(getattr(self, name)))
        stands_alone = self.starts_from_rate and not self.composes
        if stands_alone and STARTING_RATE not in self.hyper:
            object.__setattr__(self, "hyper", (STARTING_RATE, *self.hyper))

    clock: ClassVar[Symbol] = step
    """What values are indexed with."""
    step_key: ClassVar[str] = "step"
    positional: ClassVar[tuple[str, ...]] = ()
    inputs: ClassVar[tuple[Input, ...]] = ()

    @property
    def module(self) -> str:
        """The stem of the generated files."""
        return self.name.lower()

    @cached_property
    def starts_from_rate(self) -> bool:
        """Whether the equations read the rate it starts from."""
        return lr in self._read

    @cached_property
    def composes(self) -> bool:
        """Whether it is made of other schedules."""
        return any(isinstance(h, Schedules) for h in self.hyper)

    @cached_property
    def takes_metric(self) -> bool:
        """Whether it is stepped with a metric."""
        return metric in self._read

    @cached_property
    def sets_momentum(self) -> bool:
        return any(u.target.name == mu.name for u in self.updates)

    @cached_property
    def hyperparameters(self) -> tuple[Hyper, ...]:
        return tuple(h for h in self.hyper if isinstance(h, Hyper))

    @cached_property
    def options(self) -> tuple[Option, ...]:
        return tuple(h for h in self.hyper if isinstance(h, Option))

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        return tuple(h for h in self.hyper if isinstance(h, Choice))

    @cached_property
    def flags(self) -> tuple[Symbol, ...]:
        """Everything that can stand as a condition of its own."""
        on_or_off = [o.flag for o in self.options]
        words = [flag for choice in self.choices for flag in choice.flags.values()]
        left_out = [f.flag for f in self.hyper if isinstance(f, Function) and f.optional]
        return (*on_or_off, *words, *left_out)

    @property
    def symbols(self) -> set[Symbol]:
        """The numbers, lists, functions and schedules that equations can read."""
        named = {h.symbol for h in self.hyper if not isinstance(h, Option | Choice)}
        return {step, lr, metric, *named}

    @property
    def results(self) -> tuple[str, ...]:
        """The names of the series it is evaluated for."""
        kept = [s.name for s in self.states if s.name != eta.name]
        return (eta.name, *([mu.name] if self.sets_momentum else []), *kept)

    @cached_property
    def _read(self) -> set[Basic]:
        """The symbols in the equations, but for those series are made of."""
        found: set[Basic] = set()
        pending: list[Basic] = [u.value for u in self.updates]
        pending += [sympify(s.init) for s in self.states if s.init is not None]
        while pending:
            e = pending.pop()
            if isinstance(e, Symbol):
                found.add(e)
            elif not isinstance(e, Value):
                pending += e.args
        return found


@dataclass(frozen=True)
class Sample:
    """A schedule with arguments, as an example of what another one is given."""

    schedule: Schedule
    arguments: Mapping[str, Exemplar]


Spec: TypeAlias = Optimizer | Schedule
"""What files are generated from."""
