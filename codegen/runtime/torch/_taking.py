"""A step of one optimizer, or one of each of several: all that can fail comes first, for all."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, Protocol

import torch

from ._inputs import Named
from ._options import option
from ._rule import Change, Group
from ._signals import Held


class Taker(Protocol):
    """What an optimizer has for its steps."""

    _lock: Any
    _changes: object
    defaults: Group

    def _prepare(self, given: Named) -> list[Change]: ...


def take(optimizers: Sequence[Taker], given: Sequence[Named]) -> None:
    """Take a step of each.

    Args:
        optimizers: none twice.
        given: what each is handed beside its gradients.

    Raises:
        RuntimeError, TypeError, ValueError: as the step of one does. Nothing has been changed then.
    """
    sees = any(option(each.defaults, "differentiable") for each in optimizers)
    is_taken = False
    with torch.set_grad_enabled(sees), ExitStack() as locks:
        for each in sorted(optimizers, key=id):  # alike for two who take the same
            locks.enter_context(each._lock)
        while not is_taken:
            known = [each._changes for each in optimizers]
            changes = [each._prepare(own) for each, own in zip(optimizers, given, strict=True)]
            with Held():
                is_taken = all(
                    each._changes is own for each, own in zip(optimizers, known, strict=True)
                )
                if is_taken:  # else a handler loaded, or stepped
                    for each, own in zip(optimizers, changes, strict=True):
                        each._changes = object()
                        for change in own:
                            change()
