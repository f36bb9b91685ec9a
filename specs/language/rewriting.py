"""A rule with other right sides of its equations: what is done to them one by one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

from sympy import Basic, Dummy, Expr

from .averages import Average
from .declarations import Update
from .optimizer import Optimizer
from .parts import NEW, NoPartError
from .symbols import GradientAt, Value, t


def changed(rule: Optimizer, change: Callable[[Value, Expr], Expr]) -> Optimizer:
    """The rule with other right sides."""
    return replace(
        rule, updates=[Update(u.target, change(u.target, u.value)) for u in rule.updates]
    )


def reading(rule: Optimizer, old: Expr, new: Expr) -> Optimizer:
    """The rule whose equations read another value, but for that which says the old one.

    Raises:
        NoPartError: none of them reads the old one.
    """
    found = changed(rule, lambda x, e: e if x == old else cast(Expr, e.xreplace({old: new})))
    if found.updates == rule.updates:
        raise NoPartError(f"nothing of its step reads {str(old).replace(' ', '')}")
    return found


def adding(rule: Optimizer, average: Average, new: Value) -> Optimizer:
    """The rule whose average adds something else."""
    kept = average.forgetting * average.series[t - 1]
    given = dict.fromkeys((kept + average.added, (kept + average.added).factor()), kept + new)
    found = changed(
        rule,
        lambda x, e: (
            cast(Expr, e.xreplace({average.added: new, **given})) if x == average.series[t] else e
        ),
    )
    if found == rule:
        raise NoPartError(f"what its {average.series.name} adds stands in no sum")
    return found


def with_names(rule: Optimizer, new: Mapping[Value, Value]) -> Optimizer:
    """The rule whose equations have other names for values of this step."""
    return replace(
        rule,
        updates=[
            Update(new.get(u.target, u.target), cast(Expr, u.value.xreplace(dict(new))))
            for u in rule.updates
        ],
    )


def with_more(rule: Optimizer, *more: Update) -> Optimizer:
    """The rule with more equations, which stand before that of the parameter."""
    at = next((k for k, u in enumerate(rule.updates) if u.target == NEW), len(rule.updates))
    return replace(rule, updates=(*rule.updates[:at], *more, *rule.updates[at:]))


def counted_by(rule: Optimizer, clock: Expr) -> Optimizer:
    """The rule with its steps counted otherwise; the times of its values stay what they are."""
    return changed(rule, lambda _, e: apart(e, lambda rest: cast(Expr, rest.xreplace({t: clock}))))


def apart(e: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """An expression with all changed in it but its values."""
    stands: dict[Basic, Basic] = {v: Dummy(real=True) for v in e.atoms(Value, GradientAt)}
    changed = change(cast(Expr, e.xreplace(stands)))
    return cast(Expr, changed.xreplace({d: v for v, d in stands.items()}))
