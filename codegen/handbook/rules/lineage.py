"""Which rule grew out of which: the pairs whose equations are worth comparing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from sympy import Expr, Mul

from ....specs.language import Optimizer, Update
from .roles import Role, roles
from .variants import is_allowed, plain, usual


@dataclass(frozen=True)
class Stage:
    """A rule with some switches on beside its defaults."""

    spec: str
    on: tuple[str, ...] = ()


SGD = Stage("SGD")
MOMENTUM = Stage("SGD", ("momentum",))
NESTEROV = Stage("SGD", ("momentum", "nesterov"))
ADAM = Stage("Adam")

LINEAGE = (
    (SGD, MOMENTUM),
    (MOMENTUM, NESTEROV),
    (SGD, Stage("Adagrad")),
    (Stage("Adagrad"), Stage("RMSprop")),
    (Stage("RMSprop"), Stage("Adadelta")),
    (Stage("RMSprop"), ADAM),
    (ADAM, Stage("Adam", ("amsgrad",))),
    (ADAM, Stage("AdamW")),
    (ADAM, Stage("NAdam")),
    (ADAM, Stage("Adamax")),
    (MOMENTUM, Stage("Lion")),
)
"""Each rule with the one it changes."""


def stages(specs: Sequence[Optimizer]) -> list[Stage]:
    """Those of the lineage that there are specs for, then the other specs with their defaults."""
    listed = dict.fromkeys(stage for pair in LINEAGE for stage in pair)
    known = [stage for stage in listed if rule(stage, specs) is not None]
    return known + [Stage(s.name) for s in specs if Stage(s.name) not in known]


def pairs(specs: Sequence[Optimizer]) -> list[tuple[Stage, Stage]]:
    """The pairs of the lineage that there are specs for."""
    return [pair for pair in LINEAGE if all(rule(stage, specs) is not None for stage in pair)]


def rule(stage: Stage, specs: Sequence[Optimizer]) -> Optimizer | None:
    """The equations of a stage alone; None where there is no such spec, or it lacks a switch."""
    for spec in specs:
        on = usual(spec) | {*stage.on}
        if spec.name == stage.spec and {*stage.on} <= {h.name for h in spec.hyper}:
            return _inlined(plain(spec, on).spec) if is_allowed(spec, on) else None
    return None


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
