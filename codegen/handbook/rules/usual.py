"""A schedule as it is by default: what its flags and words decide is decided.

Stages: the flags are put in; what only numbers cases gives way to the conditions of these; what has
become another name for something, or is read no longer, is left out; and what is read once is told
where it is read, if that stays an equation of two cases at most.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from sympy import (
    And,
    Basic,
    Eq,
    Expr,
    Not,
    Number,
    Or,
    Piecewise,
    Symbol,
    false,
    piecewise_fold,
    sympify,
    true,
)
from sympy.logic.boolalg import Boolean

from ....specs.language import Function, Schedule, Update, Value, eta, mu
from .variants import needed, without_aliases

_MOST = 2
"""As many as an equation has that others are told in."""


def usual(schedule: Schedule) -> Schedule | None:
    """The schedule with every flag, word and function at its default; None if that is all of it."""
    decided = dict(_decided(schedule))
    if not decided:
        return None
    when = true if schedule.momentum_when is None else schedule.momentum_when.xreplace(decided)
    updates = [Update(u.target, cast(Expr, u.value.xreplace(decided))) for u in schedule.updates]
    results = {eta.name, *([mu.name] if when != false else []), *(s.name for s in schedule.states)}
    named = without_aliases(updates, results, (Value, Symbol, Number))
    constraints = [
        replace(c, condition=c.condition.xreplace(decided)) for c in schedule.constraints
    ]
    return replace(
        schedule,
        states=[replace(s, init=sympify(s.init).xreplace(decided)) for s in schedule.states],
        updates=_told_where_read(needed(_without_numbers_of_cases(named), results), results),
        constraints=[c for c in constraints if c.condition != true],
        momentum_when=None,
    )


def _decided(schedule: Schedule) -> Iterator[tuple[Symbol, Basic]]:
    for option in schedule.options:
        yield option.flag, sympify(option.default)
    for choice in schedule.choices:
        for word, flag in choice.flags.items():
            yield flag, sympify(word == choice.default)
    for argument in schedule.hyper:
        if isinstance(argument, Function) and argument.optional:
            yield argument.flag, false


def _without_numbers_of_cases(updates: Sequence[Update]) -> list[Update]:
    """The updates, where what asks for the number of a case asks for its condition."""
    cases: dict[Basic, dict[Basic, Basic]] = {
        u.target: dict(_conditions(u.value))
        for u in updates
        if isinstance(u.value, Piecewise) and all(value.is_Number for value, _ in _cases(u.value))
    }

    def asked(test: Eq) -> Basic:
        target, number = test.args
        return cases[target].get(number, false) if target in cases else test

    return [
        Update(u.target, _in_order(cast(Expr, u.value.replace(lambda e: isinstance(e, Eq), asked))))
        for u in updates
    ]


def _cases(value: Piecewise) -> Sequence[tuple[Expr, Basic]]:
    return cast(Sequence[tuple[Expr, Basic]], value.args)


def _conditions(value: Piecewise) -> Iterator[tuple[Expr, Basic]]:
    """Each case with all that holds there: its condition, and none of those before."""
    before: list[Basic] = []
    for number, condition in _cases(value):
        yield number, And(cast(Boolean, condition), *(Not(each) for each in before))
        before.append(condition)


def _in_order(value: Expr) -> Expr:
    """With the shorter of two conditions that exclude each other first."""

    def turned(of: Piecewise) -> Expr:
        (yes, condition), *others = _cases(of)
        if len(others) == 1 and others[0][1] == true and isinstance(condition, Or | Not):
            return Piecewise((others[0][0], Not(condition)), (yes, True))
        return of

    return cast(Expr, value.replace(lambda e: isinstance(e, Piecewise), turned))


def _told_where_read(updates: Sequence[Update], results: set[str]) -> list[Update]:
    """The updates, less those that one other reads: numbers once, cases where they stay few."""
    left = [*updates]
    for update in updates:
        target = update.target
        readers = [u for u in left if u.value.has(target)]
        if len(readers) != 1 or target.name in results:
            continue
        (value,) = (u.value for u in left if u.target == target)
        told = cast(Expr, readers[0].value.xreplace({target: value}))
        if not value.has(Piecewise):
            is_told = readers[0].value.count(target) == 1
        else:
            told = cast(Expr, piecewise_fold(told))
            is_told = isinstance(told, Piecewise) and len(told.args) <= _MOST
        if not is_told:
            continue
        left = [
            Update(u.target, told) if u is readers[0] else u for u in left if u.target != target
        ]
    return left
