"""What launches the kernel of a batch, step after step: from settings and states to a call."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor

from . import _fused as fused
from . import _inputs as inputs
from ._batch import Batch
from ._options import option
from ._rows import at
from ._rule import Change, Group, Rule, Work
from ._tensors import live, require_range


class Launcher:
    """What launches the kernel of a batch.

    Args:
        rule: the rule.
        batch: the batch.
        work: of its group.

    Raises:
        RuntimeError: the kernel is not of the spec that the rule is of.
    """

    def __init__(self, rule: Rule, batch: Batch, work: Work) -> None:
        self._rule = rule
        self.batch = batch
        self._on_cuda = batch.device.type == "cuda"
        self._engine = fused.engine(batch.device.type)
        self._engine.require(rule.kernel, rule.fingerprint)
        params = at(work.params, batch.rows)
        self._dtype = params[0].dtype
        by_lines = self._engine.sees_lines(rule.kernel)
        self._shapes = [work.view.of(p.shape) for p in params] if by_lines else []

    def holds(self, work: Work, *, are_alike: bool) -> bool:
        """Whether the batch is of this work of its group, too.

        Args:
            work: of the group.
            are_alike: that its tensors are what they were, but for where they lie, is known; of
                DTensors, but for what this rank holds.
        """
        batch, rows = self.batch, self.batch.rows
        given, traits = work.inputs, work.traits
        are_plain = are_alike and traits is not None and traits.are_plain
        return (
            batch.keys == work.initial.keys()
            and batch.inputs == given.present
            and all(batch.takes(at(column, rows)) for column in given.given)
            and batch.holds(at(work.params, rows), are_alike=are_plain)
            and (batch.is_uniform() or is_read_on_device(work.group, batch.device))
            and (are_alike or batch.takes(at(work.grads, rows)))
        )

    def again(self, work: Work, grads: list[Tensor], settings: dict[str, Any]) -> list[Change]:
        """The same as ``changes`` where nothing but numbers is new; nothing where more is.

        Args:
            work: of its group, but for the tensors, which are beside nothing.
            grads: of its rows.
            settings: of the group.
        """
        if self._on_cuda and is_read_on_device(work.group, self.batch.device):
            return []
        kept: dict[str, Any] = {}
        for key, numbers in self.batch.numbers.items():
            kept[key] = numbers.common()
            if kept[key] is None:
                return []
        return self._changes(work, grads, settings, kept) if self.batch.stands() else []

    def changes(self, work: Work) -> list[Change]:
        """The launch of the batch, and what keeps its new scalar states.

        A CUDA graph is to read scalars anew at every replay: then they are vectors on the device,
        a number a tensor.

        Args:
            work: of its rows.
        """
        rule, batch, group = self._rule, self.batch, work.group
        on_device = is_read_on_device(group, batch.device)
        if on_device:
            kept = {key: numbers.vector() for key, numbers in batch.numbers.items()}
            scalars = {name: live(group[name]) for name in rule.arguments}
            scalars |= inputs.on_device(work.inputs, batch.device)
        else:
            kept = {key: numbers.first() for key, numbers in batch.numbers.items()}
            scalars = rule.settings(group) | inputs.as_numbers(work.inputs)
        return self._changes(work, work.grads, scalars, kept, on_device=on_device)

    def _changes(
        self,
        work: Work,
        grads: list[Tensor],
        given: Mapping[str, Any],
        kept: dict[str, Any],
        *,
        on_device: bool = False,
    ) -> list[Change]:
        rule, batch = self._rule, self.batch
        scalars = {**given, **work.known}
        for name, key in rule.scalar_states.items():
            scalars[name] = kept.get(key, 0.0)
        if rule.step_key:
            scalars["t"] = kept[rule.step_key] = kept[rule.step_key] + 1
        else:
            scalars["first"] = batch.first
        columns = work.inputs.for_kernels(scalars.get("t")) if work.inputs.columns else []
        step, new = rule.step(scalars)
        if not on_device:
            require_range(vars(step), self._dtype)
        kept |= new
        how = batch, grads, vars(step), work.clip, columns, self._shapes
        launch = self._engine.prepare(rule.kernel, *how)
        return [
            partial(_launch, launch, grads, columns),
            # Once all is done.
            *[partial(numbers.fill, kept[key]) for key, numbers in batch.numbers.items()],
        ]


def _launch(launch: Callable[[], None], _grads: Any, _inputs: Any) -> None:
    """Launch what has the addresses of gradients that nobody else may hold: sums just received."""
    launch()


def is_read_on_device(group: Group, device: torch.device) -> bool:
    """Whether scalars are read there, by a kernel, and never by the host."""
    return option(group, "capturable") and device.type == "cuda"
