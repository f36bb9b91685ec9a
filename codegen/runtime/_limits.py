"""What all ways of clipping gradients have in common: a limit, at most one of which is set."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ._intervals import Interval


class Limit:
    """A way of clipping, as far as its limit goes."""

    domain: ClassVar[Interval]
    """What the limit lies in."""

    reach: ClassVar[str] = ""
    """Over what norms are taken: each ``"tensor"``, ``"all"`` of them, or nothing."""


def not_finite(name: str) -> RuntimeError:
    """The error of a norm that is refused, by the argument that sets its limit."""
    return RuntimeError(
        f"a norm of the gradients is not finite, so {name} cannot be kept; with "
        "error_if_nonfinite=False they are scaled by it anyway"
    )


def chosen(known: Mapping[str, type[Limit]], given: Mapping[str, Any]) -> str:
    """The argument that sets a limit; empty where none does.

    Args:
        known: by argument, the ways there are.
        given: the arguments; None sets no limit.

    Raises:
        ValueError: several are set, or one does not lie in its domain.
    """
    names = [name for name in known if given.get(name) is not None]
    if len(names) > 1:
        raise ValueError(f"only one of {', '.join(known)} can be set, got {', '.join(names)}")
    for name in names:
        known[name].domain.require(name, given[name])
    return names[0] if names else ""
