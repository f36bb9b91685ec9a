"""What was found of a schedule, as a person reads it, and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from ..facts import plain
from ..report import written_settings
from ..returned import clause
from .audit import ScheduleAudit, Witness

_SHOWN = 3
"""So many of the steps in which they part are shown."""


def report(found: ScheduleAudit) -> str:
    """Some lines: the verdict first, then where they part, then what was tried."""
    return "\n".join([_verdict(found), *_details(found), *_tried(found)])


def _verdict(found: ScheduleAudit) -> str:
    name = f"{found.against} ({found.version})" if found.version else found.against
    ours = found.spec.module
    if found.witness is None:
        far = f"agrees with {ours}: within {found.relative:.2g} of the largest rate"
        raises = "raises an error with some arguments; else it " if found.refusals else ""
        return f"{name} {raises}{far}"
    by = f" by about the rounding of {found.rounds}" if found.rounds else ""
    return f"{name} differs from {ours}{by}: in {found.parted} of {found.trials} trials"


def _details(found: ScheduleAudit) -> Iterator[str]:
    if found.dialect:
        yield f"It agrees with {found.dialect}."
    if found.witness:
        yield from _shown(found.witness, found.spec.module)
    if found.ends:
        yield f"It ends {found.ends}"
    for refusal in found.refusals:
        yield f"With {written_settings(refusal.settings)} {clause(refusal.said)}"


def _shown(witness: Witness, ours: str) -> Iterator[str]:
    yield f"{where(witness).capitalize()}, with"
    yield f"  {written_settings(witness.matters) or 'all arguments at their defaults'}"
    for place in witness.places[:_SHOWN]:
        a, b, at = witness.ours[place], witness.theirs[place], witness.trial.steps[place]
        yield f"  step {at}: {a:.10g} of {ours}, {b:.10g} there"


def where(witness: Witness) -> str:
    """The steps in which they part: ``at step 0 alone``, ``from step 3 on``."""
    steps, places = witness.trial.steps, witness.places
    first, last = places[0], places[-1]
    if len(places) == 1 and last < len(steps) - 1:
        return f"at step {steps[first]} alone"
    if [*places] == [*range(first, len(steps))]:
        return f"from step {steps[first]} on" if first else "at every step"
    return f"at steps {_some([steps[p] for p in places])}"


def _some(values: Sequence[int]) -> str:
    shown = ", ".join(map(str, values[:_SHOWN]))
    return f"{shown} and {len(values) - _SHOWN} more" if len(values) > _SHOWN else shown


def _tried(found: ScheduleAudit) -> Iterator[str]:
    pairs = ", ".join(n if n == x else f"{n} = {x}" for n, x in found.pairs.items())
    yield f"Tried: {found.trials} trials, at the first steps, around every boundary and past it."
    given = ", ".join(f"{n}={x}" for n, x in found.given.items())
    yield f"Arguments: {pairs or 'none'}." + (f" Set: {given}." if given else "")
    if found.ours_alone:
        yield f"At their defaults, as nothing there is like them: {', '.join(found.ours_alone)}."
    if found.theirs_alone:
        yield f"At their defaults there: {written_settings(found.theirs_alone)}."


def facts(found: ScheduleAudit) -> dict[str, Any]:
    """As it is printed by ``--json``."""
    witness = found.witness
    return {
        "spec": found.spec.name,
        "against": found.against,
        "version": found.version,
        "kind": found.kind,
        "agrees": found.agrees,
        "trials": found.trials,
        "parted": found.parted,
        "relative": found.relative,
        "raises": [{"settings": plain(r.settings), "said": r.said} for r in found.refusals],
        "arguments": dict(found.pairs),
        "given": plain(found.given),
        "ours_alone": list(found.ours_alone),
        "theirs_alone": plain(found.theirs_alone),
        "ends": found.ends or None,
        "rounds_in": found.rounds or None,
        "dialect": found.dialect or None,
        "witness": {
            "where": where(witness),
            "settings": plain(witness.matters),
            "steps": [witness.trial.steps[p] for p in witness.places],
            "ours": [witness.ours[p] for p in witness.places],
            "theirs": [witness.theirs[p] for p in witness.places],
        }
        if witness
        else None,
    }
