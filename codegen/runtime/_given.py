"""What a step is given by name, held against the inputs that its rule has."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

LOSS, NUMBER, ELEMENTS, GRADIENT = "loss", "number", "elements", "gradient"
"""What an input is."""


def require_known(given: Iterable[str], declared: Collection[str], rule: str) -> None:
    """Raise TypeError for a name that no input of a rule has."""
    for name in given:
        if name not in declared:
            known = ", ".join(map(repr, declared)) or "none"
            raise TypeError(f"a step of {rule} has no input {name!r}; its inputs are {known}")


def require_given(
    given: Mapping[str, Any], read: Iterable[str], rule: str, how: Callable[[str], str]
) -> None:
    """Raise TypeError for an input that this step reads and is not given.

    Args:
        given: by name; None is nothing.
        read: the names of those it reads.
        rule: its name.
        how: what to do about one.
    """
    for name in read:
        if given.get(name) is None:
            raise TypeError(f"this step of {rule} reads the input {name!r}: {how(name)}")
