"""What is worth tuning of a rule: as declared, or as of the nearest that it grew out of."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ....specs.language import Hyper, Optimizer
from ....specs.language.settings import Setting
from ....specs.settings import SETTINGS
from ...loading.load import builtin


class Tuned(NamedTuple):
    """An argument that is worth tuning, and how it is declared."""

    setting: Setting
    hyper: Hyper


def tuned(spec: Optimizer) -> tuple[str, Sequence[Tuned]]:
    """The rule of which it is said, and what; nothing where nothing is known."""
    own = {h.name: h for h in spec.hyperparameters}
    for name in (spec.name, *_ancestors(spec)):
        if name in SETTINGS:
            there = own if name == spec.name else _of(name)
            found = ((s, own[s.name], there[s.name]) for s in SETTINGS[name] if s.name in own)
            return name, [
                Tuned(setting, here) for setting, here, first in found if _alike(here, first)
            ]
    return "", []


def _ancestors(spec: Optimizer) -> Iterator[str]:
    """The nearest first, without the options that are on there."""
    return (name.partition("(")[0] for name in spec.lineage)


def _of(name: str) -> dict[str, Hyper]:
    return {h.name: h for h in builtin()[name].hyperparameters}


def _alike(one: Hyper, other: Hyper) -> bool:
    return (one.default, one.doc) == (other.default, other.doc)
