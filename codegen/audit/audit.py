"""An optimizer held against a spec: everything that is found, as data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from inspect import Parameter
from math import inf

from ...specs.language import Optimizer, SpecError
from .adapters import adapted
from .arguments import pairing
from .compare import Far, Parting
from .dialects import Taken, dialect, first_of
from .inputs import with_inputs
from .ours import course
from .returned import clause
from .rounding import rounds_in
from .shape_names import shape_name
from .shrink import shrunk
from .sides import Compared, Sides
from .smaller import alone, settings_that_matter
from .target import refused, target, version
from .theirs import RaisedError
from .trial import Trial
from .trials import SHAPES, histories, settings, trials
from .words import as_flags, as_words, named

STEPS = 8
"""How many steps are taken. Rules that do something every so often are seen by more of them."""

_CONFIRMED = 12
"""The most trials in which a dialect has to agree."""


@dataclass(frozen=True)
class Witness:
    """A small trial in which the two part, and what comes of it.

    Args:
        found: the trial, and both courses.
        parting: where they part.
        state: the first of the states both keep that parts by then, or nothing; by our name.
        there: its name there.
        since: the step in which it parts, or the parameter where none does.
        matters: the arguments that are not as they are by default.
    """

    found: Compared
    parting: Parting
    state: str
    there: str
    since: int
    matters: Mapping[str, float | bool | str]


@dataclass(frozen=True)
class Refusal:
    """That the other raises an error: with what settings, and what it says."""

    settings: Mapping[str, float | bool | str]
    said: str


@dataclass(frozen=True)
class Audit:
    """What is found of another optimizer.

    Args:
        spec: the rule.
        against: the reference of the other.
        version: its package, and the version of that.
        kind: what it is.
        parameters: what it can be given.
        pairs: our arguments, and theirs.
        ours_alone: arguments that theirs has not; they were at their defaults, if not held.
        held: those of ours that were not varied.
        theirs_alone: arguments of theirs that were left at their defaults, and these.
        given: those that were set.
        dtype: of the parameters.
        trials: how many were made.
        parted: in how many of them they part.
        far: how far they are apart where they do not part.
        shapes: of the parameters that both take.
        refused_shapes: those that theirs does not, and what it says.
        refusals: settings with which it raises an error.
        states: those that are compared too, by our name; and the step in which they part where the
            parameters do not.
        witness: where they part, if they do.
        fixed: what it says where the rate is to vary, if it takes no rates that do.
        rounds: the format by whose rounding alone they part, if it is so.
        dialect: what theirs agrees with, if that is known.
    """

    spec: Optimizer
    against: str
    version: str
    kind: str
    parameters: Sequence[Parameter]
    pairs: Mapping[str, str]
    ours_alone: Sequence[str]
    held: Mapping[str, float | bool | str]
    theirs_alone: Mapping[str, object]
    given: Mapping[str, object]
    dtype: str
    trials: int
    parted: int
    far: Far
    shapes: Sequence[tuple[int, ...]]
    refused_shapes: Mapping[tuple[int, ...], str]
    refusals: Sequence[Refusal]
    states: Mapping[str, int | None]
    witness: Witness | None = None
    fixed: str = ""
    rounds: str = ""
    dialect: str = ""

    @property
    def agrees(self) -> bool:
        return self.witness is None and not self.refusals


@dataclass
class _Seen:
    """What trials come to."""

    count: int = 0
    far: Far = field(default_factory=Far)
    parted: list[Compared] = field(default_factory=list[Compared])
    refusals: list[Refusal] = field(default_factory=list[Refusal])
    states: dict[str, int | None] = field(default_factory=dict[str, int | None])
    fixed: str = ""


def audit(
    spec: Optimizer,
    against: str,
    *,
    maps: Sequence[str] = (),
    sets: Sequence[str] = (),
    held: Mapping[str, float | bool | str] | None = None,
    shapes: Sequence[tuple[int, ...]] = SHAPES,
    steps: int = STEPS,
    dtype: str = "float64",
    names_dialect: bool = True,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Audit:
    """Hold an optimizer against a spec.

    Args:
        spec: the rule, analysed.
        against: the reference of the other, as :mod:`.target` takes it.
        maps: ``ours=theirs``, of arguments and states.
        sets: ``theirs=value``.
        held: hyperparameters, options and choices of ours that are not varied.
        shapes: of the parameters, as far as both take them.
        steps: how many steps are taken in a trial.
        dtype: of the parameters.
        names_dialect: whether it is looked for what the other agrees with, where they part.
        progress: told how many trials are done, and of how many.

    Raises:
        SpecError: the rule reads what an audit does not give, there is no such optimizer, arguments
            do not fit, or one of the two has no step for any of the parameters.
    """
    held = as_flags(spec, held or {}, against)
    made_by = target(against)
    try:
        kind, adapter, parameters = adapted(made_by)
    except TypeError as error:
        raise refused(against, "kind", str(error), "Name a class or a factory of one") from error
    pairs = pairing(spec, parameters, maps, sets, against)
    sides = Sides(spec, adapter, pairs)
    free = pairs.names - held.keys()
    tried = settings(spec, free | held.keys(), held)
    first = replace(histories(spec, shapes, 1)[0].trial(tried[0]), dtype=dtype)
    taken, refused_shapes = _shapes(sides, with_inputs(spec, first))
    if not taken:
        raise _without_a_step(against, shapes, refused_shapes)
    seen = _Seen()
    varies = "lr" in pairs.slots and "lr" not in held
    planned = [*trials(spec, tried, taken, steps, varies=varies)]
    for index, trial in enumerate(planned):
        progress(index, len(planned))
        _make(sides, with_inputs(spec, replace(trial, dtype=dtype)), seen)
    rounds = _rounds(sides, seen.parted) if dtype == "float64" else ""
    witness = _witness(sides, seen.parted, free, rounds)
    words = ""
    if witness and names_dialect and not rounds and dtype == "float64":
        others: list[Taken] = [(c.trial, c.theirs) for c in seen.parted]
        smallest = witness.found.trial, witness.found.theirs
        words = dialect(spec, smallest, first_of(others, _CONFIRMED), free)
    there = {p.name: p.default for p in parameters if p.default is not p.empty}
    paired = {name: str(slot) for name, slot in pairs.slots.items()}
    used = {slot.argument for slot in pairs.slots.values()} | pairs.given.keys()
    names = [*(h.name for h in spec.hyperparameters), *(o.name for o in spec.options)]
    return Audit(
        spec,
        against,
        version(against),
        kind,
        parameters,
        paired,
        named(spec, (n for n in names if n not in pairs.names)),
        as_words(spec, held),
        {n: x for n, x in there.items() if n not in used},
        pairs.given,
        dtype,
        seen.count,
        len(seen.parted),
        seen.far,
        taken,
        refused_shapes,
        seen.refusals,
        {} if witness else seen.states,
        witness,
        seen.fixed,
        rounds,
        words,
    )


def _without_a_step(
    against: str, shapes: Sequence[tuple[int, ...]], said: Mapping[tuple[int, ...], str]
) -> SpecError:
    """That no parameter could be stepped: by what the other did, or else as the rule takes none."""
    if not said:
        tried = ", ".join(map(shape_name, shapes))
        problem = f"the rule takes no parameter of these shapes itself: {tried}"
        return refused(against, "--shape", problem, "Name shapes that it takes")
    words = clause(next(iter(said.values())))
    problem = f"it takes no step, with any of the parameters tried: {words}"
    return refused(against, "step", problem, "Mend it, or set what it needs with --set")


def _shapes(sides: Sides, trial: Trial) -> tuple[list[tuple[int, ...]], dict[tuple[int, ...], str]]:
    """The shapes that both take, and those that the other does not take though the rule does."""
    taken: list[tuple[int, ...]] = []
    refused_there: dict[tuple[int, ...], str] = {}
    for i, start in enumerate(trial.starts):
        single = alone(trial, i)
        try:
            list(course(sides.spec, single))
        except (ValueError, SpecError):
            continue
        try:
            sides.theirs(single)
        except RaisedError as error:
            refused_there[start.shape] = error.raised.said
        else:
            taken.append(start.shape)
    return taken, refused_there


def _make(sides: Sides, trial: Trial, seen: _Seen) -> None:
    seen.count += 1
    try:
        found = sides.both(trial)
    except RaisedError as error:
        if trial.rates and error.raised.step == 0:  # it is made with a number, and no function
            seen.fixed = error.raised.said
            return
        matter = settings_that_matter(sides.spec, trial)
        refusal = Refusal({n: x for n, x in matter.items() if n != "lr"}, error.raised.said)
        if refusal not in seen.refusals:
            seen.refusals.append(refusal)
        return
    if found.parting is not None:
        seen.parted.append(found)
        return
    seen.far = seen.far.or_further(found.far)
    apart = sides.parted_states(found)
    for name in sides.states(found.theirs):
        if seen.states.get(name) is None:
            seen.states[name] = apart.get(name)


def _rounds(sides: Sides, parted: Sequence[Compared]) -> str:
    """The format by whose rounding they part, in the first trial and where they are furthest."""
    if not parted:
        return ""
    furthest = max(parted, key=lambda c: c.relative)
    found = rounds_in(sides, parted[0].trial)
    return found if found and rounds_in(sides, furthest.trial) == found else ""


def _witness(
    sides: Sides, parted: Sequence[Compared], free: frozenset[str], rounds: str
) -> Witness | None:
    """The first that anybody sees, made small; else the first. What rounds is no further apart."""
    if not parted:
        return None
    plain = next((c for c in parted if c.relative > 1e-2), parted[0])
    most = max(c.relative for c in parted) if rounds else inf

    def parts(trial: Trial) -> Parting | None:
        found = sides.parts(trial)
        return found if found and found.relative <= most else None

    found = sides.both(shrunk(sides.spec, plain.trial, parts, free))
    assert found.parting is not None
    names = sides.states(found.theirs)
    apart = sides.parted_states(found)
    first = min(apart, key=lambda n: (apart[n], [*names].index(n)), default="")
    matters = settings_that_matter(sides.spec, found.trial)
    since = apart.get(first, found.parting.step)
    return Witness(found, found.parting, first, names.get(first, ""), since, matters)
