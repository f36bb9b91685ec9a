"""What all optimizers share: parameter groups, states, checkpoints, and how a step is run.

A step has two parts. All that can fail, or runs what a user wrote, comes first, and changes nothing
that can be seen: gradients are looked at, norms taken, kernels compiled, states made. What it gives
is called then, to change parameters, states and counts: while no handler of a signal runs, so that
one sees a step taken or not taken, and Ctrl-C comes after it. Threads take turns at both.

The first part has stages. This module takes from groups what they have to do: a ``Work`` each, of
parameters, what is made of their gradients by ``_amp``, ``_shards`` and ``_sparse``, and what
``_clips`` says is to happen to them. ``_launches`` or ``_plain`` makes changes of it, given the
``Rule``, the states, which ``_states`` makes where they lack, and what is remembered of earlier
steps; neither sees the optimizer.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import partial
from itertools import chain, starmap
from typing import Any, TypeAlias, overload

import torch
from torch import Tensor, optim

from . import _amp as amp
from . import _checkpoints as checkpoints
from . import _clips as clipping
from . import _compiled as compiled
from . import _gradients as gradients
from . import _in_turns as in_turns
from . import _launches as launches
from . import _options as options
from . import _partition as partition
from . import _points as points
from . import _sparse as sparse
from ._arguments import refuse_nan
from ._clipping import TRANSFORMS
from ._inputs import Named, loss_of, moves_nothing, of_groups
from ._intervals import require_within
from ._limits import chosen
from ._locks import lock
from ._options import option
from ._philox import require_seed
from ._readable import Readable
from ._rule import Change, Group, Rule
from ._signals import Held
from ._states import made, remake_scalars
from ._taking import take
from ._tensors import require_one_number
from ._traits import Traits
from ._watched import switching

Params: TypeAlias = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]


class Optimizer(Readable, optim.Optimizer):
    """Base of the generated optimizers, which add hyperparameters and one step's rule.

    States of a parameter have its shape and dtype; step counts and other scalar states are
    0-d and float64, on the CPU unless the group is capturable. Half precision is stored, not
    computed with; complex numbers are pairs of reals.

    Args:
        given: what the constructor of a rule was given, by name: the arguments of the rule, which
            groups have that do not set their own, what happens to gradients before, and these.
        params: parameters, named parameters, or groups of them.
        foreach: update several tensors by one call (True), or one by one (False); None lets
            plain tensors and the shards of DTensors go together and leaves other subclasses alone.
        capturable: keep the step count, and what depends on it, on the parameters' device, so
            that a CUDA graph can capture the step. Tensors are then updated one by one.
        differentiable: let autograd see the step. Tensors are then updated one by one.
        fused: update all dense tensors of one kind by one call of a compiled kernel. None does so
            where plain tensors are on a GPU that the kernels are checked for, with Triton, unless
            ``foreach`` or ``differentiable`` is set.

    Raises:
        RuntimeError: ``fused`` is set beside ``foreach`` or ``differentiable``, or the rule has no
            kernel, or what its engine needs is not installed: ``pip install "steprule[fast]"`` for
            the CPU, ``"steprule[cuda]"`` for CUDA. A step finds that the kernel is not of the spec
            that the class is of.
        ValueError: a hyperparameter lies outside its domain, or is a tensor of several numbers, or
            two limits of gradients are set, or a parameter stands twice.
    """

    _wrapper = ""
    """What made this optimizer for some of the parameters that it has."""

    def __init__(self, given: dict[str, Any]) -> None:
        names = (*self._arguments, *options.CLIPPING, *options.LAUNCHING, *self._seeds)
        values = {name: given[name] for name in names}
        if values["fused"] and values["differentiable"]:
            raise RuntimeError("`fused` does not support `differentiable`")
        self._forget()
        self._lock = lock()
        self._wrapper = partition.wrapper()
        super().__init__(given["params"], options.settings(values, self._peer, self._beside))
        if values["fused"]:  # so torch.amp.GradScaler leaves unscaling and skipping to the step
            self._step_supports_amp_scaling = True

    def _patch_step_function(self) -> None:
        """Torch's own, which wraps the step of a class once."""
        bare = type(self).step
        super()._patch_step_function()
        if type(self).step is not bare:
            type(self).step = switching(bare, type(self).step)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Fill in what checkpoints of other versions and of torch.optim leave out."""
        vars(self).setdefault("_lock", lock())  # of a copy
        with Held():
            super().__setstate__(state)
            self._forget()
            self._fill_in()

    def _fill_in(self) -> None:
        for group in self.param_groups:
            for name, value in options.settings(self.defaults, self._peer, self._beside).items():
                if name not in options.CLIPPING:
                    group.setdefault(name, value)
            group.update(options.constants(dict.fromkeys(self._arguments), self._peer))
            remake_scalars(self._rule(self.defaults), group, self.state)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Optimizer":
        """A copy between two steps, whoever takes them."""
        copied = type(self).__new__(type(self))
        memo[id(self)] = copied
        with self._lock:
            state = deepcopy(self.__getstate__(), memo)
        copied.__setstate__(state)
        return copied

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group; what it does not set, the defaults do.

        Raises:
            RuntimeError, ValueError: as the constructor does. Nothing has been added then.
        """
        if isinstance(param_group, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
            group = self.defaults | param_group
            options.require_options(group)
            if option(group, "fused") and option(group, "foreach"):
                raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
            for name in {*self._arguments, *TRANSFORMS} & group.keys():
                require_one_number(name, group[name])
            limits = {name: 0 for name in TRANSFORMS if group.get(name) is not None}
            self._require_kinds(group, limits)
            require_within(self._bounded, group)
            self._check(group)
            chosen(TRANSFORMS, group)
            require_seed(group.get("seed", 0))
            refuse_nan(self._numbers, group)
        super().add_param_group(param_group)
        group, rule = self.param_groups[-1], self._rule(self.defaults)
        try:
            gradients.require_once([group])
            self._require_shapes(group)
            launches.check(rule, group, {p.device for p in group["params"]})
        except (RuntimeError, ValueError):
            self.param_groups.pop()
            raise
        in_turns.start(rule, group, self.param_groups, self._existing_globals)
        if self._eager:
            for change in made(rule, self._works(group, *[group["params"]] * 2), self.state):
                change()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Load a checkpoint of this class or of its peer in torch.optim, as copies.

        States under other keys, a user's own, are kept; options of this class that torch's does
        not have stay as they are where the checkpoint does not say.

        Raises:
            ValueError: it is none of an optimizer, the groups do not fit, or a state is lacking,
                of another shape or kind of numbers than its parameter, or no count of steps.
                Nothing has been changed then.
        """
        self._require_own()
        # The last hook, so that the user's own can mend a checkpoint before it is looked at.
        own = self.register_load_state_dict_pre_hook(lambda _, saved: self._taken(saved))
        with self._lock, own:
            super().load_state_dict(state_dict)

    def state_dict(self) -> dict[str, Any]:
        """The states and groups, as torch.optim's: the tensors are the optimizer's own."""
        with self._lock:
            return super().state_dict()

    def share_memory(self) -> None:
        """Move the states into memory shared between processes."""
        for state in self.state.values():
            for value in state.values():
                value.share_memory_()

    @overload
    def step(self, closure: None = None, **inputs: Any) -> None: ...

    @overload
    def step(self, closure: Callable[[], float], **inputs: Any) -> float: ...

    def step(self, closure: Callable[[], float] | None = None, **inputs: Any) -> float | None:
        """Take one step.

        Args:
            closure: evaluates the model again and returns the loss.
            inputs: what else the rule reads, by the names that its class describes: numbers, or
                tensors like the parameters, in their order, by parameter or by name. The closure
                gives the loss, and gradients at other points, for which it is called again while
                the parameters are there. ``GradScaler``'s scale is not taken out of inputs.

        Raises:
            RuntimeError: a gradient is sparse, and one row of zeros would change something or
                autograd is to see the step; a group is fused, and what that needs is not
                installed; a CUDA graph is being captured and a group is not
                capturable; ``clipvalue`` is set, and a gradient is complex; with
                ``error_if_nonfinite``, a norm to clip by is infinite or NaN.
            TypeError: an input is missing, or unknown; or a parameter is an integer or of 8 bits.
            ValueError: a group has two limits of its gradients, an input does not fit, or a
                parameter stands twice.

        Nothing has been changed when one of these is raised. What a handler of a signal raises, as
        that of Ctrl-C does, is raised before the step or after it. Only want of memory for what
        ``foreach`` and loop compute with can leave a step half done.
        """
        if torch.compiler.is_compiling():
            return compiled.step(self, closure, inputs)
        given = self._asked(inputs, has_closure=closure is not None)
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
            given |= loss_of(self._inputs, loss)
        with torch.set_grad_enabled(options.autograd_sees(self.defaults)), self._lock:
            if self._points and closure is not None:
                given |= points.gradients(self, closure, given)
            take([self], [given])
        return loss

    def _prepare(self, given: Named) -> list[Change]:
        """All of a step that can fail; what is left is to call these."""
        self._require_own()
        if amp.is_skipped(self):
            return []
        rule = self._rule(self.defaults)
        if getattr(self, "grad_scale", None) is None:
            how = rule, self.param_groups, self._existing, self.state
            changes = self._memory.again(*how)
            if changes is not None:
                return changes
        found = gradients.present(self.param_groups)
        if not self.state and moves_nothing(self.param_groups):
            return made(rule, chain.from_iterable(starmap(self._works, found)), self.state)
        groups = [group for group, _, _ in found]
        for group, own, _ in found:
            self._require_shapes(group)
            self._require_capturable(group, own)
        sharing = clipping.sharing(self.param_groups, self._wrapper, rule.is_local)
        params = [own for _, own, _ in found]
        shared = in_turns.given(rule, groups, self.param_groups, self._existing_globals)
        taken = [self._taken_of(rule, *each) for each in found]
        grads = [own for own, _, _ in taken]
        values = [sparse.values(own) if traits.is_sparse else own for own, traits, _ in taken]
        memory = self._memory.clipped
        cut = partial(clipping.clips, groups, params, sharing=sharing, memory=memory)
        clips = cut(values)
        traits = [own for _, own, _ in taken]
        inputs = of_groups(self._inputs, given, params, map(rule.is_local, groups), cut)
        inputs = self._with_draws(rule, groups, params, inputs)
        works = [*map(self._works, groups, params, grads, clips, traits, inputs)]
        if rule.turns:
            partition.check(rule.name, self._wrapper, [*chain(*params)])
            how = (self.param_groups, self.state, self._memory.fitting)
            changes = in_turns.changes(rule, [*chain(*works)], shared, *how)
        else:
            self._memory.remember(self.param_groups, works, traits)
            changes = launches.updates(rule, [*chain(*works)], self.state, self._memory)
        return changes + [change for *_, written in taken for change in written]

    def _require_capturable(self, group: Group, params: list[Tensor]) -> None:
        counts_on_host = self._step_key and not option(group, "capturable")
        if counts_on_host and params[0].is_cuda and torch.cuda.is_current_stream_capturing():
            name = type(self).__name__
            raise RuntimeError(f"{name} needs capturable=True to be captured by a CUDA graph")

    def _taken_of(
        self, rule: Rule, group: Group, params: list[Tensor], given: list[Tensor]
    ) -> tuple[list[Tensor], Traits, list[Change]]:
        """Gradients as a step takes them, what they are, and what leaves them so for others."""
        traits = self._memory.traits("given", group, params, given)
        grads = gradients.held(rule, group, params, given, traits)
        grads, written = amp.unscaled(self, grads)
        if grads is not given:
            traits = self._memory.traits("unscaled", group, params, grads)
        takes_sparse = not options.autograd_sees(self.defaults) and self._takes_sparse(group)
        name, where = type(self).__name__, self._sparse_where
        usable = gradients.usable(grads, traits, name, takes_sparse, where)
        if usable is not grads:
            traits = self._memory.traits("usable", group, params, usable)
        return usable, traits, written

    def _forget(self) -> None:
        """Keep no batches, and nothing of what they were made of."""
        self._memory = launches.Memory()
        self._rules = {}
        self._changes = object()
        """Another one whenever states are changed."""

    def _taken(self, saved: dict[str, Any]) -> dict[str, Any]:
        rule = self._rule(self.defaults)
        keys = self._scalar_states | self._tensor_states | self._global_states
        kept = checkpoints.Keys(
            rule=rule.name,
            step=self._step_key,
            scalars=frozenset(rule.scalar_keys),
            tensors=frozenset(self._tensor_states.values()),
            optional=frozenset(keys[name] for name in self._optional),
            reduced=frozenset(rule.axes),
            lengths=rule.lengths,
            shared=frozenset(self._global_states.values()),
        )
        names = {*self._arguments, *self._seeds, *options.DEFAULTS, *self._global_states.values()}
        return checkpoints.taken(saved, self.param_groups, kept, names)
