"""What is worth tuning of a rule: as declared, or as of the nearest that it grew out of."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ....specs.language import Hyper, Optimizer
from ....specs.language.settings import Setting
from ....specs.settings import SETTINGS
from ...loading.load import builtin
from ...loading.ours import is_builtin


class Tuned(NamedTuple):
    """An argument that is worth tuning, and how it is declared."""

    setting: Setting
    hyper: Hyper


def tuned(spec: Optimizer) -> tuple[str, Sequence[Tuned]]:
    """The rule of which it is said, and what; nothing where nothing is known."""
    own = {h.name: h for h in spec.hyperparameters}
    for name in ([spec.name] if is_builtin(spec) else []) + [*_ancestors(spec)]:
        if name in SETTINGS:
            there = {h.name: h for h in builtin()[name].hyperparameters}
            found = [(s, own[s.name], there[s.name]) for s in SETTINGS[name] if s.name in own]
            is_own = name == spec.name
            return name, [Tuned(s, h) for s, h, other in found if is_own or _alike(h, other)]
    return "", []


def _ancestors(spec: Optimizer) -> Iterator[str]:
    """The nearest first, without the options that are on there."""
    return (name.partition("(")[0] for name in spec.lineage)


def _alike(one: Hyper, other: Hyper) -> bool:
    """Whether an argument is what it is there: what is off there may be something else here."""
    return one.default != "0" and (one.default, one.doc) == (other.default, other.doc)
