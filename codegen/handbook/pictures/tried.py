"""What becomes of a small task by what a rule is given: measured once, and kept.

Rates are tried beside the values that are declared for one more argument; see ``specs/settings``.
"""

import inspect
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from ....specs.language import Optimizer
from ....specs.language.settings import Setting
from ....specs.settings import SETTINGS
from ...files.cache import digest, found, keep
from ..material import Material
from . import digits, small
from .digits import Array
from .drawn import is_given
from .shown import numpy_code
from .variants import plain, spaced

RATES = tuple(rate for rate in spaced(1, 3) if rate <= 10)
"""1 and 3 times the powers of ten from 1e-4 to 10: about one factor between two."""


def is_tried(spec: Optimizer) -> bool:
    """Whether there is something declared to try a rule with, and it can be run."""
    return any(setting.tried for setting in SETTINGS.get(spec.name, ())) and is_given(spec)


def other(spec: Optimizer) -> Setting:
    """The argument that a rule's rate is tried beside."""
    return next(setting for setting in SETTINGS[spec.name] if setting.tried)


def basis(spec: Optimizer, material: Material) -> list[str]:
    """All that losses follow from, as text."""
    tasks = map(inspect.getsource, (small, digits))
    return [*numpy_code(material, [spec.module]), str(RATES), str(other(spec)), *tasks]


def losses(spec: Optimizer, material: Material) -> Mapping[str, Array]:
    """At the end, by rate and run, for each value of the other argument.

    Kept from one build to the next, and for all languages.
    """
    key = digest("tried", *basis(spec, material))
    known = found(key)
    if known is None:
        known = {value: _measured(spec, value, material).tolist() for value in other(spec).tried}
        keep(key, known)
    return {value: np.array(each) for value, each in known.items()}


def best(losses: Array) -> float:
    """The rate at which the middle one of the runs ends lowest; the smaller of two alike."""
    return RATES[int(np.argmin(np.median(losses, axis=1)))]


def _measured(spec: Optimizer, value: str, material: Material) -> Array:
    rule, given = plain(spec, material).rule, _given(spec, other(spec).name, value)
    return np.array([small.trained(partial(rule, lr=r, **given, engine="numpy")) for r in RATES])


def _given(spec: Optimizer, name: str, value: str) -> dict[str, Any]:
    """An argument as the class takes it, which may be a member of a tuple."""
    own = {h.name: h for h in spec.hyperparameters}
    if not (argument := own[name].argument):
        return {name: float(value)}
    members = [h for h in own.values() if h.argument == argument]
    return {argument: tuple(float(value if h.name == name else h.default) for h in members)}
