"""What a generated class declares of its rule: a few tables, and the rule's own functions.

``_coefficients`` is what of a rule needs no tensors of parameters. The rest comes in two forms,
which are given that as one object, the step. ``_foreach`` updates lists of tensors in place; its
scalars are Python numbers. ``_loop`` takes one tensor and returns the new values; it
differentiates, and its scalars can be 0-d tensors, which a CUDA graph reads anew at every replay. A
rule of single elements has a compiled kernel too, which ``fused`` asks for, and one that reduces
tensors a kernel for each of its stages.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, optim

from ._arguments import (
    counts,
    declared,
    omissible,
    require_flags,
    require_numbers,
    require_whole,
    require_words,
)
from ._clip import Clip
from ._inputs import NONE, Inputs
from ._intervals import Member, members
from ._options import DEFAULTS, autograd_sees
from ._rows import alike
from ._rule import Group, Rule, Start, Work, parameter
from ._scalars import Step
from ._shapes import LAST_TWO, Axes, Facts, View, otherwise, told
from ._traits import Traits
from ._turns import Turns


class Declared:
    """The tables and functions that a generated class fills in, as far as they are its rule's."""

    _tensor_states: ClassVar[dict[str, str]] = {}
    """Name to checkpoint key, in the order the rule takes them."""
    _scalar_states: ClassVar[dict[str, str]] = {}
    _global_states: ClassVar[dict[str, str]] = {}
    """Those that are one for all tensors, which groups have."""
    _new_globals: ClassVar[dict[str, str]] = {}
    """The names of their new values in a step."""
    _totals: ClassVar[tuple[dict[str, str], ...]] = ()
    """Of each turn, what comes together of the parts of all tensors by name, and how."""
    _agreed: ClassVar[dict[str, tuple[str, int | None]]] = {}
    """What such states depend on: by hyperparameter the argument, and its place in a tuple."""
    _sums_elements: ClassVar[bool] = False
    """Whether the rule is of single elements, but for totals over all of them."""
    _axes: ClassVar[dict[str, Axes]] = {}
    """The shapes of states that are not like their parameter, by name."""
    _facts: ClassVar[tuple[str, ...]] = ()
    """What the rule must know of a parameter's shape and dtype."""
    _viewing: ClassVar[tuple[str, ...]] = ()
    """The arguments that say how it sees a parameter and nothing else, which groups can lack."""
    _optional: ClassVar[tuple[str, ...]] = ()
    """The names of states that exist under an option alone."""
    _step_key: ClassVar[str] = "step"
    """The step count's checkpoint key; empty where none is kept."""
    _domains: ClassVar[dict[str, str | tuple[str, ...]]] = {}
    """By hyperparameter, what it must satisfy; of a tuple, each of its numbers."""
    _inputs: ClassVar[dict[str, str]] = {}
    """What a step is given beside the gradient, by name: the loss, a number, a number for each
    element, the gradient at another point."""
    _random: ClassVar[dict[str, str]] = {}
    """What a step draws itself, by name, and what kind of random numbers."""
    _points: ClassVar[dict[str, Any]] = {}
    """By such an input, the class whose step leads to the point."""
    _whole: ClassVar[tuple[str, ...]] = ()
    """The hyperparameters that are whole numbers."""
    _words: ClassVar[dict[str, tuple[str, ...]]] = {}
    """By choice, its words; None means the first."""
    _outputs: ClassVar[tuple[str, ...]] = ()
    """The names of outputs, each of which a method computes: ``_output_averaged``."""
    _kernel: ClassVar[str] = ""
    """The module of the rule's kernel; empty where there is none."""
    _no_kernel: ClassVar[str] = ""
    """Why there is none, as the rest of a sentence."""
    _is_whole: ClassVar[bool] = False
    """Whether the rule needs all elements of a tensor at once."""
    _fingerprint: ClassVar[str] = ""
    """Of the spec; that of the kernel is the same."""
    _eager: ClassVar[bool] = False
    """States are made with the optimizer, not at the first step."""
    _on_matrices: ClassVar[bool] = False
    """Whether the rule multiplies or transposes them: a tensor is one, or a batch of them."""
    _stacks: ClassVar[bool] = False
    """Whether it takes each matrix by itself, so that those of one shape can be a batch."""
    _decomposes: ClassVar[bool] = False
    """Whether it takes matrices apart."""
    _branches_on_steps: ClassVar[bool] = False
    """Whether the count of steps chooses what tensors go through."""
    _sparse_where: ClassVar[str] = ""
    """What must be set for sparse gradients, in words; empty where nothing helps or is needed."""
    _peer: ClassVar[type[optim.Optimizer] | None] = None
    """torch's class of this name, whose groups and checkpoints these are like."""

    # Read off the constructor, and the domains.
    _arguments: ClassVar[tuple[str, ...]] = ()
    """The hyperparameters and options."""
    _beside: ClassVar[dict[str, Any]] = {}
    """The defaults of those that a group need not have."""
    _numbers: ClassVar[dict[str, int]] = {}
    """How many numbers each hyperparameter has, that are a tuple; 0 where it is one number."""
    _omissible: ClassVar[frozenset[str]] = frozenset()
    """The numbers among them that can be left out, as messages call them."""
    _options: ClassVar[tuple[str, ...]] = ()
    _seeds: ClassVar[tuple[str, ...]] = ()
    """The argument that random numbers depend on, where there are any."""
    _bounded: ClassVar[tuple[Member, ...]] = ()
    _sees: ClassVar[bool] = False
    """Whether it sees some parameters otherwise than by their last two axes."""
    _sees_axes: ClassVar[bool] = False
    """Whether it tells the axes of a parameter apart."""

    _rules: dict[bool, Rule]
    """What was made of all this, by whether autograd sees the step."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "_loop" in vars(cls):  # it is a rule's own, and its constructor has the rule's arguments
            cls._seeds = ("seed",) if cls._random else ()
            own = declared(cls.__init__, {*DEFAULTS, *cls._seeds})
            cls._arguments = tuple(own)
            cls._beside = {name: own[name] for name in cls._viewing}
            others = {name: own[name] for name in own if name not in cls._words}
            cls._numbers = counts(others)
            cls._omissible = omissible(others)
            cls._options = tuple(name for name in others if name not in cls._numbers)
            cls._bounded = members(cls._domains)
            cls._sees = "_view" in vars(cls)
            has_lines = any(len(axes) > 1 for axes in cls._axes.values())
            cls._sees_axes = cls._sees or cls._on_matrices or has_lines

    def _check(self, group: Group) -> None:
        """Raise ValueError for arguments that do not go together."""

    def _require_kinds(self, group: Group, limits: Mapping[str, int]) -> None:
        """Raise ValueError for arguments that are no numbers, flags or words where they must be."""
        require_numbers({**self._numbers, **limits}, group, self._omissible)
        require_flags(self._options, group)
        require_whole(self._whole, group)
        require_words(self._words, group)

    def _require_shapes(self, group: Group) -> None:
        """Raise ValueError for a parameter that a rule of matrices cannot take."""
        if not self._sees_axes:
            return
        params: list[Tensor] = group["params"]
        if self._on_matrices and (others := [i for i, p in enumerate(params) if p.ndim < 2]):
            raise ValueError(
                f"{type(self).__name__} works on matrices, and {parameter(group, others[0])} has "
                f"shape {tuple(params[others[0]].shape)}; give such parameters to a rule that "
                "works element by element, such as AdamW"
            )
        if any(p.is_complex() for p in params):
            raise ValueError(f"{type(self).__name__} works on the axes of real tensors alone")
        for i, p in enumerate(params if self._sees else ()):
            try:
                self._view(group, p.ndim).of(p.shape)
            except ValueError as error:
                raise ValueError(
                    f"{parameter(group, i)}, of shape {tuple(p.shape)}, {error}; give it to a "
                    f"group of its own{otherwise(self._viewing)}"
                ) from None

    @staticmethod
    def _view(group: Group, ndim: int) -> View:
        """How the rule sees a parameter of so many axes."""
        del group, ndim
        return LAST_TWO

    def _takes_sparse(self, group: Group) -> bool:
        """Whether an element whose gradient is zero stays as it is, and its states do."""
        return False

    @abstractmethod
    def _initial(self, *_: Any, **__: Any) -> Mapping[str, Start | None]:
        """What every state starts as; None where it does not exist under these options.

        Takes the group, and by name what the rule must know of a parameter's shape.
        """

    def _reads(self, t: int, group: Group) -> dict[str, bool]:
        """Of inputs that not every step reads, whether step t of a group does."""
        return {}

    @staticmethod
    @abstractmethod
    def _coefficients(*_: Any, **scalars: Any) -> tuple[Any, ...] | None:
        """Give a step the scalars that tensors meet in it; the new values of scalar states.

        Takes the step, which has the options already, and by name its count, scalar states,
        hyperparameters and inputs, numbers or 0-d tensors, and what it must know of a parameter's
        shape. What the rule branches on is a bool, or a tensor where the host must not wait for it.
        """

    @staticmethod
    @abstractmethod
    def _loop(*_: Any, **__: Any) -> Any:
        """The new values of a parameter and its tensor states; of rules with totals in turns.

        Takes the step, whose scalars are numbers or 0-d tensors, the parameter, its gradient, its
        tensor states and inputs: of those that do not exist, any tensor.
        """

    @staticmethod
    @abstractmethod
    def _foreach(*_: Any, **__: Any) -> Any:
        """The same for lists of tensors, updated in place.

        States and inputs that do not exist are empty lists, and scalars are Python numbers.
        """

    @staticmethod
    def _shared(step: Step[Any]) -> Iterator[None]:
        """Compute what is one for all tensors, turn by turn: from totals, in a step."""
        del step
        return iter(())

    @staticmethod
    def _own(step: Step[Any]) -> Iterator[None]:
        """The same of the scalars of a step that follow from it."""
        del step
        return iter(())

    def _rule(self, defaults: Group) -> Rule:
        """What the stages of a step know of this class, and nothing of its groups and states."""
        sees = autograd_sees(defaults)
        if sees not in self._rules:
            self._rules[sees] = self._declared(differentiable=sees)
        return self._rules[sees]

    @classmethod
    def _declared(cls, *, differentiable: bool) -> Rule:
        """What it knows; nothing in it holds an optimizer, which is gone when nobody has it."""
        return Rule(
            name=cls.__name__,
            arguments=[name for name in cls._arguments if name not in cls._viewing],
            options=[name for name in cls._options if name not in cls._viewing],
            words={name: of for name, of in cls._words.items() if name not in cls._viewing},
            whole=cls._whole,
            step_key=cls._step_key,
            scalar_states=cls._scalar_states,
            tensor_states=cls._tensor_states,
            axes={cls._tensor_states[name]: axes for name, axes in cls._axes.items()},
            kernel=cls._kernel,
            no_kernel=cls._no_kernel,
            is_whole=cls._is_whole,
            stacks=cls._stacks,
            gathers=cls._stacks or cls._decomposes,
            branches_on_steps=cls._branches_on_steps,
            fingerprint=cls._fingerprint,
            differentiable=differentiable,
            view=cls._view,
            coefficients=cls._coefficients,
            loop=cls._loop,
            foreach=cls._foreach,
            turns=Turns(
                states=cls._global_states,
                new=cls._new_globals,
                totals=cls._totals,
                agreed=cls._agreed,
                sums_elements=cls._sums_elements,
                shared=cls._shared,
                own=cls._own,
            ),
            bounded=tuple(member for member in cls._bounded if member[3].is_open),
        )

    def _works(
        self,
        group: Group,
        params: list[Tensor],
        grads: list[Tensor],
        clip: Clip | None = None,
        traits: Traits | None = None,
        inputs: Inputs = NONE,
    ) -> list[Work]:
        """What there is to do in a group, for each kind of parameter that the rule tells apart."""
        if not (self._facts or self._sees):
            return [Work(group, self._existing(group, {}), params, grads, clip, traits, {}, inputs)]
        whole = Work(group, {}, params, grads, clip, traits, {}, inputs)
        return [
            whole.part(rows)._replace(
                initial=self._existing(group, dict(facts)), known=dict(facts), view=view
            )
            for (view, facts), rows in alike(self._kind(group, p) for p in params).items()
        ]

    def _kind(self, group: Group, p: Tensor) -> tuple[View, tuple[tuple[str, Any], ...]]:
        """How the rule sees a parameter, and what it must know of it."""
        view = self._view(group, p.ndim)
        known = told(self._facts, p.shape, torch.finfo(p.dtype).eps, view).items()
        return LAST_TWO if view.of(p.shape) == p.shape else view, tuple(known)

    def _existing(self, group: Group, known: Facts) -> dict[str, Start]:
        """What states start as that exist, by checkpoint key, the step count among them."""
        found: dict[str, Start] = {self._step_key: 0.0} if self._step_key else {}
        keys, starts = self._scalar_states | self._tensor_states, self._initial(group, **known)
        found |= {keys[n]: x for n, x in starts.items() if x is not None and n in keys}
        return found

    def _existing_globals(self, group: Group) -> dict[str, Start]:
        """What states start as that exist and are one for all tensors, by name."""
        if not self._global_states:
            return {}
        starts = self._initial(group, **dict.fromkeys(self._facts, 1))  # none depends on it
        return {name: x for name in self._global_states if (x := starts[name]) is not None}
