"""Which rule grew out of which: the pairs whose equations are worth comparing.

A rule says itself what it grew out of; see :class:`.....specs.language.Optimizer`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import cast

from sympy import Expr, Mul

from ....specs.language import Optimizer, Update
from .roles import Role, roles
from .variants import is_allowed, plain, switches, usual


@dataclass(frozen=True)
class Stage:
    """A rule with some switches on beside its defaults."""

    spec: str
    on: tuple[str, ...] = ()


_MOMENTUM = Stage("SGD", ("momentum",))
_WITHIN = (
    (Stage("SGD"), _MOMENTUM),
    (_MOMENTUM, Stage("SGD", ("momentum", "nesterov"))),
    (Stage("Adam"), Stage("Adam", ("amsgrad",))),
)
"""What became a switch of the rule that it changes."""
_NAMED = re.compile(r"(\w+)(?:\((.*)\))?")


def rules(specs: Sequence[Optimizer]) -> dict[Stage, Optimizer]:
    """Those of the pairs, then the other specs with their defaults."""
    stages = dict.fromkeys((*chain.from_iterable(pairs(specs)), *(Stage(s.name) for s in specs)))
    found = ((stage, rule(stage, specs)) for stage in stages)
    return {stage: spec for stage, spec in found if spec is not None}


def pairs(specs: Sequence[Optimizer]) -> list[tuple[Stage, Stage]]:
    """Each rule with the one it changes, where there are specs for both.

    A rule stands before those that grew out of it, and these before what stands beside it.
    """
    grew = filter(None, (own(spec, specs) for spec in specs))
    grown: dict[str, list[tuple[Stage, Stage]]] = {}
    for pair in (*_WITHIN, *grew):
        if all(_declared(stage, specs) is not None for stage in pair):
            grown.setdefault(pair[0].spec, []).append(pair)
    later = {pair[1].spec for found in grown.values() for pair in found if _grows(pair)}

    def below(name: str) -> Iterator[tuple[Stage, Stage]]:
        for pair in grown.get(name, ()):
            yield pair
            yield from below(pair[1].spec) if _grows(pair) else ()

    return [pair for name in grown if name not in later for pair in below(name)]


def own(spec: Optimizer, specs: Sequence[Optimizer]) -> tuple[Stage, Stage] | None:
    """A rule and what it grew out of, with a switch of both on if without it they are one."""
    earlier = _earlier(spec, specs)
    if earlier is None:
        return None
    for on in ((), *((name,) for name in switches(spec) if name not in earlier.on)):
        pair = replace(earlier, on=(*earlier.on, *on)), Stage(spec.name, on)
        before, after = (rule(stage, specs) for stage in pair)
        if before and after and {*before.updates} != {*after.updates}:
            return pair
    return None


def _grows(pair: tuple[Stage, Stage]) -> bool:
    """Whether the later one is a rule of its own."""
    return pair[0].spec != pair[1].spec


def _earlier(spec: Optimizer, specs: Sequence[Optimizer]) -> Stage | None:
    """The nearest of its lineage that there is a spec for."""
    stages = (_stage(entry) for entry in spec.lineage)
    return next((each for each in stages if _declared(each, specs) is not None), None)


def _stage(entry: str) -> Stage:
    """A stage as lineages have it: ``SGD(momentum, nesterov)``."""
    match = _NAMED.fullmatch(entry)
    name, on = match.groups() if match else (entry, None)
    return Stage(name, tuple(map(str.strip, on.split(","))) if on else ())


def rule(stage: Stage, specs: Sequence[Optimizer]) -> Optimizer | None:
    """The equations of a stage alone; None where there is no such spec, or it lacks a switch."""
    spec = _declared(stage, specs)
    return None if spec is None else _inlined(plain(spec, _on(stage, spec)).spec)


def _declared(stage: Stage, specs: Sequence[Optimizer]) -> Optimizer | None:
    """The spec that a stage is of, if its switches can be on."""
    for spec in specs:
        if spec.name == stage.spec and {*stage.on} <= {h.name for h in spec.hyper}:
            return spec if is_allowed(spec, _on(stage, spec)) else None
    return None


def _on(stage: Stage, spec: Optimizer) -> frozenset[str]:
    return usual(spec) | {*stage.on}


def _inlined(spec: Optimizer) -> Optimizer:
    """The rule without names for products that are read once: ``d = g/(sqrt(v) + eps)``."""
    found = roles(spec)
    values = {
        u.target: u.value
        for u in spec.updates
        if found[u.target.name] is Role.DIRECTION
        and isinstance(u.value, Mul)
        and sum(other.value.has(u.target) for other in spec.updates) == 1
    }
    return replace(
        spec,
        updates=[
            Update(u.target, cast(Expr, u.value.xreplace(dict(values))))
            for u in spec.updates
            if u.target not in values
        ],
    )
