"""A schedule held against a spec: everything that is found, as data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter
from typing import Any

from ....specs.language import Schedule
from ...oracle.arguments import bound, example
from ..audit import Refusal
from ..returned import clause
from ..target import refused, target, version
from ..theirs import RaisedError
from .arguments import pairing
from .bounds import flat
from .compare import SINGLE, distances, parted
from .courses import Followed, Rates, our_rates, peer, starting_rate
from .dialects import Taken, dialect
from .smaller import shrunk
from .trials import Trial, trials

_CLEAR = 1e-2
"""How far apart rates are, relative to the largest, where anybody sees it."""


@dataclass(frozen=True)
class Witness:
    """A small trial in which the two part.

    Args:
        trial: the arguments, and the steps it was looked at.
        ours: the rates of the spec.
        theirs: those of the other.
        places: where among the steps they part.
        matters: the arguments that are not as they are by default.
    """

    trial: Trial
    ours: Rates
    theirs: Rates
    places: Sequence[int]
    matters: Mapping[str, Any]


@dataclass(frozen=True)
class ScheduleAudit:
    """What is found of somebody's schedule.

    Args:
        spec: the schedule.
        against: the reference of the other.
        version: its package, and the version of that.
        kind: what it is.
        parameters: what it can be given.
        pairs: our arguments, and theirs.
        ours_alone: arguments that theirs does not hear of; they were at their defaults.
        theirs_alone: arguments of theirs that were left at their defaults, and these.
        given: those that were set.
        trials: how many were made.
        parted: in how many of them they part.
        relative: how far they are apart where they do not part, of the largest rate.
        refusals: arguments with which it raises an error.
        ends: where it has no more rates though the spec has, and what it says there.
        witness: where they part, if they do.
        rounds: the format by whose rounding alone they part, if it is so.
        dialect: what theirs agrees with, if that is known.
    """

    spec: Schedule
    against: str
    version: str
    kind: str
    parameters: Sequence[Parameter]
    pairs: Mapping[str, str]
    ours_alone: Sequence[str]
    theirs_alone: Mapping[str, object]
    given: Mapping[str, object]
    trials: int
    parted: int
    relative: float
    refusals: Sequence[Refusal]
    ends: str = ""
    witness: Witness | None = None
    rounds: str = ""
    dialect: str = ""

    @property
    def agrees(self) -> bool:
        return self.witness is None and not self.refusals


def audit_schedule(
    spec: Schedule,
    against: str,
    *,
    maps: Sequence[str] = (),
    sets: Sequence[str] = (),
    held: Mapping[str, Any] | None = None,
    names_dialect: bool = True,
) -> ScheduleAudit:
    """Hold somebody's schedule against a spec.

    Args:
        spec: the schedule, analysed.
        against: the reference of the other, as :mod:`..target` takes it.
        maps: ``ours=theirs``, of arguments.
        sets: ``theirs=value``, or an expression in our arguments.
        held: arguments of ours that are not varied.
        names_dialect: whether it is looked for what the other agrees with, where they part.

    Raises:
        SpecError: there is no such schedule, or arguments do not fit.
    """
    held = held or {}
    try:
        other = peer(target(against))
    except TypeError as error:
        remedy = "Name a scheduler of torch, or what makes a function of the step"
        raise refused(against, "kind", str(error), remedy) from error
    pairs = pairing(example(spec), other.parameters, maps, sets, against)
    free = pairs.told | ({starting_rate(example(spec))} if other.has_rate else set[str]())
    count, raised, far, single, parting = 0, 0, 0.0, True, list[Taken]()
    refusals, ends = list[Refusal](), ""

    def followed(trial: Trial) -> Followed:
        return other.rates(pairs.theirs(trial.bound), trial)

    for trial in trials(spec, free, held):
        count += 1
        try:
            found = followed(trial)
        except RaisedError as error:
            raised += 1
            refusal = Refusal(_matter(trial), error.raised.said)
            if refusal.said not in {r.said for r in refusals}:
                refusals.append(refusal)
            continue
        ends = ends or found.ends
        apart = distances(our_rates(trial), found.rates)
        if parted(our_rates(trial), found.rates):
            parting.append(Taken(trial, found.rates))
            single = single and max(apart) < SINGLE
        else:
            far = max(far, *apart)
    if raised == count:
        said = clause(refusals[0].said)
        problem = f"it gives no rate, with any of the arguments tried: {said}"
        raise refused(against, "step", problem, "Mend it, or set what it needs with --set")
    witness = _witness(parting, followed, free - held.keys()) if parting else None
    rounds = "float32" if parting and single else ""
    words = dialect(spec, parting, free) if parting and names_dialect and not rounds else ""
    there = {p.name: p.default for p in other.parameters if p.default is not p.empty}
    used = {*pairs.names.values(), *pairs.given}
    return ScheduleAudit(
        spec,
        against,
        version(against),
        other.kind,
        other.parameters,
        pairs.names,
        [n for n in flat(example(spec)) if n not in free],
        {n: x for n, x in there.items() if n not in used},
        pairs.given,
        count,
        len(parting),
        far,
        refusals,
        ends,
        witness,
        rounds,
        words,
    )


def _witness(
    parting: Sequence[Taken], followed: Callable[[Trial], Followed], free: frozenset[str]
) -> Witness:
    """The first that anybody sees, made small; else the first."""

    def size(taken: Taken) -> float:
        return max(distances(our_rates(taken.trial), taken.theirs))

    first = next((each for each in parting if size(each) > _CLEAR), parting[0])
    enough = min(_CLEAR, size(first) / 4)
    most = max(1.0, size(first))  # rounding is not made an overflow

    def parts(trial: Trial) -> bool:
        try:
            return enough <= max(distances(our_rates(trial), followed(trial).rates)) <= most
        except (RaisedError, ValueError, ArithmeticError):
            return False

    trial = shrunk(first.trial, parts, free)
    ours, theirs = our_rates(trial), followed(trial).rates
    return Witness(trial, ours, theirs, parted(ours, theirs), _matter(trial))


def _matter(trial: Trial) -> dict[str, Any]:
    """The arguments that are not as they are by default."""
    own = flat(bound(trial.bound.schedule, {}))
    return {n: x for n, x in flat(trial.bound).items() if n not in own or own[n] != x}
