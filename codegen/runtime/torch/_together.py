"""A step in which all tensors take turns: of all groups, and on all ranks.

What updates tensors is a :class:`Running`: it hands over parts of totals, and is sent on. ``run``
sends all of them from turn to turn. Totals are taken in float64, of the parts in the order of the
parameters. Where steps are not captured, the host then knows them, and numbers that follow from
them are Python's for tensors, and were computed as tensors, so that none of them can stop a step
that is half done.
"""

import math
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor

from . import _over_ranks as over_ranks
from . import _shards as shards
from ._between import Scalars
from ._rule import Group, Rule
from ._scalars import Step
from ._tensors import arithmetic
from ._totals import Parts, over_all
from ._turns import on_device

HandsOver: TypeAlias = Generator[tuple[Any, ...], None, Any]
"""Gives, each turn, the parts of each total: of a tensor, or a list of those of several."""


@dataclass
class Running:
    """Some tensors under way.

    Args:
        step: theirs, which what follows from totals is put into.
        params: as this rank holds them.
        rule: their update.
        finish: takes what that returns.
        is_live: whether scalars stay tensors.
    """

    step: Step[Any]
    params: list[Tensor]
    rule: HandsOver
    finish: Callable[[Any], None]
    is_live: bool

    def hand_over(self) -> list[tuple[Tensor, ...]]:
        """Go on to the next turn: a row of parts for each tensor. None at the end."""
        try:
            parts = next(self.rule)
        except StopIteration as end:
            self.finish(end.value)
            return []
        if isinstance(parts[0], Tensor):
            return [parts]
        return [*zip(*parts, strict=True)]


def run(
    rule: Rule,
    begin: Sequence[Callable[[], Any]],
    shared: Callable[[], Step[Any]],
    cut: Mapping[Tensor, over_ranks.Cut],
    params: Iterable[Tensor],
    groups: Sequence[Group],
) -> None:
    """Take the step of all tensors.

    Args:
        rule: the rule, which has turns.
        begin: what changes before, and what gives tensors that are under way.
        shared: makes the step of what is one for all.
        cut: how parameters are cut up among ranks, that are updated as ranks hold them.
        params: those that are updated.
        groups: all groups, which new values of states are put into.
    """
    running: list[Running] = [each for change in begin for each in change() or ()]
    names = {id(x): p for p in params for x in (p, *shards.local([p]))}
    is_live = on_device(groups) or rule.differentiable
    once = _scalars(shared(), rule.turns.shared, is_live=is_live)
    kinds = {id(each.step): each for each in running}
    own = [_scalars(each.step, rule.turns.own, is_live=is_live) for each in kinds.values()]
    for each in kinds.values():
        _give(each, vars(each.step))
    for totals in rule.turns.totals:
        parts: Parts = {}
        for each in running:
            for p, row in zip(each.params, each.hand_over(), strict=True):
                if p.numel():
                    parts[names[id(p)]] = row
        found = over_all([*totals.values()], parts, cut)
        if not is_live:
            found = torch.stack([*found]).cpu().unbind()
        late = once.go_on(dict(zip(totals, found, strict=True)))
        for scalars, each in zip(own, kinds.values(), strict=True):
            _give(each, late | scalars.go_on(late))
    for each in running:
        each.hand_over()
    _keep(rule, once, groups, is_live=is_live)


def unknown_flag(step: Step[Any]) -> str:
    """The name of something that a rule branches on, and the host does not know; or nothing."""
    flags = vars(step).items()
    return next((n for n, x in flags if isinstance(x, Tensor) and x.dtype == torch.bool), "")


def looped_in_turns(rule: Rule, step: Step[Any], *operands: Tensor) -> HandsOver:
    """The rule's loop; by both branches where the host must not wait for what is taken."""
    name = unknown_flag(step)
    if not name:
        return (yield from rule.loop(step, *operands))
    test = vars(step)[name]
    both: list[Step[Any]] = [Step(), Step()]
    for each, taken in zip(both, (True, False), strict=True):
        vars(each).update(vars(step) | {name: taken})
        each.storage = step.storage
    ways = [looped_in_turns(rule, each, *operands) for each in both]
    for _ in rule.turns.totals:
        yield _either(test, *map(next, ways))
        for each, taken in zip(both, (True, False), strict=True):
            vars(each).update(vars(step) | {name: taken})
    return _either(test, *map(_ended, ways))


def _ended(way: HandsOver) -> tuple[Tensor, ...]:
    try:
        next(way)
    except StopIteration as end:
        return end.value
    raise AssertionError("a rule has more turns than totals")


def _either(test: Tensor, yes: tuple[Tensor, ...], no: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(x if x is y else torch.where(test, x, y) for x, y in zip(yes, no, strict=True))


def _scalars(
    step: Step[Any], compute: Callable[[Step[Any]], Iterator[None]], *, is_live: bool
) -> Scalars[Step[Any]]:
    """What computes scalars between turns, from those of a step.

    They are tensors, where they are read by nobody else: of Python's numbers some operations raise.
    """
    own: Step[Any] = Step()
    known = vars(step)
    vars(own).update(known if is_live else {n: _wide(x) for n, x in known.items()})
    return Scalars(own, compute)


def _wide(x: Any) -> Any:
    is_number = isinstance(x, int | float) and not isinstance(x, bool)
    return torch.tensor(x, dtype=torch.float64, device="cpu") if is_number else x


def _give(running: Running, scalars: Mapping[str, Any]) -> None:
    """Let tensors have scalars, as they can meet them."""
    first = running.params[0]
    most = torch.finfo(arithmetic(first.dtype.to_real())).max
    for name, x in [*scalars.items()]:
        value = x
        if running.is_live:
            value = x.to(first.device) if isinstance(x, Tensor) else x
        elif isinstance(x, Tensor):
            value = x.item()
        if isinstance(value, float) and most < abs(value) < math.inf:
            value = math.copysign(math.inf, value)  # torch refuses numbers beyond a dtype's range
        setattr(running.step, name, value)


def _keep(rule: Rule, once: Scalars[Step[Any]], groups: Sequence[Group], *, is_live: bool) -> None:
    """Put the new values of states into the groups."""
    for name, key in rule.turns.states.items():
        value = getattr(once.step, rule.turns.new[name])
        if value is None or all(key not in group for group in groups):
            continue
        for group in groups:
            if not is_live:
                group[key] = float(value)
            elif rule.differentiable or not isinstance(group.get(key), Tensor):
                group[key] = value
            else:
                group[key].copy_(value)
