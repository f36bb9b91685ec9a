"""A known peer, audited anew.

Asked of each is whether it agrees with the spec; where it does not, whether it agrees with the spec
that has the equations that are declared of it in place of its own, so that what is declared is all
there is to it; and where none are declared, what it agrees with instead. Where what is declared is
not all, it is looked for the arguments that make it so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from inspect import Parameter
from typing import Any

import numpy as np

from ...specs.language import Hyper, Option, Schedule, Spec, SpecError
from ...specs.language.peers import Difference
from ...specs.peers import PEERS
from ..analysis import analyse
from ..loading.audited import AGREES, PARTS, Audited
from ..loading.load import load
from ..oracle.arguments import number
from .arguments import held_of, literal
from .audit import Audit, audit
from .report import written_settings
from .schedules import dialects as of_schedules
from .schedules.audit import ScheduleAudit, audit_schedule
from .schedules.report import where
from .shape_names import shape_name, shape_of
from .variants import by_difference

ALL = "all"
"""What is said of a peer that parts from what is declared whatever the arguments."""


def again(known: Audited, **how: Any) -> Audited:
    """What is found of a peer now.

    Args:
        known: how it is audited.
        how: other arguments of :func:`.audit.audit`.

    Raises:
        SpecError: it cannot be audited so.
    """
    (spec,) = load(known.of)
    spec = analyse(spec)
    declared = [*_declared(known)]
    found = _audited(spec, known, how, names_dialect=not declared)
    asked = (known.map, known.set, known.hold, known.shapes, known.dtype)
    told = replace(
        Audited(known.name, known.of, *asked, known.fault),
        version=found.version,
        defaults=_defaults(spec, found),
        lacks=_lacks(found, known.set),
        refuses=[*_refuses(found)],
    )
    if found.witness is None:
        return replace(told, found=AGREES, relative=_far(found))
    told = replace(told, witness=_witness(found))
    if found.rounds:  # of float64 alone
        return replace(told, found=f"rounds to {found.rounds}")
    if not declared:
        return replace(told, found=PARTS, dialect=found.dialect)
    dialect = _with(spec, declared)
    return replace(
        told,
        found=PARTS,
        declared=[d.words for d in declared],
        undeclared=[*_undeclared(dialect, known, how, found.pairs)],
    )


def _audited(
    spec: Spec, known: Audited, how: Mapping[str, Any], *, names_dialect: bool
) -> Audit | ScheduleAudit:
    given: dict[str, Any] = {"maps": known.map, "sets": known.set, "names_dialect": names_dialect}
    if isinstance(spec, Schedule):
        held = {text.partition("=")[0]: literal(text.partition("=")[2]) for text in known.hold}
        return audit_schedule(spec, known.name, held=held, **given)
    held = dict(held_of(text, known.name) for text in known.hold)
    if known.shapes:
        given["shapes"] = [*map(shape_of, known.shapes)]
    dtype = known.dtype or "float64"
    return audit(spec, known.name, held=held, dtype=dtype, **given, **how)


def _declared(known: Audited) -> Iterator[Difference]:
    """What is declared of a peer as equations."""
    for peer in PEERS:
        if (peer.of, peer.name) == (known.of, known.name):
            yield from (d for d in peer.differences if d.equations)


def _with(spec: Spec, differences: Sequence[Difference]) -> Spec:
    """A spec with all of these equations in place of its own."""
    for each in differences:
        if isinstance(spec, Schedule):
            spec = of_schedules.by_difference(spec, each)
        else:
            spec = by_difference(spec, each)
    return spec


def _undeclared(
    dialect: Spec, known: Audited, how: Mapping[str, Any], pairs: Mapping[str, str]
) -> Iterator[str]:
    """The arguments with which a peer parts from a dialect, from which it does not part without."""
    if _agrees(dialect, known, how):
        return
    switches = _switches(dialect, pairs.keys())
    alone = [n for n, off in switches.items() if _agrees(dialect, _holding(known, {n: off}), how)]
    if alone:
        yield from alone
    elif _agrees(dialect, _holding(known, switches), how):
        yield from switches
    else:
        yield ALL


def _agrees(dialect: Spec, known: Audited, how: Mapping[str, Any]) -> bool:
    """Whether a peer agrees with a dialect, or but for its rounding."""
    try:
        found = _audited(dialect, known, how, names_dialect=False)
    except SpecError:  # as they stand, the equations are of some options alone
        return False
    return found.witness is None or bool(found.rounds)


def _switches(spec: Spec, paired: Any) -> dict[str, Any]:
    """What can be switched off of the arguments that both have."""
    off: dict[str, Any] = {o.name: False for o in spec.options if not o.default}
    off |= {h.name: 0 for h in spec.hyperparameters if h.default and number(h.default) == 0}
    return {n: x for n, x in off.items() if n in paired}


def _holding(known: Audited, values: Mapping[str, Any]) -> Audited:
    return replace(known, hold=[*known.hold, *(f"{n}={x}" for n, x in values.items())])


def _far(found: Audit | ScheduleAudit) -> float:
    relative = found.far.relative if isinstance(found, Audit) else found.relative
    return float(f"{relative:.1g}")


def _lacks(found: Audit | ScheduleAudit, sets: Sequence[str]) -> list[str]:
    """Arguments that only ours has, but for ``maximize``, which torch's classes have for all rules.

    What is set of a group of parameters is an argument there that the class's signature hides.
    """
    hidden = {s.partition("=")[0].removeprefix("group.") for s in sets if s.startswith("group.")}
    return [n for n in found.ours_alone if n not in {"maximize", *hidden}]


def _defaults(spec: Spec, found: Audit | ScheduleAudit) -> dict[str, str]:
    """Their defaults where they are not ours, by our names; empty for what has to be given."""
    there = {p.name: p.default for p in found.parameters}
    differ: dict[str, str] = {}
    for h in spec.hyper:
        if not isinstance(h, Hyper | Option) or h.name not in found.pairs:
            continue
        name, _, index = found.pairs[h.name].partition("[")
        theirs = there.get(name, Parameter.empty)
        if index and isinstance(theirs, tuple | list):
            theirs = theirs[int(index.rstrip("]"))]
        ours = h.default if isinstance(h, Option) else _value(h.default)
        if theirs is None and not (isinstance(h, Hyper) and h.optional):
            continue  # it follows from others, as ours may
        if theirs is Parameter.empty:
            if ours is not None:
                differ[h.name] = ""
        elif (theirs or 0) != (ours or 0):  # what is None is off
            differ[h.name] = repr(theirs)
    return differ


def _value(default: str) -> float | None:
    return float(Fraction(default)) if default else None


def _refuses(found: Audit | ScheduleAudit) -> Iterator[str]:
    """What it does not take, and for what it raises an error."""
    if isinstance(found, Audit):
        for shape, said in found.refused_shapes.items():
            yield f"shape {shape_name(shape)}: {said}"
    for each in found.refusals:
        yield f"{_set(each.settings)}: {each.said}"


def _witness(found: Audit | ScheduleAudit) -> str:
    """Arguments, gradients and the last parameters, in one line; or the rates of a step."""
    if isinstance(found, ScheduleAudit):
        assert found.witness
        place = found.witness.places[0]
        ours, theirs = found.witness.ours[place], found.witness.theirs[place]
        return (
            f"{_set(found.witness.matters)}: {where(found.witness)}, {theirs:.10g}, not {ours:.10g}"
        )
    assert found.witness
    trial, both = found.witness.found.trial, found.witness.found
    gradients = [_numbers(g) for each in trial.gradients for g in each]
    start, ours, theirs = (
        ", ".join(map(_numbers, x))
        for x in (trial.starts, both.ours[-1].theta, both.theirs[-1].theta)
    )
    by = f"from {start} by {', '.join(gradients)}"
    rates = f" at rates {', '.join(f'{x:g}' for x in trial.rates)}" if trial.rates else ""
    return f"{_set(found.witness.matters)}: {by}{rates} to {theirs}, not {ours}"


def _set(settings: Mapping[str, Any]) -> str:
    return written_settings(settings) or "defaults"


def _numbers(x: Any) -> str:
    """As a person reads them: ten digits."""
    array = np.asarray(x, np.float64)
    if array.size == 1:
        return f"{float(array.ravel()[0]):.10g}"
    return "[" + ", ".join(f"{v:.10g}" for v in array.ravel()) + "]"
