"""A schedule with its arguments, those of the schedules that it is made of among them."""

from typing import Any

from ...oracle.arguments import Bound


def flat(bound: Bound) -> dict[str, Any]:
    """All arguments by name, those of the schedules it is made of among them."""
    found: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        if isinstance(value, Bound):
            found |= {f"{name}_{inner}": x for inner, x in flat(value).items()}
        else:
            found[name] = value
    return found


def with_arguments(made: Bound, **changed: Any) -> Bound:
    """A schedule with other arguments: its own, or of those it is made of."""
    arguments = dict(made.arguments)
    for name, value in changed.items():
        if name in arguments:
            arguments[name] = value
            continue
        inner = next(n for n, x in arguments.items() if isinstance(x, Bound) and n in name)
        rest = {name.removeprefix(f"{inner}_"): value}
        arguments[inner] = with_arguments(arguments[inner], **rest)
    return Bound(made.schedule, arguments)
