"""What can be asked of an optimizer between its steps.

Its outputs, which can be put in the place of the parameters for a while, and what its next step
reads.
"""

from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from . import _outputs as outputs
from ._declared import Declared
from ._given import require_known
from ._inputs import Inputs, Named, asked, read_by
from ._random import draws
from ._rule import Group, Rule
from ._swaps import Swapping, require_output


class Readable(Swapping, Declared):
    """A generated class with its outputs, beside what makes it an optimizer."""

    _lock: Any
    defaults: Group
    param_groups: list[Group]
    state: defaultdict[Tensor, Any]

    def output(self, name: str) -> dict[Tensor, Tensor]:
        """What the rule makes of parameters and states beside its steps: an average, say.

        Args:
            name: one of the outputs that the class describes.

        Returns:
            By parameter, as ``state`` is: new tensors, without gradients. Of a parameter that no
            step has been taken for yet, a copy.

        Raises:
            ValueError: the rule has no such output.
        """
        require_output(name, self._outputs, type(self).__name__)
        found: dict[Tensor, Tensor] = {}
        rule, function = self._rule(self.defaults), getattr(self, f"_output_{name}")
        with self._lock, torch.no_grad():
            held: Mapping[Tensor, Tensor] = self._swap.held if self._swap else {}
            for group in self.param_groups:
                found |= outputs.of_group(rule, function, group, self.state, held)
        return found

    def needs(self, name: str) -> bool:
        """Whether the next step reads an input, and has to be given it.

        A step that a CUDA graph can capture has to be given all.

        Args:
            name: one of the inputs that the class describes.

        Raises:
            TypeError: the rule has no such input.
        """
        require_known([name], self._inputs, type(self).__name__)
        with self._lock:
            return any(name in self._read_by(group) for group in self.param_groups)

    def _read_by(self, group: Group) -> list[str]:
        """The names of the inputs that the next step of a group reads."""
        return read_by(self, group, group["params"])

    def _with_draws(
        self,
        rule: Rule,
        groups: Sequence[Group],
        params: Sequence[list[Tensor]],
        given: list[Inputs],
    ) -> list[Inputs]:
        """The inputs of parameters of groups, beside what their next step draws itself."""
        if not self._random:
            return given
        numbers = {p: i for i, p in enumerate(p for g in self.param_groups for p in g["params"])}
        return [
            inputs.beside(
                draws(
                    self._random,
                    read_by(self, group, own),
                    group["seed"],
                    own,
                    numbers,
                    is_local=rule.is_local(group),
                )
            )
            for group, own, inputs in zip(groups, params, given, strict=True)
        ]

    def _asked(self, given: dict[str, Any], *, has_closure: bool) -> Named:
        """What a step is handed beside its gradients, before it is taken."""
        if not (self._inputs or given):
            return {}
        read = {name for group in self.param_groups for name in self._read_by(group)}
        name = type(self).__name__
        return asked(self._inputs, read, given, self.param_groups, name, has_closure=has_closure)

    @contextmanager
    def swapped(self, name: str) -> Generator[None]:
        """Let the parameters hold an output for a while, to evaluate or to save a model by it.

        ``with optimizer.swapped("averaged"): ...``; afterwards, also after an exception, they are
        what they were, to the bit. States are not touched: a checkpoint of the optimizer is the
        same within as without. What is saved of the model within is the output, which training
        does not go on from.

        Raises:
            RuntimeError: the parameters hold an output already; or, within, a step is taken or a
                checkpoint loaded. Nothing has been changed then.
            ValueError: the rule has no such output.
        """
        with self._holding(lambda: outputs.Swap(name, self.output(name))):
            yield
