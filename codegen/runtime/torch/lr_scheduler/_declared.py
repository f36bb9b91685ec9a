"""What a generated class declares of its schedule, beside its arguments: tables and equations."""

from collections.abc import Mapping
from typing import Any, ClassVar

from ._arguments import Arguments
from ._course import Schedule
from ._heads import Factors


class Declared(Arguments):
    """The tables and functions that a generated class fills in, as far as they are its own."""

    _outright: ClassVar[str] = "never"
    """When the rate is set whatever it was: never, "at first" as the scheduler is made, always."""
    _warns_of_jumps: ClassVar[bool] = False
    _factors: ClassVar[tuple[str, ...]] = ()
    """The arguments of which running products are taken."""

    _products: dict[tuple[str, int], Factors]
    """Those of a group, by argument, as far as they were asked for."""

    def _settings(self, index: int, lr: float) -> dict[str, Any]:
        """What the equations read: the arguments of one group, and the rate to start from."""
        settings: dict[str, Any] = self._in_group(index) | {"lr": lr}
        for name in self._factors:
            if (name, index) not in self._products:
                self._products[name, index] = Factors(settings[name])
            settings[name] = self._products[name, index]
        return settings

    def _parts_in(self, settings: Mapping[str, Any]) -> list[Schedule]:
        """Of the settings, the schedules it is made of."""
        return []

    @property
    def _sets_momentum(self) -> bool:
        return False

    @staticmethod
    def _rate(step: float, /, **arguments: Any) -> float:
        """The learning rate, by the equations."""
        raise NotImplementedError

    @staticmethod
    def _momentum(step: float, /, **arguments: Any) -> float | None:
        """The momentum, by the equations."""
        return None

    @staticmethod
    def _factor(step: float, since: float, /, **arguments: Any) -> float | None:
        """What the rate is multiplied by between two steps, of schedules that multiply it."""
        return None
