"""The arguments of an optimizer, which its user may set anew before any step."""

from operator import is_
from typing import Any, Self

from . import _engines as engines
from ._arguments import (
    is_fixed,
    refuse_nan,
    require_flags,
    require_number,
    require_numbers,
    require_whole,
    require_words,
)
from ._clipping import TRANSFORMS, Limited
from ._declared import Declared
from ._engines import Engine
from ._intervals import require_within
from ._limits import chosen
from ._over_time import at
from ._philox import require_seed
from ._settled import Settled


class Checked(Limited, Declared):
    """A generated class with checks of the arguments that its optimizers have."""

    lr: Any
    seed: int
    engine: Engine
    _step: int
    _settled: Settled | None = None
    """The arguments that were found right and cannot change by themselves."""

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._given)
        return f"{type(self).__name__}({given})"

    @property
    def _limits(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in TRANSFORMS}

    def _at_this_step(self) -> tuple[Self, Settled]:
        """The optimizer as it is at the step that is next, and its arguments, checked."""
        given = self.engine, *type(self)._all_of(self)
        known = self._settled
        if known and all(map(is_, given, known.given)):
            return self, known
        now = at(self, self._over_time, self._step)
        require_number("lr", now.lr)
        lr = float(now.lr)
        now._check_arguments(lr)
        engines.check(self.engine, self._kernel, self._no_kernel, type(self).__name__)
        limits = {name: float(x) for name, x in now._limits.items() if x is not None}
        found = Settled(given, lr, now._given_flags(), now._given_numbers(lr), limits)
        self._settled = found if all(map(is_fixed, given)) else None
        return now, found

    def _check_arguments(self, lr: Any) -> None:
        """Raise ValueError for arguments that are no numbers, or outside their domain.

        A rate is None before the step at which a schedule gives it.
        """
        flags = (*self._options, "error_if_nonfinite")
        given = {name: getattr(self, name) for name in (*self._numbers, *flags)}
        if callable(self.lr):
            given.pop("lr", None)
        if lr is not None:
            given["lr"] = lr
        limits = self._limits
        set_limits = {name: limit for name, limit in limits.items() if limit is not None}
        numbers = self._numbers | dict.fromkeys(limits, 0)
        require_numbers(numbers, given | set_limits, self._omissible)
        require_flags(flags, given)
        require_whole(self._whole, given)
        require_seed(self.seed)
        require_words(self._words, {name: getattr(self, name) for name in self._words})
        require_within(self._bounded, given)
        self._check(lr)
        chosen(TRANSFORMS, limits)
        refuse_nan(self._numbers, given)
