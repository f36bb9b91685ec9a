"""One optimizer on one workload: which contenders run, in turns, and what came of it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from random import Random

from sympy import Basic, Mod

from ...specs.language import Optimizer
from ..cost import BYTES
from .arrays import Arrays
from .check import deviations
from .contenders import Contender, Stepper, Subject, contenders
from .measure import Timer, measure
from .workload import Data, Workload

WARM = 3
"""Steps before those that count: states are made at the first, and things are compiled."""

_MOST = 32
"""Steps of different kinds that are waited for."""

_TEMPORARIES = 6
"""Arrays as large as all parameters: gradients, and what the hungriest step makes and drops."""


@dataclass(frozen=True)
class Result:
    """How one contender did.

    Args:
        optimizer: the spec's name.
        workload: its name.
        contender: its name.
        family: whose it is, as :class:`Family` calls it.
        bytes: what a step must move, in all; None where that is not known.
        samples: seconds of each step, in order.
        deviation: from the reference, as a multiple of what rounding explains; None of the limit.
    """

    optimizer: str
    workload: str
    contender: str
    family: str
    bytes: int | None
    samples: tuple[float, ...]
    deviation: float | None

    @property
    def wrong(self) -> bool:
        return self.deviation is not None and self.deviation > 1


@dataclass(frozen=True)
class Plan:
    """How every race is run.

    Args:
        arrays: what makes parameters and gradients: where they are, and of which dtype.
        repeats: the steps that are timed.
        memory: the bytes that contenders may hold at once.
        timer: times one step.
        warm: the steps before these.
    """

    arrays: Arrays
    repeats: int
    memory: int
    timer: Timer
    warm: int = WARM

    @property
    def steps(self) -> int:
        return self.warm + self.repeats

    def of(self, spec: Optimizer) -> "Plan":
        """The plan for a rule: with each kind of step it has, by turns, taken once before.

        Those that come later than the 32nd are timed where they come.
        """
        whole = [h for h in spec.hyperparameters if h.is_whole]
        defaults: dict[Basic, int] = {h.symbol: int(h.default) for h in whole}
        turns = [defaults.get(m.args[1], 0) for u in spec.updates for m in u.value.atoms(Mod)]
        return replace(self, warm=max([self.warm, *(n + 1 for n in turns if n <= _MOST)]))


@dataclass(frozen=True)
class LeftOut:
    """A contender that does not run here, and why."""

    contender: str
    reason: str


def everyone(_: Contender) -> bool:
    return True


def able(
    subject: Subject, plan: Plan, chosen: Callable[[Contender], bool] = everyone
) -> tuple[set[str], list[LeftOut]]:
    """The names of those contenders, of some chosen, that run here; and why others do not.

    Each is tried on a tensor.

    An engine that is not installed says which extra installs it.
    """
    running: set[str] = set()
    missing: list[LeftOut] = []
    data = Data(Workload("trial", (64,)), 1, plan.arrays)
    for contender in filter(chosen, contenders(subject, data)):
        try:
            runner = contender.start()
            runner.prepare(0)
            runner.step()
        except (ImportError, RuntimeError, ValueError) as error:
            missing.append(LeftOut(contender.name, str(error).partition("\n")[0]))
        else:
            running.add(contender.name)
    return running, missing


def groups(field: Iterable[Contender], data: Data, plan: Plan) -> list[list[Contender]]:
    """The field in groups that fit into memory; within one, contenders take turns."""
    array = sum(data.sizes) * BYTES[plan.arrays.dtype]
    return in_turns(field, plan.memory - _TEMPORARIES * array)


def race(
    subject: Subject,
    group: Collection[Contender],
    workload: Workload,
    data: Data,
    plan: Plan,
    progress: Callable[[], None],
) -> list[Result]:
    """Run contenders in turns, and hold each against the reference.

    Args:
        subject: the rule.
        group: the contenders, made for the data.
        workload: what is stepped.
        data: of the workload, for as many steps as planned.
        plan: how.
        progress: told of every step.
    """
    families = {c.name: c.family for c in group}
    runners = {c.name: c.start() for c in group}
    samples = measure(
        runners,
        warm=plan.warm,
        repeats=plan.repeats,
        timer=plan.timer,
        random=Random(0),
        progress=progress,
    )
    ends = {name: r.parameters() for name, r in runners.items() if isinstance(r, Stepper)}
    found = deviations(subject.rule, data, plan.steps, ends)
    number = BYTES[plan.arrays.dtype]
    moved = subject.cost and subject.cost.moved * number * workload.parameters
    return [
        Result(
            optimizer=subject.spec.name,
            workload=workload.name,
            contender=name,
            family=families[name].value,
            bytes=moved,
            samples=tuple(samples[name]),
            deviation=found.get(name),
        )
        for name in runners
    ]


def in_turns(field: Iterable[Contender], memory: int) -> list[list[Contender]]:
    """Groups in the order of the field, each of which fits into memory, or is one alone.

    Args:
        field: the contenders.
        memory: the bytes a group may hold.
    """
    groups: list[list[Contender]] = []
    left = 0
    for contender in field:
        if not groups or contender.holds > left:
            groups.append([])
            left = memory
        groups[-1].append(contender)
        left -= contender.holds
    return groups
