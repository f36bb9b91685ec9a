"""What can be asked of an optimizer between its steps."""

from inspect import signature
from typing import Any

from . import _outputs as outputs
from ._declared import Declared
from ._given import require_known
from ._known import States
from ._over_time import at
from ._scalars import Rate
from ._trees import Tree


class Readable(Declared):
    """The part of an optimizer that looks at its states, and says what its next step reads."""

    lr: Rate = 0.0  # for rules that have none
    _lock: Any
    _step: int
    _scalars: dict[str, float]
    _states: States

    def needs(self, name: str) -> bool:
        """Whether the next step reads an input, and has to be given it.

        Args:
            name: one of the inputs that the class describes.

        Raises:
            TypeError: the rule has no such input.
        """
        require_known([name], self._inputs, type(self).__name__)
        with self._lock:
            now = at(self, self._over_time, self._step)
            return name in now._read_at(self._step + 1, float(now.lr))  # pyright: ignore

    def output(self, name: str, params: Tree) -> Tree:
        """What the rule makes of parameters and states beside its steps: an average, say.

        Args:
            name: one of the outputs that the class describes.
            params: the parameters, as they are handed to :meth:`update`; they stay as they are.

        Returns:
            New arrays, nested like the parameters; copies of these before the first step.

        Raises:
            TypeError: a leaf is no array of a floating-point dtype.
            ValueError: the rule has no such output, or the parameters are not those that there
                are states for.
        """
        outputs.require_known(name, self._outputs, type(self).__name__)
        with self._lock:
            if not self._step:
                return outputs.of_tree(outputs.itself, params, {}, {})
            now = at(self, self._over_time, self._step - 1)
            known: dict[str, Any] = {n: getattr(self, n) for n in (*self._options, *self._words)}
            known |= now._given_numbers(now.lr) | self._scalars | {"t": self._step}  # pyright: ignore
            function = getattr(self, f"_output_{name}")
            read = signature(function).parameters
            states = {n: kept for n, kept in self._states.items() if n in read}
            return outputs.of_tree(function, params, states, known)

    def _read_at(self, t: int, lr: float) -> list[str]:
        """The names of the inputs that a step reads."""
        reads = self._reads(t, lr)
        return [name for name in (*self._inputs, *self._random) if reads.get(name, True)]
