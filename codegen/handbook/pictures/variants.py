"""The forms in which a rule is run: the generated class, with arguments."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ....specs.language import Optimizer
from ..material import Material
from .shown import Words

MOMENTUM = 0.9
"""Of rules whose own default is to have none."""


def spaced(*digits: int) -> tuple[float, ...]:
    """These digits times the powers of ten from 1e-4 to 1e2."""
    return tuple(float(f"{digit}e{power}") for power in range(-4, 3) for digit in digits)


RATES = spaced(1, 2, 5)
"""The learning rates that are tried: 1, 2 and 5 times the powers of ten from 1e-4 to 1e2."""

Run = TypeVar("Run")


@dataclass(frozen=True)
class Variant:
    """A rule with some arguments; the others have their defaults.

    Args:
        label: what a legend calls it.
        rule: the generated class.
        arguments: those that are set.
        has_rate: whether it has a learning rate.
    """

    label: str
    rule: Callable[..., Any]
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    has_rate: bool = True

    def tried(self, rates: Sequence[float] = RATES) -> Sequence[float | None]:
        """The rates to try; None for the only run of a rule that has none."""
        return rates if self.has_rate else (None,)

    def made(self, rate: float | None) -> Any:
        """The optimizer, run by NumPy alone: the same numbers whatever else is installed."""
        rates = {} if rate is None else {"lr": rate}
        return self.rule(**self.arguments, **rates, engine="numpy")

    def labelled(self, words: Words, rate: float | None) -> str:
        if rate is None:
            return self.label
        return words["label-rate"].format(name=self.label, rate=f"{rate:g}")


def plain(spec: Optimizer, material: Material) -> Variant:
    """A rule with its defaults."""
    rule = getattr(material.module(f"numpy.{spec.module}"), spec.name)
    return Variant(spec.name, rule, has_rate=any(h.name == "lr" for h in spec.hyperparameters))


def variants(spec: Optimizer, material: Material, words: Words) -> list[Variant]:
    """A rule with its defaults, then with momentum and Nesterov's where it can have them."""
    first = plain(spec, material)
    found = [first]
    if any(h.name == "momentum" and float(h.default) == 0 for h in spec.hyperparameters):
        momentum = {"momentum": MOMENTUM}
        found.append(_with(first, words["label-momentum"], momentum))
        if any(option.name == "nesterov" for option in spec.options):
            found.append(_with(first, words["label-nesterov"], {**momentum, "nesterov": True}))
    return [variant for variant in found if _is_allowed(variant)]


def compared(specs: Sequence[Optimizer], material: Material, words: Words) -> list[Variant]:
    """Rules with their defaults, and with momentum those that have none by default."""
    return [variant for spec in specs for variant in variants(spec, material, words)[:2]]


def titled(name: str, rates: Sequence[float | None], words: Words) -> str:
    """What stands over a panel: a name, and below it the rates of the lines in it, if any has."""
    known = ", ".join(f"{rate:g}" for rate in rates if rate is not None)
    if not known:
        return name
    return name + "\n" + words["label-rates"].format(rates=known)


def _with(variant: Variant, label: str, arguments: Mapping[str, Any]) -> Variant:
    label = label.format(name=variant.label, momentum=MOMENTUM)
    return Variant(label, variant.rule, arguments, variant.has_rate)


def _is_allowed(variant: Variant) -> bool:
    """Whether the rule's own constraints allow the arguments."""
    try:
        variant.made(variant.tried()[0])
    except ValueError:
        return False
    return True


def best(
    runs: Iterable[tuple[float | None, Run]], score: Callable[[Run], Any]
) -> tuple[float | None, Run]:
    """The rate, and its run, with the lowest score; the smaller rate of two that are alike."""
    return min(runs, key=lambda each: score(each[1]))
