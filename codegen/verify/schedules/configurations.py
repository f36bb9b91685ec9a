"""The arguments a schedule is tried with. Deterministic, and for any :class:`Schedule`."""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise, product
from typing import Any, TypeAlias

from sympy import Mod, cos, floor, sin

from ....specs.language import (
    Choice,
    Function,
    Hyper,
    Interval,
    Numbers,
    Option,
    Schedule,
    Schedules,
    call,
    completed_cycles,
    passed,
    running_product,
)
from ....specs.language.schedule import Argument
from ...loading.load import builtin_schedules
from ...oracle.arguments import Bound, example
from ...oracle.schedules import holds

_WHOLE = (1, 2, 7, 1000)
_REAL = (1, 1 / 3, 0.3, 2.7, 1e-3, 1000.3)
"""None of them a power of two: products and quotients round."""

_LISTS = ((), (5,), (0, 3, 3, 20), (0.1, 0.3, 0.02), (0.7,), (0, 1e-3, 1, 1 / 3, 0.3))

_FUNCTIONS = (
    lambda k: 1 / (k + 1),
    lambda k: 0.99**k,
    lambda k: 1.5 - (k % 3) / 2,
    lambda _: 1,
)

_HEADS = (Mod, call, completed_cycles, cos, sin, floor, passed, running_product)
"""What a step is taken apart by, or that is computed in a way of its own."""

Arguments: TypeAlias = dict[str, Any]


def configurations(schedule: Schedule) -> list[Bound]:
    """Every option, word and optional function on and off; every number at the ends of its
    domain and inside; lists empty, of one and with repetitions; other schedules, nested.

    The first is the schedule's example, and the others differ from it in one argument, or in
    words and options alone. What the schedule's constraints forbid is left out.
    """
    given = dict(example(schedule).arguments)
    found = [given]
    switches = [h for h in schedule.hyper if _is_switch(h)]
    settings = [
        dict(zip((h.name for h in switches), values, strict=True))
        for values in product(*(_values(h) for h in switches))
    ]
    found += [given | setting for setting in settings]
    # Numbers matter in some settings only: they are tried in the example's and in the last.
    starts = [given, given | settings[-1]] if switches else [given]
    lists = [h for h in schedule.hyper if isinstance(h, Numbers) or _is_many(h)]
    for start in starts:
        for h in schedule.hyper:
            if h not in switches and h not in lists:
                found += [start | {h.name: value} for value in _values(h)]
        found += [start | derived for derived in _in_place_of(schedule)]
    names = [h.name for h in lists]
    for values in product(*(_values(h) for h in lists)) if lists else ():
        found.append(given | dict(zip(names, values, strict=True)))
    tried = [Bound(schedule, arguments) for arguments in _distinct(found)]
    return [each for each in tried if holds(each)]


def _is_switch(argument: Argument) -> bool:
    return isinstance(argument, Option | Choice) or (
        isinstance(argument, Function) and argument.optional
    )


def _is_many(argument: Argument) -> bool:
    return isinstance(argument, Schedules) and argument.many


def _values(argument: Argument) -> Sequence[Any]:
    """What an argument is tried with, the default or the plainest first."""
    match argument:
        case Option():
            return (argument.default, not argument.default)
        case Choice():
            return tuple(argument.words)
        case Function():
            return (None, _FUNCTIONS[0]) if argument.optional else _FUNCTIONS
        case Numbers():
            return [entries for entries in _LISTS if _is_list_of(argument, entries)]
        case Schedules():
            return _lists_of_schedules() if argument.many else _schedules()
    return _numbers(argument)


def _numbers(h: Hyper) -> list[float]:
    domain = h.domain
    candidates = _WHOLE if h.is_whole else _REAL
    low, high = domain.low, domain.high
    edges: list[float] = []
    if low is not None:
        edges.append(_edge(low, math.inf, h.is_whole, is_open=domain.low_open))
    if high is not None:
        edges.append(_edge(high, -math.inf, h.is_whole, is_open=domain.high_open))
    return [x for x in dict.fromkeys([*edges, *candidates]) if _inside(domain, x)]


def _edge(end: Fraction, inwards: float, whole: bool, *, is_open: bool) -> float:
    """The end of a domain, or what is next to it; above 0, something that has neighbours."""
    if not is_open:
        return int(end) if whole or end.denominator == 1 else float(end)
    return math.nextafter(float(end), inwards) if end else math.copysign(1e-9, inwards)


def _inside(domain: Interval, x: float) -> bool:
    above = domain.low is None or (x > domain.low if domain.low_open else x >= domain.low)
    below = domain.high is None or (x < domain.high if domain.high_open else x <= domain.high)
    return above and below


def _is_list_of(argument: Numbers, entries: Sequence[float]) -> bool:
    return (
        all(_inside(argument.domain, x) for x in entries)
        and (not argument.is_whole or all(isinstance(x, int) for x in entries))
        and (not argument.increasing or list(entries) == sorted(entries))
    )


def _in_place_of(schedule: Schedule) -> Iterator[Arguments]:
    """What follows from others left out, and the others given where they can be left out."""
    for h in schedule.hyperparameters:
        if h.derived is not None:
            others = [o for o in schedule.hyperparameters if o.symbol in h.derived.free_symbols]
            given = {o.name: 5 + i for i, o in enumerate(others) if o.omissible}
            yield {h.name: None} | given


def _schedules() -> list[Bound]:
    """One of each kind that what is made of others can tell apart, of the built-in schedules.

    All start from one rate, as those do that share an optimizer.
    """
    kinds = {_kind(s): s for s in reversed(builtin_schedules().values()) if not s.states}
    return [_started(example(s)) for s in reversed(kinds.values())]


def _kind(schedule: Schedule) -> tuple[object, ...]:
    """What of a schedule can matter to one that is made of it, or to how that is computed."""
    read = {head for update in schedule.updates for head in _HEADS if update.value.has(head)}
    made_of = tuple(h.many for h in schedule.hyper if isinstance(h, Schedules))
    whole = floor in read or Mod in read
    return (
        schedule.starts_from_rate,
        schedule.sets_momentum,
        schedule.outright,
        made_of,
        frozenset(read - {floor, Mod}) if not made_of else whole,
    )


def _started(bound: Bound) -> Bound:
    rate = {"lr": 0.1} if "lr" in bound.arguments else {}
    return Bound(bound.schedule, {**bound.arguments, **rate})


def _lists_of_schedules() -> list[tuple[Bound, ...]]:
    """One, several, those that set the momentum, and nested ones."""
    all_of_them = _schedules()
    alone = [(each,) for each in all_of_them]
    pairs = list(pairwise(all_of_them))
    warmup = builtin_schedules()["LinearWarmupLR"]
    nested = Bound(warmup, {"scheduler": all_of_them[0], "warmup_steps": 7, "start_factor": 0.3})
    return [*alone, *pairs, (nested, nested, all_of_them[-1])]


def _distinct(found: Sequence[Arguments]) -> list[Arguments]:
    """Each once; functions and schedules are told apart by which object they are."""
    return list({repr(sorted(arguments.items())): arguments for arguments in found}.values())
