"""What the arguments of schedules are held to."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any


def require(condition: bool, name: str, value: Any, domain: str) -> None:
    """Raise ValueError unless an argument meets the condition that is its domain."""
    if not condition:
        raise ValueError(f"{name} must be {domain}, got {value!r}")


def is_sorted(values: Sequence[float]) -> bool:
    """Whether no entry is smaller than the one before it."""
    return all(a <= b for a, b in pairwise(values))
