"""What tests of all rules, schedules or claims are run over every day: few, with every trait.

What is generated of a rule follows from its traits: how it is declared, and what its equations are
made of. So tests need not be run over every rule, and cost the same however many there are. Tests
of what surrounds the equations (dtypes, layouts, checkpoints) are run over fewer still: of each way
to declare one, whatever its equations are made of. ``-m exhaustive`` runs them over the others.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

import pytest
import steprule.numpy
from steprule.codegen.loading.load import builtin, builtin_schedules
from steprule.codegen.notation.memo import once
from steprule.codegen.prove.discover import builtin_claims
from steprule.codegen.verify.optimizers.configurations import Configuration
from steprule.specs.language import Optimizer, Schedule
from steprule.specs.language.claims import Claim
from steprule.specs.language.shapes import cols, rows
from steprule.specs.language.symbols import Value
from sympy import Basic, Number, Pow, preorder_traversal

Kind = TypeVar("Kind", Optimizer, Schedule, Claim)

ALWAYS = {"Adam"}
"""What tests hold others against."""

LEFT_OUT = {
    "name",
    "summary",
    "source",
    "doc",
    "latex",
    "message",
    "key",
    "example",
    "span",
    "lineage",
}
"""Fields for readers, or in which any two rules differ."""

is_whole = False
"""Whether what is beyond the sample is collected: in all runs but those of every day."""


class Sample(dict[str, Kind]):
    """Specs or claims by name: those of every day, and in a whole run all that were given."""

    def __init__(
        self, specs: Mapping[str, Kind], of: Callable[[Kind], frozenset[str]] | None = None
    ) -> None:
        self._daily = _covering({name: (of or _traits)(spec) for name, spec in specs.items()})
        super().__init__({n: s for n, s in specs.items() if is_whole or n in self._daily})

    def params(
        self, values: Iterable[Any] | None = None, of: Callable[[Any], str] = str
    ) -> list[Any]:
        """Parameters of a test, of which those beyond the sample are exhaustive.

        Args:
            values: what follows from a spec each; the names, if nothing is said.
            of: the name of the spec it follows from.
        """
        return [
            pytest.param(value, id=getattr(value, "name", str(value)), marks=self.marks(of(value)))
            for value in (self if values is None else values)
        ]

    def marks(self, name: str) -> tuple[pytest.MarkDecorator, ...]:
        """What marks a test of a spec."""
        return () if name in self._daily else (pytest.mark.exhaustive,)


def optimizers(keep: Callable[[Optimizer], bool] = lambda spec: True) -> Sample[Optimizer]:
    """A sample of the rules that a test can be run over."""
    return Sample({name: spec for name, spec in _builtin().items() if keep(spec)})


def declarations(keep: Callable[[Optimizer], bool] = lambda spec: True) -> Sample[Optimizer]:
    """A sample of the ways in which rules are declared."""
    return Sample({name: spec for name, spec in _builtin().items() if keep(spec)}, _declared)


def takes_any_shape(spec: Optimizer) -> bool:
    """Whether a rule is for parameters of any shape, and its steps follow from gradients alone.

    And whether it keeps no square of a side, which of a long vector there is no memory for.
    """
    square = any(state.shape.axes in ((rows, rows), (cols, cols)) for state in spec.states)
    return not (square or getattr(steprule.numpy, spec.name)._on_matrices or spec.inputs)


def has_rate(spec: Optimizer) -> bool:
    """Whether a rule has a learning rate."""
    return any(hyper.name == "lr" for hyper in spec.hyperparameters)


def can_stand_still(spec: Optimizer) -> bool:
    """Whether it has a learning rate, which can be 0."""
    return any(h.name == "lr" and not h.domain.low_open for h in spec.hyperparameters)


def schedule_declarations() -> Sample[Schedule]:
    """A sample of the ways in which schedules are declared."""
    return Sample(builtin_schedules(), _declared)


def schedules(keep: Callable[[Schedule], bool] = lambda schedule: True) -> Sample[Schedule]:
    """A sample of the schedules likewise."""
    return Sample({name: spec for name, spec in builtin_schedules().items() if keep(spec)})


def claims(keep: Callable[[Claim], bool] = lambda claim: True) -> Sample[Claim]:
    """A sample of the claims likewise."""
    return Sample({name: claim for name, claim in builtin_claims().items() if keep(claim)})


def each_setting(found: Iterable[Configuration]) -> list[Configuration]:
    """Those in which an option or a number is on or off for the first time."""
    met = set[tuple[str, bool]]()
    kept: list[Configuration] = []
    for configuration in found:
        values = {**configuration.hyper, **configuration.options}
        settings = {(name, value != 0) for name, value in values.items()}
        if settings - met:
            met |= settings
            kept.append(configuration)
    return kept


@cache
def _builtin() -> dict[str, Optimizer]:
    """What is looked for once in a run, and not for each test."""
    return builtin()


def _covering(of: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Few names of all whose traits any has: always the one that adds most."""
    found = ALWAYS & of.keys()
    missing = set[str]().union(*of.values()).difference(*(of[name] for name in found))
    while missing:
        best = max(of, key=lambda name: (len(of[name] & missing), name))
        found.add(best)
        missing -= of[best]
    return frozenset(found)


def _declared(spec: object) -> frozenset[str]:
    """Its traits but for what its expressions are made of."""
    return frozenset(trait for trait in _traits(spec) if ": " not in trait)


@once
def _traits(spec: object) -> frozenset[str]:
    return frozenset(traits(spec))


def traits(spec: object) -> Iterator[str]:
    """What a declaration says that it need not say, and the operations of its expressions."""
    for field in fields(spec):  # pyright: ignore[reportArgumentType]
        value = getattr(spec, field.name)
        if field.name in LEFT_OUT or _is_default(field, value):
            continue
        of = f"{type(spec).__name__}.{field.name}"
        yield of
        parts = value if isinstance(value, tuple) else (value,)
        for part in parts:
            if isinstance(part, Basic):
                yield from (f"{of}: {trait}" for trait in _operations(part))
            elif is_dataclass(part):
                yield from traits(part)
            elif field.name == "outright":
                yield f"{of}: {part}"


def _is_default(field: Field[Any], value: object) -> bool:
    return field.default is not MISSING and value == field.default


def _operations(expression: Basic) -> Iterator[str]:
    for node in preorder_traversal(expression):
        if isinstance(node, Value):
            yield f"{'parameter' if node.name == 'theta' else 'value'} at {node.index}"
        elif isinstance(node, Pow) and isinstance(node.exp, Number):
            yield f"power {node.exp}"
        elif node.args:
            yield type(node).__name__
