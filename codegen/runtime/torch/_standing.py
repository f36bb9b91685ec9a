"""The work of a step that is like the one before: of new gradients, and perhaps with new numbers.

What there is to do in a group follows from what it says, and from what its parameters and gradients
are. Most steps change neither. So it is remembered, where a step takes nothing else from anew: no
limit of gradients, no scaled loss, no input, no turns.
"""

from collections.abc import Callable, Sequence
from itertools import compress
from operator import is_, is_not
from typing import Any, TypeAlias

import torch
from torch import Tensor

from ._rows import at
from ._rule import Group, Rule, Start, Work
from ._shapes import Facts
from ._traits import Traits

Existing: TypeAlias = Callable[[Group, Facts], dict[str, Start]]
"""What states of parameters start as that exist, by a group and what is known of a shape."""


class Standing:
    """What there was to do in a group all of whose parameters had gradients.

    Args:
        group: the group.
        traits: of its parameters and gradients.
        works: what there was to do.
    """

    def __init__(self, group: Group, traits: Traits, works: Sequence[Work]) -> None:
        self.group = group
        self._traits = traits
        self._names, self._values = [*group], [*group.values()]
        self._settings: dict[str, Any] | None = None
        self._on_cuda = any(p.is_cuda for p in group["params"])
        place = {p: i for i, p in enumerate(group["params"])}
        self.works = [
            (work._replace(params=[], grads=[]), work.kind, [place[p] for p in work.params])
            for work in works
        ]
        """What there was to do but for the tensors, its kind, and which of the group's they are."""

    def gradients(self, rule: Rule, existing: Existing) -> list[Tensor] | None:
        """Those of this step; None if what there is to do has to be found out.

        Args:
            rule: the rule.
            existing: which states it has.
        """
        group = self.group
        params = group["params"]
        grads = [p.grad for p in params]
        if not self._traits.are_of(params, grads) or [*group] != self._names:
            return None
        if self._on_cuda and torch.cuda.is_current_stream_capturing():
            return None  # a graph is made of what not every step may do
        values = [*group.values()]
        if not all(map(is_, values, self._values)):
            if not self._stands(rule, existing, values):
                return None
            self._values, self._settings = values, None
        return grads

    def settings(self, rule: Rule) -> dict[str, Any]:
        """What the group sets of the rule's arguments, as Python numbers."""
        found = self._settings
        if found is None:
            found = rule.settings(self.group)
            if all(value is self.group[name] for name, value in found.items()):  # none can change
                self._settings = found
        return found

    def again(self, grads: list[Tensor]) -> list[Work]:
        """What there is to do now, with these gradients."""
        params = self.group["params"]
        return [
            work._replace(params=at(params, rows), grads=at(grads, rows))
            for work, _, rows in self.works
        ]

    def _stands(self, rule: Rule, existing: Existing, values: list[Any]) -> bool:
        """Whether the group says what it said, but for numbers that no state starts as."""
        changed = {*compress(self._names, map(is_not, values, self._values))}
        starts = (existing(self.group, work.known) == work.initial for work, *_ in self.works)
        return changed <= rule.numbers and all(starts)
