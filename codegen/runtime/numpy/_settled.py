"""The arguments of a step: found out and checked once, for as long as they stay what they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Settled:
    """Arguments that are right, as a step takes them.

    Args:
        given: all of them, as the optimizer has them.
        lr: the rate of this step.
        flags: the options, and of each word of a choice whether it is the one.
        numbers: the hyperparameters.
        limits: those of the gradients that are set.
    """

    given: tuple[Any, ...]
    lr: float
    flags: Mapping[str, bool]
    numbers: Mapping[str, Any]
    limits: Mapping[str, float]
