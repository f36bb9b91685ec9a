"""What all optimizers share: parameter groups, states, checkpoints, and how a step is run.

``_coefficients`` is what of a rule needs no tensors of parameters. The rest comes in two forms,
which are given that as one object, the step. ``_foreach`` updates lists of tensors in place; its
scalars are Python numbers. ``_loop`` takes one tensor and returns the new values; it
differentiates, and its scalars can be 0-d tensors, which a CUDA graph reads anew at every replay. A
rule of single elements has a compiled kernel too, which ``fused`` asks for.

A step has two parts. All that can fail, or runs what a user wrote, comes first, and changes nothing
that can be seen: gradients are looked at, norms taken, kernels compiled, states made. What it gives
is called then, to change parameters, states and counts: while no handler of a signal runs, so that
one sees a step taken or not taken, and Ctrl-C comes after it. Threads take turns at both.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from itertools import compress
from operator import not_
from typing import Any, ClassVar, TypeAlias, cast, overload

import torch
from torch import Tensor, optim

from . import _amp as amp
from . import _checkpoints as checkpoints
from . import _clips as clipping
from . import _compiled as compiled
from . import _fused as fused
from . import _options as options
from . import _partition as partition
from . import _shards as shards
from . import _sparse as sparse
from ._arguments import counts, declared, refuse_nan, require_flags, require_numbers
from ._arguments import require as require
from ._batch import Batch, Likeness, Numbers, State, same, takes
from ._clipping import TRANSFORMS
from ._fitting import fitting
from ._locks import lock
from ._options import option
from ._rows import alike, at, pieces
from ._scalars import Step
from ._signals import Held
from ._tensors import (
    PLAIN,
    Tensors,
    arithmetic,
    in_dtype,
    live,
    number,
    real,
    reals,
    require_range,
    resolved,
    with_gradients,
)

Params: TypeAlias = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]
Group: TypeAlias = dict[str, Any]
Work: TypeAlias = tuple[Group, list[Tensor], list[Tensor], clipping.Clip | None]
"""A group, its parameters that have a gradient, these, and what happens to them before."""

_CPU_PIECE = 2**17
"""Elements updated by one call on the CPU: few enough to stay in its cache between passes.

Measured: within a tenth of the best from 2**16 to 2**18, and nearly twice as fast as all at once.
"""
_PIECE = 2**26
"""The same on other devices: enough to outweigh launching, few enough for the temporaries."""


class Optimizer(optim.Optimizer):
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
            kernel, or what its engine needs is not installed. A step finds that the kernel is not
            of the spec that the class is of.
        ValueError: a hyperparameter lies outside its domain, or is a tensor of several numbers.
    """

    # Read off the constructor.
    _arguments: ClassVar[tuple[str, ...]] = ()
    """The hyperparameters and options."""
    _numbers: ClassVar[dict[str, int]] = {}
    """How many numbers each hyperparameter has, that are a tuple; 0 where it is one number."""
    _options: ClassVar[tuple[str, ...]] = ()
    _tensor_states: ClassVar[dict[str, str]] = {}
    """Name to checkpoint key, in the order the rule takes them."""
    _scalar_states: ClassVar[dict[str, str]] = {}
    _kernel: ClassVar[str] = ""
    """The module of the rule's kernel; empty where it needs whole tensors at once."""
    _fingerprint: ClassVar[str] = ""
    """Of the spec; that of the kernel is the same."""
    _step_key: ClassVar[str] = "step"
    """The step count's checkpoint key; empty where none is kept."""
    _eager: ClassVar[bool] = False
    """States are made with the optimizer, not at the first step."""
    _on_matrices: ClassVar[bool] = False
    """Whether the rule multiplies or transposes them: a tensor is one, or a batch of them."""
    _wrapper = ""
    """What made this optimizer for some of the parameters that it has."""
    _optional: ClassVar[tuple[str, ...]] = ()
    """The names of states that exist under an option alone."""
    _sparse_where: ClassVar[str] = ""
    """What must be set for sparse gradients, in words; empty where nothing helps or is needed."""
    _peer: ClassVar[type[optim.Optimizer] | None] = None
    """torch's class of this name, whose groups and checkpoints these are like."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "_loop" in vars(cls):  # it is a rule's own, and its constructor has the rule's arguments
            own = declared(cls.__init__, options.DEFAULTS)
            cls._arguments = tuple(own)
            cls._numbers = counts(own)
            cls._options = tuple(name for name in own if name not in cls._numbers)

    def __init__(self, given: dict[str, Any]) -> None:
        names = (*self._arguments, *options.CLIPPING, *options.LAUNCHING)
        values = {name: given[name] for name in names}
        if values["fused"] and values["differentiable"]:
            raise RuntimeError("`fused` does not support `differentiable`")
        self._forget()
        self._lock = lock()
        self._wrapper = partition.wrapper()
        super().__init__(given["params"], options.settings(values, self._peer))
        if values["fused"]:  # so torch.amp.GradScaler leaves unscaling and skipping to the step
            self._step_supports_amp_scaling = True

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Fill in what checkpoints of other versions and of torch.optim leave out."""
        self.__dict__.setdefault("_lock", lock())  # of a copy
        with Held():
            super().__setstate__(state)
            self._forget()
            self._fill_in()

    def _fill_in(self) -> None:
        for group in self.param_groups:
            for name in self.defaults.keys() - options.CLIPPING.keys():
                group.setdefault(name, self.defaults[name])
            group |= options.constants(dict.fromkeys(self._arguments), self._peer)
            params = [p for p in group["params"] if p in self.state]
            for key in self._scalar_keys:
                plain = [p for p in params if _is_to_be_made(self.state[p].get(key))]
                values = [float(self.state[p][key]) for p in plain]
                for p, made in zip(plain, self._scalars_made(plain, values, group), strict=True):
                    self.state[p][key] = made

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
            if option(group, "fused") and option(group, "foreach"):
                raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
            for name in {*self._arguments, *TRANSFORMS} & group.keys():
                _require_one_number(name, group[name])
            limits = {name: 0 for name in TRANSFORMS if group.get(name) is not None}
            require_numbers(self._numbers | limits, group)
            require_flags(self._options, group)
            self._check(group)
            clipping.check(group)
            refuse_nan(self._numbers, group)
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        try:
            self._check_fused(group, {p.device for p in group["params"]})
        except RuntimeError:
            self.param_groups.pop()
            raise
        if self._eager:
            params = group["params"]
            states = self._states_of(params)
            firsts = self._make_missing(params, states, group, self._initial_states(group))
            self._adopt(params, states, firsts)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Load a checkpoint of this class or of its peer in torch.optim, as copies.

        States under other keys, a user's own, are kept; options of this class that torch's does
        not have stay as they are where the checkpoint does not say.

        Raises:
            ValueError: it is none of an optimizer, the groups do not fit, or a state is lacking,
                of another shape or kind of numbers than its parameter, or no count of steps.
                Nothing has been changed then.
        """
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
    def step(self, closure: None = None) -> None: ...

    @overload
    def step(self, closure: Callable[[], float]) -> float: ...

    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Take one step.

        Args:
            closure: evaluates the model again and returns the loss.

        Raises:
            RuntimeError: a gradient is sparse, and one row of zeros would change something or
                autograd is to see the step; a group is fused, and what that needs is not
                installed; a CUDA graph is being captured and a group is not
                capturable; ``clipvalue`` is set, and a gradient is complex; with
                ``error_if_nonfinite``, a norm to clip by is infinite or NaN.
            ValueError: a group has two limits of its gradients.

        Nothing has been changed when one of these is raised. What a handler of a signal raises, as
        that of Ctrl-C does, is raised before the step or after it. Only want of memory for what
        ``foreach`` and loop compute with can leave a step half done.
        """
        if torch.compiler.is_compiling():
            return compiled.step(self, closure)
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        is_taken = False
        with torch.set_grad_enabled(self.defaults["differentiable"]), self._lock:
            while not is_taken:
                known = self._changes
                changes = self._prepare()
                with Held():
                    if is_taken := self._changes is known:  # else a handler loaded, or stepped
                        self._changes = object()
                        for change in changes:
                            change()
        return loss

    @abstractmethod
    def _check(self, group: Group) -> None:
        """Raise ValueError for a hyperparameter outside its domain."""

    def _takes_sparse(self, group: Group) -> bool:
        """Whether an element whose gradient is zero stays as it is, and its states do."""
        return False

    @abstractmethod
    def _initial(self, group: Group) -> dict[str, float]:
        """The initial value of every state that exists under the group's options."""

    @staticmethod
    @abstractmethod
    def _coefficients(*_: Any, **scalars: Any) -> tuple[Any, ...] | None:
        """Give a step the scalars that tensors meet in it; the new values of scalar states.

        Takes the step, which has the options already, and by name its count, scalar states and
        hyperparameters: numbers or 0-d tensors. What the rule branches on is a bool.
        """

    @staticmethod
    @abstractmethod
    def _loop(*_: Any, **__: Any) -> tuple[Tensor, ...]:
        """The new values of a parameter and its tensor states.

        Takes the step, whose scalars are numbers or 0-d tensors, the parameter, its gradient, and
        its tensor states: of those that do not exist, any tensor.
        """

    @staticmethod
    @abstractmethod
    def _foreach(*_: Any, **__: Any) -> None:
        """The same for lists of tensors, updated in place.

        States that do not exist are empty lists, and scalars are Python numbers.
        """

    def _step_of(self, scalars: dict[str, Any]) -> tuple[Step[Any], tuple[Any, ...]]:
        """The step of these arguments, count and scalar states, and the new values of the last.

        The options are taken out of what is given.
        """
        step: Step[Any] = Step()
        known = vars(step)
        for name in self._options:
            known[name] = scalars.pop(name)
        return step, self._coefficients(step, **scalars) or ()

    @property
    def _scalar_keys(self) -> set[str]:
        return {self._step_key, *self._scalar_states.values()} - {""}

    def _prepare(self) -> list[Callable[[], None]]:
        """All of a step that can fail; what is left is to call these."""
        if amp.is_skipped(self):
            return []
        found = [(group, *with_gradients(group["params"])) for group in self.param_groups]
        found = [each for each in found if each[1]]
        groups = [group for group, _, _ in found]
        for group, own, _ in found:
            self._check_runnable(group, own)
        sharing = clipping.sharing(self.param_groups, self._wrapper, self._is_local)
        scaled = [amp.unscaled(self, self._held(*each)) for each in found]
        grads = [self._usable(group, own) for group, (own, _) in zip(groups, scaled, strict=True)]
        params = [own for _, own, _ in found]
        clips = clipping.clips(groups, params, [sparse.values(own) for own in grads], sharing)
        work = list(zip(groups, params, grads, clips, strict=True))
        is_fused = [
            self._is_fused(group, own) and not sparse.is_among(given)
            for group, own, given, _ in work
        ]
        launches = self._prepare_fused([*compress(work, is_fused)])
        for each in compress(work, map(not_, is_fused)):
            launches += self._prepare_update(*each)
        return launches + [change for _, changes in scaled for change in changes]

    def _check_runnable(self, group: Group, params: list[Tensor]) -> None:
        if self._on_matrices and (others := [p for p in params if p.ndim < 2]):
            raise ValueError(
                f"{type(self).__name__} works on matrices, and one of its parameters has shape "
                f"{tuple(others[0].shape)}; give such parameters to another optimizer"
            )
        counts_on_host = self._step_key and not option(group, "capturable")
        if counts_on_host and params[0].is_cuda and torch.cuda.is_current_stream_capturing():
            name = type(self).__name__
            raise RuntimeError(f"{name} needs capturable=True to be captured by a CUDA graph")

    def _usable(self, group: Group, grads: list[Tensor]) -> list[Tensor]:
        """Gradients, pending conjugations carried out; sparse ones where the rule takes them."""
        kept = self._kept.get(id(group))
        if kept:
            kept.is_alike = kept.grads.of(grads)
            if kept.is_alike:
                return grads
        layouts = {grad.layout for grad in grads}
        if layouts == {torch.strided}:
            return resolved(grads)
        if (
            not layouts <= {torch.strided, torch.sparse_coo}
            or self.defaults["differentiable"]
            or not self._takes_sparse(group)
        ):
            where = f" unless {self._sparse_where}" if self._sparse_where else ""
            raise RuntimeError(f"{type(self).__name__} does not support sparse gradients{where}")
        return sparse.gathered(resolved(grads))

    def _check_fused(self, group: Group, devices: Iterable[torch.device]) -> None:
        if not option(group, "fused"):
            return
        if not self._kernel:
            raise RuntimeError(
                f"{type(self).__name__} has no fused implementation, because its rule works on "
                "whole tensors; leave `fused` at None"
            )
        for device in devices:
            fused.engine(device.type)

    def _is_fused(self, group: Group, params: list[Tensor]) -> bool:
        """Whether kernels update a group: if it says so, or nothing and they can on its GPU."""
        asked = option(group, "fused")
        if asked is not None or option(group, "foreach") is not None or not self._kernel:
            return bool(asked)
        if self.defaults["differentiable"]:
            return False
        return id(group) in self._kept or _are_for_kernels(params)

    def _is_local(self, group: Group) -> bool:
        """Whether this rank updates what it holds of tensors by itself.

        Rules of whole tensors, and what autograd or a compiler sees, use operations on DTensors.
        """
        return (
            bool(self._kernel)
            and not self.defaults["differentiable"]
            and not torch.compiler.is_compiling()
            and shards.are_local(group["params"])
        )

    def _held(self, group: Group, params: list[Tensor], grads: list[Tensor]) -> list[Tensor]:
        """What this rank holds of gradients."""
        if shards.are_plain(params, grads) or not self._is_local(group):
            return grads
        return shards.gradients(params, grads)

    def _initial_states(self, group: Group) -> dict[str, float]:
        """The initial values by checkpoint key, the step count among them."""
        keys = self._scalar_states | self._tensor_states
        counted = {self._step_key: 0.0} if self._step_key else {}
        return counted | {keys[name]: value for name, value in self._initial(group).items()}

    def _forget(self) -> None:
        """Keep no batches, and nothing of what they were made of."""
        self._kept: dict[int, _Kept] = {}
        self._seen: tuple[list[Tensor], list[State]] = [], []
        """The parameters that had states when the batches were made, and these."""
        self._fitting: dict[int, list[Any]] = {}
        """Of a group, its parameters and states that fit each other."""
        self._changes = object()
        """Another one whenever states are changed."""

    def _make_missing(
        self, params: list[Tensor], states: list[State], group: Group, initial: dict[str, float]
    ) -> list[bool]:
        """Make the states that do not exist yet; of each parameter, whether there were any.

        Those of a parameter are replaced in the list: the optimizer's own stay as they are, until
        ``_adopt`` gives it what was made.
        """
        firsts = [False] * len(params)
        for key, value in initial.items():
            missing = [i for i, kept in enumerate(states) if kept.get(key) is None]
            of = [params[i] for i in missing]
            fill = number(value)
            if key in self._scalar_keys:
                made = self._scalars_made(of, [fill] * len(of), group)
            else:
                pair = complex(fill, fill)
                made = [torch.full_like(p, pair if p.is_complex() else fill) for p in of]
            for i, tensor in zip(missing, made, strict=True):
                firsts[i] = True
                states[i] = states[i] | {key: tensor}
        return firsts

    def _states_of(self, params: list[Tensor]) -> list[State]:
        """What states there are."""
        none: State = {}
        return [self.state.get(p, none) for p in params]

    def _adopt(self, params: list[Tensor], states: list[State], firsts: list[bool]) -> None:
        """Keep states that were made."""
        for i in compress(range(len(params)), firsts):
            own = self.state[params[i]]
            own |= states[i]
            states[i] = own

    def _scalars_made(
        self, params: list[Tensor], values: list[float], group: Group
    ) -> Iterator[Tensor]:
        """0-d tensors with these values, in float64: float32 cannot count beyond 2**24.

        They lie in a row, so that they can be read and written together.
        """
        dtype = torch.float64
        host = torch.device("cpu")
        places = alike(p.device if option(group, "capturable") else host for p in params)
        made = {}
        for device, rows in places.items():
            vector = torch.full((len(rows),), values[rows[0]], dtype=dtype, device=device)
            if any(values[i] != values[rows[0]] for i in rows):
                vector.copy_(torch.tensor([values[i] for i in rows], dtype=dtype))
            made |= zip(rows, vector.unbind(), strict=True)
        return (made[i] for i in range(len(params)))

    def _taken(self, saved: dict[str, Any]) -> dict[str, Any]:
        keys = self._scalar_states | self._tensor_states
        kept = checkpoints.Keys(
            rule=type(self).__name__,
            step=self._step_key,
            scalars=frozenset(self._scalar_keys),
            tensors=frozenset(self._tensor_states.values()),
            optional=frozenset(keys[name] for name in self._optional),
        )
        names = {*self._arguments, *options.DEFAULTS}
        return checkpoints.taken(saved, self.param_groups, kept, names)

    def _prepare_update(
        self, group: Group, params: list[Tensor], grads: list[Tensor], clip: clipping.Clip | None
    ) -> list[Callable[[], None]]:
        """What updates the parameters of a group that have a gradient."""
        if self.defaults["differentiable"] and any(p.is_leaf and p.requires_grad for p in params):
            raise RuntimeError("`differentiable` needs parameters that are no leaves of the graph")
        initial = self._initial_states(group)
        states = self._states_of(params)
        firsts = self._make_missing(params, states, group, initial)
        if not torch.compiler.is_compiling():  # which finds out by itself, as it traces
            known = self._fitting.get(id(group), ())
            given = params, grads, states, initial, self._scalar_keys
            self._fitting[id(group)] = fitting(known, *given)
        changes: list[Callable[[], None]] = []
        if any(firsts):
            changes.append(partial(self._adopt, params, states, firsts))
        if self._step_key:
            changes.append(partial(_count, group, states, self._step_key))
        if not shards.are_plain(params) and self._is_local(group):
            params, states = shards.local(params), shards.local_states(states)
        if option(group, "capturable") or self.defaults["differentiable"]:
            work = group, params, grads, clip
            changes.append(partial(self._update_on_device, work, states, firsts, initial))
            return changes
        names = ("t" if self._step_key else "first", *self._scalar_states)
        times = [number(s[self._step_key]) + 1 for s in states] if self._step_key else firsts
        others = self._scalar_states.values()
        scalars = [
            (time, *(number(s[key]) if key in initial else 0.0 for key in others))
            for time, s in zip(times, states, strict=True)
        ]
        settings = {name: number(group[name]) for name in self._arguments}
        is_subclassed = any(type(p) not in PLAIN for p in params)
        if (
            is_subclassed and (shards.are_any(params) or not option(group, "foreach"))
        ) or sparse.is_among(grads):
            for i, (p, grad, values) in enumerate(zip(params, grads, scalars, strict=True)):
                named = dict(zip(names, values, strict=True)) | settings
                clipped = partial(clip.one, row=i) if clip else None
                own = partial(self._update_one, p, grad, states[i], initial, named, clipped)
                changes.append(own)
            return changes
        kinds = alike(
            (p.device, p.dtype, grad.dtype, *values)
            for p, grad, values in zip(params, grads, scalars, strict=True)
        )
        for (device, dtype, _, *values), rows in kinds.items():
            step, new = self._step_of(dict(zip(names, values, strict=True)) | settings)
            require_range(vars(step), dtype)
            most = _CPU_PIECE if device.type == "cpu" else _PIECE
            for piece in pieces(rows, params, 0 if option(group, "foreach") is False else most):
                together = partial(
                    self._update_together,
                    [params[i] for i in piece],
                    [grads[i] for i in piece],
                    [states[i] for i in piece],
                    initial,
                    step,
                    partial(clip.together, rows=piece) if clip else None,
                )
                changes.append(together)
            kept = dict(zip(self._scalar_states.values(), new, strict=True))
            changes.append(partial(_fill, at(states, rows), kept, initial))
        return changes

    def _update_on_device(
        self, work: Work, states: list[State], firsts: list[bool], initial: dict[str, float]
    ) -> None:
        """Update a group with scalars that are tensors, of states that are counted already."""
        group, params, grads, clip = work
        settings = {name: live(group[name]) for name in self._arguments}
        for i, (p, grad, state) in enumerate(zip(params, grads, states, strict=True)):
            named: dict[str, Any] = {"first": firsts[i]}
            if self._step_key:
                named = {"t": live(state[self._step_key])}
            for name, key in self._scalar_states.items():
                named[name] = live(state[key]) if key in initial else 0.0
            clipped = partial(clip.one, row=i) if clip else None
            self._update_one(p, grad, state, initial, named | settings, clipped)

    def _prepare_fused(self, work: list[Work]) -> list[Callable[[], None]]:
        """What updates the fused groups.

        Those no kernel takes, of another dtype or layout, are updated as without ``fused``.
        """
        owners, states = [*self.state], [*self.state.values()]
        if not (same(owners, self._seen[0]) and same(states, self._seen[1])):
            self._kept.clear()
            self._seen = owners, states
        return [change for each in work for change in self._prepare_group(each)]

    def _prepare_group(self, work: Work) -> list[Callable[[], None]]:
        """The same for one group. Its batches are kept for as long as they hold."""
        group, params, grads, _ = work
        initial = self._initial_states(group)
        kept = self._kept.pop(id(group), None)
        launches: list[Callable[[], None]] = []
        if kept is None or not self._hold(kept, work, initial):
            if option(group, "fused") is None and not _are_for_kernels(params):  # any more
                return self._prepare_update(*work)
            batches, launches = self._gathered(work, initial)
            taken = {row for batch in batches for row in batch.rows}
            odd = [row for row in range(len(params)) if row not in taken]
            kept = _Kept(batches, odd, Likeness(grads))
        for batch in kept.batches:
            launches += self._launches(batch, _part(work, batch.rows))
        if kept.odd:
            launches += self._prepare_update(*_part(work, kept.odd))
        if not any(batch.first for batch in kept.batches):
            self._kept[id(group)] = kept
        return launches

    def _hold(self, kept: "_Kept", work: Work, initial: dict[str, float]) -> bool:
        """Whether batches of an earlier step are all there is to update at this one."""
        group, params, grads, _ = work
        if sum(len(batch.rows) for batch in kept.batches) + len(kept.odd) != len(params):
            return False
        if any(self._is_taken(params[row], grads[row], initial) for row in kept.odd):
            return False
        for batch in kept.batches:
            rows = batch.rows
            if not (
                batch.keys == initial.keys()
                and batch.holds(at(params, rows))
                and (kept.is_alike or batch.takes(at(grads, rows)))
                and (_is_read_on_device(group, batch.device) or batch.is_uniform())
            ):
                return False
        if not kept.is_alike:
            kept.grads = Likeness(grads)
        return True

    def _gathered(
        self, work: Work, initial: dict[str, float]
    ) -> tuple[list[Batch], list[Callable[[], None]]]:
        """Batches of the rows that kernels take, and what keeps the states made for them."""
        group, params, grads, _ = work
        kinds = alike((p.device, p.dtype) for p in params)
        self._check_fused(group, [device for device, _ in kinds])
        batches: list[Batch] = []
        changes: list[Callable[[], None]] = []
        for (device, _), rows in kinds.items():
            rows = [i for i in rows if self._is_taken(params[i], grads[i], initial)]
            if not rows:
                continue
            taken = [params[i] for i in rows]
            states = self._states_of(taken)
            firsts = self._make_missing(taken, states, group, initial)
            if any(firsts):
                changes.append(partial(self._adopt, taken, states, firsts))
            keys = [key if key in initial else None for key in self._tensor_states.values()]
            scalars = self._scalar_keys & initial.keys()
            read = [] if _is_read_on_device(group, device) else sorted(scalars)
            values = [Numbers([state[key] for state in states]).read() for key in read]
            for (first, *_), places in alike(zip(firsts, *values, strict=True)).items():
                own = at(rows, places), at(taken, places), at(states, places)
                batches.append(Batch(*own, keys, scalars, first=first))
        return batches, changes

    def _is_taken(self, p: Tensor, grad: Tensor, initial: Iterable[str]) -> bool:
        """Whether a kernel can update a parameter, of which states may be yet to be made."""
        if p.dtype.to_real() not in fused.engine(p.device.type).DTYPES:
            return False
        keys = set(self._tensor_states.values()).intersection(initial)
        # One that is yet to be made will be as the parameter.
        states = self.state.get(p, dict[str, Any]())
        made = [x for key, x in states.items() if key in keys and x is not None]
        return takes(shards.local([p, grad, *made]))

    def _launches(self, batch: Batch, work: Work) -> list[Callable[[], None]]:
        """The launch of a batch, and what keeps its new scalar states.

        A CUDA graph is to read scalars anew at every replay: then they are vectors on the device,
        a number a tensor.
        """
        group, _, grads, clip = work
        on_device = _is_read_on_device(group, batch.device)
        kept = {
            key: numbers.vector() if on_device else number(numbers.tensors[0])
            for key, numbers in batch.numbers.items()
        }
        scalars = {name: kept.get(key, 0.0) for name, key in self._scalar_states.items()}
        if self._step_key:
            scalars["t"] = kept[self._step_key] = kept[self._step_key] + 1
        else:
            scalars["first"] = batch.first
        settings = {name: (live if on_device else number)(group[name]) for name in self._arguments}
        step, new = self._step_of(scalars | settings)
        given = vars(step)
        if not on_device:
            require_range(given, work[1][0].dtype)
        kept |= zip(self._scalar_states.values(), new, strict=True)
        engine = fused.engine(batch.device.type)
        engine.require(self._kernel, self._fingerprint)
        launch = engine.prepare(self._kernel, batch, grads, given, clip)
        return [
            partial(_launch, launch, grads),
            # Once all is done.
            *(partial(numbers.fill, kept[key]) for key, numbers in batch.numbers.items()),
        ]

    def _update_together(
        self,
        params: list[Tensor],
        grads: list[Tensor],
        states: list[State],
        initial: dict[str, float],
        step: Step[float],
        clip: Callable[[list[Tensor]], Tensors] | None,
    ) -> None:
        """Update tensors of one kind in place; the step's scalars are Python numbers."""
        stored = [reals(params)]
        for key in self._tensor_states.values():
            stored.append(reals([state[key] for state in states]) if key in initial else [])
        dtype = arithmetic(stored[0][0].dtype)
        computed = [in_dtype(tensors, dtype) for tensors in stored]
        given = in_dtype(reals(grads), dtype)
        self._foreach(step, computed[0], clip(given) if clip else given, *computed[1:])
        for kept, tensors in zip(stored, computed, strict=True):
            if kept is not tensors:
                torch._foreach_copy_(kept, tensors)

    def _update_one(
        self,
        p: Tensor,
        grad: Tensor,
        state: State,
        initial: dict[str, float],
        scalars: dict[str, Any],
        clip: Callable[[Tensor], Tensor] | None,
    ) -> None:
        """Update one tensor by the form of the rule that differentiates, or the rows it names."""
        if sparse.is_among([grad]):
            keys = initial.keys() & {*self._tensor_states.values()}
            with sparse.rows(p, grad, state, keys) as (part, given, kept):
                self._update_one(part, given, kept, initial, scalars, clip)
            return
        differentiable = self.defaults["differentiable"]
        keys = ("", *self._tensor_states.values())  # "" is the parameter
        stored = {"": p} | {key: state[key] for key in keys if key in initial}
        dtype = arithmetic(real(p).dtype)
        # What autograd keeps of a value must not be overwritten below, hence the copies.
        ready = {k: real(x.clone() if differentiable else x).to(dtype) for k, x in stored.items()}
        theta, *states = (ready.get(key, p) for key in keys)
        given = real(grad).to(dtype)
        step, new = self._step_of(scalars)
        tensors = self._loop(step, theta, clip(given) if clip else given, *states)
        results = dict(zip(keys, tensors, strict=True))
        for key, x in stored.items():
            if differentiable and key:
                value = results[key].to(real(x).dtype)
                state[key] = torch.view_as_complex(value) if x.is_complex() else value
            else:
                real(x).copy_(results[key])
        for key, value in zip(self._scalar_states.values(), new, strict=True):
            if key in initial and differentiable:
                state[key] = value
            elif key in initial:
                state[key].fill_(value)


@dataclass
class _Kept:
    """The batches of a group, from one step to the next."""

    batches: list[Batch]
    odd: list[int]
    """The rows that no kernel takes."""
    grads: Likeness
    """Of gradients with which this was so."""
    is_alike: bool = True
    """Whether those of this step are such."""


def _fill(states: list[State], values: dict[str, float], initial: Iterable[str]) -> None:
    """Keep the new values of the scalar states that exist."""
    for key in values.keys() & initial:
        for state in states:
            state[key].fill_(values[key])


def _count(group: Group, states: list[State], key: str) -> None:
    """Count a step of each tensor."""
    counts = [state[key] for state in states]
    if option(group, "capturable"):
        torch._foreach_add_(counts, 1)
    else:  # a number would be made a tensor for each count anew
        torch._foreach_add_(counts, torch.ones((), dtype=torch.float64, device="cpu"), alpha=1)


def _is_to_be_made(scalar: Any) -> bool:
    """Whether a scalar state is not one of ours: a number, or a tensor that torch would make."""
    if isinstance(scalar, Tensor):
        return scalar.dtype != torch.float64
    return isinstance(scalar, float | int)


def _are_for_kernels(params: list[Tensor]) -> bool:
    """Whether kernels update tensors without having been asked to."""
    return (
        all(p.is_cuda for p in params)
        and PLAIN.issuperset(map(type, shards.local(params)))
        and all(map(fused.is_ready, {p.device for p in params}))
    )


def _launch(launch: Callable[[], None], _grads: list[Tensor]) -> None:
    """Launch what has the addresses of gradients that nobody else may hold: sums just received."""
    launch()


def _is_read_on_device(group: Group, device: torch.device) -> bool:
    """Whether scalars are read there, by a kernel, and never by the host."""
    return option(group, "capturable") and device.type == "cuda"


def _part(work: Work, rows: list[int]) -> Work:
    group, params, grads, clip = work
    if len(rows) == len(params):
        return work
    return group, at(params, rows), at(grads, rows), clip.of(rows) if clip else None


def _require_one_number(name: str, value: Any) -> None:
    members = cast("tuple[Any, ...]", value) if isinstance(value, tuple | list) else (value,)
    for x in members:
        if isinstance(x, Tensor) and x.numel() != 1:
            raise ValueError(f"{name} must be one number, got a tensor of shape {tuple(x.shape)}")
