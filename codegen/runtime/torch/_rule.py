"""What the stages of a step know of an optimizer's rule, and of a group they are to update."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias

import torch
from torch import Tensor

from . import _shards as shards
from ._arguments import flags_of
from ._clip import Clip
from ._inputs import NONE, Inputs
from ._intervals import Member, require_within
from ._rows import at
from ._scalars import Step
from ._shapes import LAST_TWO, Axes, Facts, View, lengths
from ._tensors import number
from ._traits import Traits
from ._turns import Turns, Values

Group: TypeAlias = dict[str, Any]
State: TypeAlias = dict[str, Any]
"""Of a parameter, by checkpoint key."""
Start: TypeAlias = float | Literal["theta"]
"""What a state starts as: a number, or a copy of its parameter."""
Change: TypeAlias = Callable[[], Any]
"""What is left of a step when all that can fail is done. It may give tensors that take turns."""


def parameter(group: Group, index: int) -> str:
    """Which parameter of a group it is, by name if it has one."""
    names = group.get("param_names")
    return f"the parameter {names[index]!r}" if names else f"parameter {index} of its group"


@dataclass(eq=False)
class Rule:
    """A rule: names, the keys its states have in checkpoints, and its functions.

    Args:
        name: of its class.
        arguments: the names of hyperparameters and options.
        options: those that are True or False.
        words: those that are one of some words, and these.
        whole: those that are whole numbers.
        step_key: the step count's key; empty where none is kept.
        scalar_states: name to key.
        tensor_states: name to key, in the order the rule takes them.
        axes: the shapes of those that are not like their parameter, by key.
        kernel: the module of its kernel; empty where there is none.
        no_kernel: why there is none.
        is_whole: whether it needs all elements of a tensor at once.
        stacks: whether matrices of one shape can be a batch.
        gathers: whether tensors that ranks share are put together, each on one of them.
        branches_on_steps: whether the count of steps chooses what tensors go through.
        fingerprint: of its spec.
        differentiable: whether autograd is to see the step.
        view, coefficients, loop, foreach: see the optimizer's methods.
        turns: what it has for all tensors together; false where that is nothing.
        bounded: the numbers that must stay off a bound.
    """

    name: str
    arguments: Sequence[str]
    options: Collection[str]
    words: Mapping[str, Sequence[str]]
    whole: Collection[str]
    step_key: str
    scalar_states: Mapping[str, str]
    tensor_states: Mapping[str, str]
    axes: Mapping[str, Axes]
    kernel: str
    no_kernel: str
    is_whole: bool
    stacks: bool
    gathers: bool
    branches_on_steps: bool
    fingerprint: str
    differentiable: bool
    view: Callable[[Group, int], View]
    coefficients: Callable[..., tuple[Any, ...] | None]
    loop: Callable[..., Any]
    foreach: Callable[..., Any]
    turns: Turns
    bounded: tuple[Member, ...]

    @cached_property
    def are_whole(self) -> list[bool]:
        """Which tensor states have the shape of their parameter."""
        return [key not in self.axes for key in self.tensor_states.values()]

    @cached_property
    def scalar_keys(self) -> set[str]:
        """The keys of scalar states, and of the step count."""
        return {self.step_key, *self.scalar_states.values()} - {""}

    @cached_property
    def numbers(self) -> set[str]:
        """The arguments that are numbers, or tuples of them."""
        return {*self.arguments} - {*self.options, *self.words}

    def lengths(self, group: Group, key: str, shape: Sequence[int]) -> tuple[int, ...]:
        """The shape of a state of a group's parameter of a shape."""
        axes = self.axes.get(key, ())
        return lengths(axes, shape, self.view(group, len(shape)) if axes else LAST_TWO)

    def settings(self, group: Group) -> dict[str, Any]:
        """What a group sets of the rule's arguments, as Python numbers.

        Raises:
            ValueError: a scheduler or a hand has set one to where the equations have no value.
        """
        found = {name: number(group[name]) for name in self.arguments}
        require_within(self.bounded, found)
        return found

    def step(self, scalars: dict[str, Any]) -> tuple[Step[Any], dict[str, Any]]:
        """A step of these arguments, count and scalar states, and the new values of the last.

        Those are by checkpoint key, and of all there can be. The options are taken out of what is
        given.
        """
        step: Step[Any] = Step()
        known = vars(step)
        for name in self.options:
            known[name] = scalars.pop(name)
        for name, words in self.words.items():
            known |= flags_of(name, words, scalars.pop(name))
        new = self.coefficients(step, **scalars) or ()
        return step, dict(zip(self.scalar_states.values(), new, strict=True))

    def is_local(self, group: Group) -> bool:
        """Whether this rank updates what it holds of a group's tensors by itself.

        Matrices it puts together from that. Other rules of whole tensors, and what autograd or a
        compiler sees, use operations on DTensors.
        """
        return (
            (not self.is_whole or self.turns.sums_elements or self.gathers)
            and not self.differentiable
            and not torch.compiler.is_compiling()
            and shards.are_local(group["params"])
        )


class Work(NamedTuple):
    """What a step has to do in a group, or in some rows of it.

    Args:
        group: the group.
        initial: what states start as that exist under its options, by checkpoint key, the step
            count among them.
        params: parameters that have a gradient.
        grads: these.
        clip: what happens to them before.
        traits: what both are; None where nobody has looked at them.
        known: what the rule must know of the shape of these parameters, by name.
        inputs: what they are given beside the gradients.
        shared: what states hold that are one for all tensors, by name.
        view: how the rule sees these parameters.
    """

    group: Group
    initial: dict[str, Start]
    params: list[Tensor]
    grads: list[Tensor]
    clip: Clip | None
    traits: Traits | None
    known: Facts
    inputs: Inputs = NONE
    shared: Values = MappingProxyType({})
    view: View = LAST_TWO

    @property
    def is_of_gradients_alone(self) -> bool:
        """Whether these are taken as they are, and nothing beside them."""
        return self.clip is None and self.inputs is NONE

    @property
    def kind(self) -> tuple[int, ...]:
        """Tells the group apart, and in it the kind of shape."""
        return id(self.group), *self.known.values(), *self.view

    def part(self, rows: list[int]) -> "Work":
        """Some rows of it."""
        if len(rows) == len(self.params):
            return self
        clip = self.clip.of(rows) if self.clip else None
        params, grads = at(self.params, rows), at(self.grads, rows)
        inputs = self.inputs.part(rows)
        return self._replace(params=params, grads=grads, clip=clip, traits=None, inputs=inputs)
