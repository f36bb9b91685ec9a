"""What can be asked of an optimizer between its steps.

Its outputs, which can be put in the place of the parameters for a while, and what its next step
reads.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from inspect import signature
from typing import Any

from . import _outputs as outputs
from ._declared import Declared
from ._given import require_known
from ._known import States
from ._over_time import at
from ._scalars import Number
from ._swaps import Swapping, require_output
from ._trees import Tree, leaves


class Readable(Swapping, Declared):
    """The part of an optimizer that looks at its states, and says what its next step reads."""

    lr: Number = 0.0  # for rules that have none
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
        require_output(name, self._outputs, type(self).__name__)
        with self._lock:
            held: Mapping[int, Any] = self._swap.held if self._swap else {}
            if not self._step:
                return outputs.of_tree(outputs.itself, params, {}, {}, held)
            now = at(self, self._over_time, self._step - 1)
            known: dict[str, Any] = {n: getattr(self, n) for n in (*self._options, *self._words)}
            known |= now._given_numbers(now.lr) | self._scalars | {"t": self._step}  # pyright: ignore
            function = getattr(self, f"_output_{name}")
            read = signature(function).parameters
            states = {n: kept for n, kept in self._states.items() if n in read}
            found = outputs.of_tree(function, params, states, known, held)
            outputs.require_all(params, self._states)
            return found

    @contextmanager
    def swapped(self, name: str, params: Tree) -> Generator[None]:
        """Let the parameters hold an output for a while, to evaluate or to save a model by it.

        ``with optimizer.swapped("averaged", params): ...``; afterwards, also after an exception,
        they are what they were, to the bit. States are not touched: a checkpoint of the optimizer
        is the same within as without. What is saved of the model within is the output, which
        training does not go on from.

        Args:
            name: one of the outputs that the class describes.
            params: the parameters, as they are handed to :meth:`update`.

        Raises:
            RuntimeError: the parameters hold an output already; or, within, a step is taken or a
                checkpoint loaded. Nothing has been changed then.
            TypeError: a leaf is no array of a floating-point dtype.
            ValueError: the rule has no such output, the parameters are not those that there are
                states for, or one is read-only.
        """
        with self._holding(
            lambda: outputs.Swap(name, leaves(params, self.output(name, params), "the output"))
        ):
            yield

    def _read_at(self, t: int, lr: float) -> list[str]:
        """The names of the inputs that a step reads."""
        reads = self._reads(t, lr)
        return [name for name in (*self._inputs, *self._random) if reads.get(name, True)]
