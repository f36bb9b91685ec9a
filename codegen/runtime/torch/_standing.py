"""The work of a step that is like the one before: of new gradients, and perhaps with new numbers.

What there is to do in a group follows from what it says, and from what its parameters and gradients
are. Most steps change neither. So it is remembered, where a step takes nothing else from anew: no
limit of gradients, no scaled loss, no input, no turns.
"""

from collections.abc import Callable, Sequence
from itertools import compress
from operator import is_not
from typing import TypeAlias

from ._gradients import present
from ._rows import at, same
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
        place = {p: i for i, p in enumerate(group["params"])}
        self._works = [
            (work._replace(params=[], grads=[]), [place[p] for p in work.params]) for work in works
        ]

    def again(self, rule: Rule, existing: Existing) -> list[Work]:
        """What there is to do now; nothing if that has to be found out.

        Args:
            rule: the rule.
            existing: which states it has.
        """
        params, grads = present(self.group["params"])
        if not (self._traits.are_of(params, grads) and self._stands(rule, existing)):
            return []
        return [
            work._replace(params=at(params, rows), grads=at(grads, rows))
            for work, rows in self._works
        ]

    def _stands(self, rule: Rule, existing: Existing) -> bool:
        """Whether the group says what it said, but for numbers that no state starts as."""
        values = [*self.group.values()]
        if [*self.group] != self._names:
            return False
        if not same(values, self._values):
            changed = {*compress(self._names, map(is_not, values, self._values))}
            starts = (existing(self.group, work.known) == work.initial for work, _ in self._works)
            if not (changed <= rule.numbers and all(starts)):
                return False
            self._values = values
        return True
