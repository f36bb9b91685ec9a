"""What launches the kernel of a batch, step after step: from settings and states to a call."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch

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
        self._engine = fused.engine(batch.device.type)
        self._engine.require(rule.kernel, rule.fingerprint)
        params = at(work.params, batch.rows)
        self._dtype = params[0].dtype
        by_lines = self._engine.sees_lines(rule.kernel)
        self._shapes = [work.view.of(p.shape) for p in params] if by_lines else []

    def stands(self, work: Work, *, are_alike: bool = True) -> bool:
        """Whether the batch is of this work of its group, in which nothing but gradients is new.

        Args:
            work: of the group.
            are_alike: that its parameters are what they were, but for where they lie, is known.
        """
        batch = self.batch
        return batch.holds(at(work.params, batch.rows), are_alike=are_alike) and (
            batch.is_uniform() or is_read_on_device(work.group, batch.device)
        )

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
            and self.stands(work, are_alike=are_plain)
            and (are_alike or batch.takes(at(work.grads, rows)))
        )

    def changes(self, work: Work) -> list[Change]:
        """The launch of the batch, and what keeps its new scalar states.

        A CUDA graph is to read scalars anew at every replay: then they are vectors on the device,
        a number a tensor.

        Args:
            work: of its rows.
        """
        rule, batch, group = self._rule, self.batch, work.group
        on_device = is_read_on_device(group, batch.device)
        kept = {
            key: numbers.vector() if on_device else numbers.first()
            for key, numbers in batch.numbers.items()
        }
        if on_device:
            scalars = {name: live(group[name]) for name in rule.arguments}
            scalars |= inputs.on_device(work.inputs, batch.device)
        else:
            scalars = rule.settings(group)
            scalars |= inputs.as_numbers(work.inputs)
        for name, key in rule.scalar_states.items():
            scalars[name] = kept.get(key, 0.0)
        if rule.step_key:
            scalars["t"] = kept[rule.step_key] = kept[rule.step_key] + 1
        else:
            scalars["first"] = batch.first
        t = scalars.get("t")
        scalars |= work.known
        step, new = rule.step(scalars)
        given = vars(step)
        if not on_device:
            require_range(given, self._dtype)
        kept |= new
        columns = work.inputs.for_kernels(t)
        how = batch, work.grads, given, work.clip, columns, self._shapes
        launch = self._engine.prepare(rule.kernel, *how)
        return [
            partial(_launch, launch, work.grads, columns),
            # Once all is done.
            *[partial(numbers.fill, kept[key]) for key, numbers in batch.numbers.items()],
        ]


def _launch(launch: Callable[[], None], _grads: Any, _inputs: Any) -> None:
    """Launch what has the addresses of gradients that nobody else may hold: sums just received."""
    launch()


def is_read_on_device(group: Group, device: torch.device) -> bool:
    """Whether scalars are read there, by a kernel, and never by the host."""
    return option(group, "capturable") and device.type == "cuda"
