"""A schedule that is another one with some of its arguments settled, under a name of its own.

It is declared by what it settles alone: it has the other's equations, in which expressions in its
own arguments stand for those of the other.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from sympy import Basic, Dummy, Expr, false, sympify, true

from .arguments import Choice
from .declarations import Constraint, Hyper, Option, Update
from .schedule import Argument, Exemplar, Schedule
from .symbols import Value, step

Setting = Expr | bool | str | int
"""What is settled: an expression for a number, True or False for an option, a word for a choice."""


def specialised(
    base: Schedule,
    name: str,
    *,
    summary: str,
    source: str,
    hyper: Sequence[Argument],
    settings: Mapping[str, Setting],
    example: Mapping[str, Exemplar],
    before: Sequence[Update] = (),
    at: Expr = step,
    constraints: Sequence[Constraint] = (),
    span: int = 100,
) -> Schedule:
    """Another schedule in terms of ``base``.

    Args:
        base: one that starts from a rate, keeps no states, and is not made of others.
        name: the class name in generated code.
        summary: as of any schedule; so are ``source``, ``hyper``, ``constraints``, ``example``
            and ``span``.
        source: where it was published.
        hyper: its arguments after ``lr``: also those of ``base`` that stay.
        settings: what the others of ``base`` are settled to, by their names.
        example: the arguments it is drawn and first tried with.
        before: equations that the settings, or ``at``, read.
        at: the step that ``base`` is asked for, in terms of ``step``.
        constraints: what the arguments must meet together, beside those of ``base``.
        span: the steps it is drawn over.

    Raises:
        ValueError: an argument of ``base`` is neither settled nor kept, or it has none of a name.
    """
    settled = _settled(base, hyper, settings)
    updates = [Update(u.target, _placed(u.value, at, settled)) for u in base.updates]
    return Schedule(
        name,
        summary=summary,
        source=source,
        hyper=hyper,
        updates=[*before, *updates],
        constraints=[
            *(Constraint(c.condition.xreplace(settled), c.message) for c in base.constraints),
            *constraints,
        ],
        outright=base.outright,
        example=example,
        span=span,
    )


def _settled(
    base: Schedule, hyper: Sequence[Argument], settings: Mapping[str, Setting]
) -> dict[Basic, Basic]:
    kept = {h.name for h in hyper}
    known = {h.name: h for h in base.hyper if h.name != "lr"}
    if odd := sorted(settings.keys() - known.keys()):
        raise ValueError(f"{base.name} has no {', '.join(odd)} to settle")
    if left := sorted(known.keys() - kept - settings.keys()):
        raise ValueError(f"{', '.join(left)} of {base.name} must be settled, or kept")
    found: dict[Basic, Basic] = {}
    for name, setting in settings.items():
        match known[name]:
            case Choice() as choice:
                found |= {f: true if w == setting else false for w, f in choice.flags.items()}
            case Option() as option:
                found[option.flag] = true if setting else false
            case Hyper() as number:
                found[number.symbol] = sympify(setting)
            case other:
                raise ValueError(f"{other.name} of {base.name} is no number, word or flag")
    return found


def _placed(value: Basic, at: Expr, settled: Mapping[Basic, Basic]) -> Expr:
    """The value at another step, settled; what is read of other equations stays what it is."""
    named = {v: Dummy(real=True) for v in value.atoms(Value)}
    moved = value.xreplace(named).xreplace({step: at})
    read = moved.xreplace({dummy: v for v, dummy in named.items()})
    return cast(Expr, read.xreplace(settled))
