"""Which rule grew out of which: the pairs whose equations are worth comparing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
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
    (SGD, Stage("ASGD")),
    (SGD, Stage("Adagrad")),
    (Stage("Adagrad"), Stage("RMSprop")),
    (Stage("RMSprop"), Stage("Adadelta")),
    (Stage("RMSprop"), ADAM),
    (Stage("RMSprop"), Stage("Adafactor")),
    (Stage("Adagrad"), Stage("SM3")),
    (ADAM, Stage("Adam", ("amsgrad",))),
    (ADAM, Stage("AdamW")),
    (Stage("AdamW"), Stage("KahanAdamW")),
    (ADAM, Stage("Lamb")),
    (ADAM, Stage("NovoGrad")),
    (ADAM, Stage("NAdam")),
    (ADAM, Stage("RAdam")),
    (ADAM, Stage("Adan")),
    (Stage("AdamW"), Stage("ScheduleFreeAdamW")),
    (ADAM, Stage("Adamax")),
    (ADAM, Stage("Prodigy")),
    (SGD, Stage("DoG")),
    (MOMENTUM, Stage("Lion")),
    (MOMENTUM, Stage("Muon")),
    (ADAM, Stage("SOAP")),
    (SGD, Stage("SAM")),
)
"""Each rule with the one it changes."""


def rules(specs: Sequence[Optimizer]) -> dict[Stage, Optimizer]:
    """Those of the lineage that there are specs for, then the other specs with their defaults."""
    stages = dict.fromkeys((*chain.from_iterable(LINEAGE), *(Stage(s.name) for s in specs)))
    found = ((stage, rule(stage, specs)) for stage in stages)
    return {stage: spec for stage, spec in found if spec is not None}


def pairs(specs: Sequence[Optimizer]) -> list[tuple[Stage, Stage]]:
    """The pairs of the lineage that there are specs for."""
    return [pair for pair in LINEAGE if all(_declared(s, specs) is not None for s in pair)]


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
