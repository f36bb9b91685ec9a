"""What is worth tuning of a rule, the first first, by the rule's name.

A rule that is not named is set as the nearest that it grew out of, wherever it has the same
argument with the same default. One that is named with nothing is set as none.
"""

from collections.abc import Mapping, Sequence

from ..language.settings import Setting
from .adaptive import ADAPTIVE
from .descent import DESCENT
from .found_rates import FOUND_RATES
from .matrices import MATRICES

SETTINGS: Mapping[str, Sequence[Setting]] = {**DESCENT, **ADAPTIVE, **MATRICES, **FOUND_RATES}

__all__ = ["SETTINGS"]
