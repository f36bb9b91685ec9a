"""Where a scheduler stands."""

import math


class Placed:
    """At a step, which can lie between two, and which others read and set as torch's."""

    _at: float

    @property
    def last_epoch(self) -> int:
        """The step it stands at, rounded down.

        Setting it goes there and leaves the groups alone: the rates are those of ``get_lr``, and
        the next step is the one after it.
        """
        return math.floor(self._at)

    @last_epoch.setter
    def last_epoch(self, step: float) -> None:
        self._at = step
