"""A step of one optimizer, or one of each of several: all that can fail comes first, for all."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Protocol

from ._inputs import Named
from ._rows import same
from ._rule import Change
from ._signals import Held

_CHANGES = attrgetter("_changes")


class Taker(Protocol):
    """What an optimizer has for its steps."""

    _changes: object

    def _prepare(self, given: Named) -> list[Change]: ...


def take(optimizers: Sequence[Taker], given: Sequence[Named]) -> None:
    """Take a step of each.

    Args:
        optimizers: none twice; whoever calls has their locks.
        given: what each is handed beside its gradients.

    Raises:
        RuntimeError, TypeError, ValueError: as the step of one does. Nothing has been changed then.
    """
    while True:
        known = [*map(_CHANGES, optimizers)]
        changes = [each._prepare(own) for each, own in zip(optimizers, given, strict=True)]
        with Held():
            if not same([*map(_CHANGES, optimizers)], known):
                continue  # a handler loaded, or stepped
            for each, own in zip(optimizers, changes, strict=True):
                each._changes = object()
                for change in own:
                    change()
            return
