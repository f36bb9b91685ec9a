"""What all optimizers share: arguments, states, one step, checkpoints."""

import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, cast

import numpy as np

from . import _checkpoints as checkpoints
from . import _clips as clipping
from . import _engines as engines
from . import _points as points
from . import _random as drawn
from . import _together as together
from . import _ufuncs as ufuncs
from ._checked import Checked
from ._clipping import TRANSFORMS
from ._engines import Engine
from ._errors import Deferred
from ._inputs import NONE, clipped, taken
from ._known import Kind, Known, States
from ._locks import lock
from ._over_time import at, number
from ._readable import Readable
from ._scalars import Number, Step
from ._settled import Settled
from ._shapes import Facts, told
from ._signals import Held
from ._states import arrays_of, starts_of
from ._trees import (
    Array,
    Gradients,
    Tree,
    key,
    leaves,
    require_doubles,
    require_matrices,
    require_seen,
)


class Optimizer(Checked, Readable):
    """Base of the generated optimizers, which add hyperparameters and one step's rule."""

    def __init__(
        self,
        error_if_nonfinite: bool,
        engine: Engine,
        *limits: Number | None,
    ) -> None:
        vars(self).update(zip(TRANSFORMS, limits, strict=True))
        self.error_if_nonfinite = error_if_nonfinite
        self.engine: Engine = engine
        engines.check(engine, self._kernel, self._no_kernel, type(self).__name__)
        self._step = 0
        self._scalars: dict[str, float] = {}
        self._states: dict[str, dict[str, Array]] = {}
        self._scratches: ufuncs.Scratches = {}
        self._known: Known | None = None
        self._changes = object()
        """Another one whenever states are changed."""
        self._lock = lock()
        now = at(self, set(self._over_time) - {"lr"}, 0)
        now._check_arguments(None if callable(self.lr) else self.lr)

    def __getstate__(self) -> dict[str, Any]:
        """All with copies of the states, as others may step while these are written.

        But for what is known of arrays, of which a copy has others, and the lock.
        """
        with self._lock:
            states = {
                name: {path: array.copy(order="K") for path, array in arrays.items()}
                for name, arrays in self._states.items()
            }
            kept = self.__dict__ | {
                "_known": None,
                "_scratches": {},
                "_settled": None,
                "_swap": None,
                "_states": states,
            }
        del kept["_lock"]
        return kept

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._lock = lock()

    @property
    def step(self) -> int:
        """The number of updates made."""
        return self._step

    def update(self, params: Tree, grads: Gradients, **inputs: Any) -> None:
        """Take one step: change ``params`` in place, leave ``grads`` alone.

        Args:
            params: floating-point arrays of any shape and memory layout, one or many in
                dicts, lists and tuples; the same at every call. They keep their dtype: float32,
                float64 and longdouble are computed in; float16 is stored, as are its states, and
                computed in float32. Complex numbers are refused, and dtypes that NumPy itself
                does not have, such as bfloat16.
            grads: the gradient of the loss at ``params``, in the same structure, shapes and
                dtypes; NumPy's own numbers for arrays without axes. Of a rule that takes gradients
                at other points too, a function that gives them at parameters, and with them,
                first, the loss where the rule reads that.
            inputs: what else the rule reads in this step, by the names that its class describes:
                numbers, or arrays nested like the gradients; they are left alone, too.

        Raises:
            ImportError: the engine is ``"numba"``, and it is not installed.
            RuntimeError: with ``error_if_nonfinite``, a norm to clip by is infinite or NaN; the
                compiled kernel is not of the spec that the class is of; or parameters hold an
                output.
            TypeError: a leaf is no array, or of a class that means something else by its
                elements, such as a masked array, or not of a floating-point dtype, or a matrix of
                longdoubles, of a rule that takes matrices apart; or an input is missing, or the
                rule has none of that name.
            ValueError: structures, shapes or dtypes differ, between the two or from those
                the states were made for; there is no array, one is read-only, or one shares
                memory with another parameter or a gradient, or elements of it with one another; a
                hyperparameter or the learning rate of this step lies outside its domain.

        Nothing has been changed when one of these is raised. What a handler of a signal raises, as
        that of Ctrl-C does, is raised before the step or after it. Floating-point errors within
        the step, treated as ``np.errstate`` says, are told after it. Threads that share an
        optimizer take turns.
        """
        is_taken = False
        with self._lock:
            self._require_own()
            if self._points and callable(grads):
                grads = points.gradients(self, params, grads, inputs)
            while not is_taken:
                known = self._changes
                changes, keep, errors = self._prepare(params, cast(Tree, grads), inputs)
                with Held(), errors:
                    if is_taken := self._changes is known:  # else a handler loaded, or stepped
                        for change in changes:
                            change()
                        keep()

    def _prepare(
        self, params: Tree, grads: Tree, given_inputs: Mapping[str, Any]
    ) -> tuple[list[Callable[[], Any]], Callable[[], None], AbstractContextManager[None]]:
        """All of a step that can fail: left are calls of what changes arrays, and of the last.

        And what they are called within.
        """
        now, settled = self._at_this_step()
        read = now._read_at(self._step + 1, settled.lr) if self._inputs or self._random else []
        inputs = NONE
        if self._inputs or given_inputs:
            inputs = taken(self._inputs, read, given_inputs, params, type(self).__name__)
        known, given = now._looked_at(params, grads, settled)
        cut = partial(
            clipping.clips, limits=settled.limits, error_if_nonfinite=self.error_if_nonfinite
        )
        if self._inputs or self._random:
            own = drawn.columns(self._random, read, known.thetas, self.seed, self._step + 1)
            known.inputs = clipped(self._inputs, inputs, cut).beside(own).rows(len(given))
        initial = known.initial
        scalars = {
            name: float(self._scalars.get(name, initial.get(name, 0.0)))
            for name in self._kept_numbers
        }
        numbers = {**settled.numbers, **scalars, **inputs.numbers}
        steps = {
            kind: self._step_of(settled.flags, numbers, dict(kind)) for kind in known.kinds_of_shape
        }
        step, new = next(iter(steps.values()))
        clips = cut(given)
        changes: list[Callable[[], Any]] = []
        errors: AbstractContextManager[None] = nullcontext()  # kernels tell of none
        is_compiled = engines.compiles(self.engine, self._kernel, known.size)
        for kind, rows in known.kinds_of_shape.items():
            step = steps[kind][0]
            if is_compiled:
                how = (self._kernel, self._fingerprint, known, given, clips, vars(step), rows)
                launches, rows = engines.compiled(*how)
                changes += launches
                if not rows:
                    continue
            errors = Deferred()
            for dtype, part in ufuncs.parts(given, rows, apart=self._rounds):
                rule = partial(self._rule, step.storing(dtype) if dtype else step)
                of = (rule, known, given, clips, part, self._scratch)
                changes += (
                    ufuncs.whole(*of, takes_turns=bool(self._totals))
                    if self._is_whole
                    else [ufuncs.blockwise(*of, self._scratches)]
                )
        values = zip(self._scalar_states, new, strict=True)
        kept = {name: value for name, value in values if name in initial}
        if self._global_states or self._totals:
            errors = Deferred()
            kept |= {name: scalars[name] for name in self._new_globals if name in initial}
            how = (step, (self._shared, self._own), self._totals, self._new_globals, kept)
            changes = [partial(together.run, changes, *how)]
        return changes, partial(self._keep, known, known.states, kept, self._step + 1), errors

    def _keep(
        self, known: Known | None, states: States, scalars: dict[str, float], step: int
    ) -> None:
        self._known = known
        if known:
            known.inputs = known.none
        self._states = states
        self._scalars = scalars
        self._step = step
        self._changes = object()

    def state_dict(self) -> dict[str, Array]:
        """Copies of all states by name and path, ``{"step": ..., "m/layer/weight": ...}``.

        ``np.savez(file, **optimizer.state_dict())`` keeps them; hyperparameters are not
        among them.
        """
        with self._lock:
            kept = {"step": np.array(self._step)}
            kept |= {"seed": np.array(self.seed, np.uint64)} if self._random else {}
            kept |= {name: np.array(value) for name, value in self._scalars.items()}
            for name, arrays in self._states.items():
                kept |= {key(name, path): np.array(array) for path, array in arrays.items()}
        return kept

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        """Take over states kept by :meth:`state_dict`, also as ``np.load`` gives them back.

        Raises:
            RuntimeError: parameters hold an output.
            TypeError: a state is not of a floating-point dtype.
            ValueError: a state is missing or is none of this optimizer's under its present
                options, or the step is no whole number.

        Nothing has been changed when one of these is raised.
        """
        # Asked is which states there are: a rate of any step will do.
        rate = math.nan if callable(self.lr) else number(self.lr)
        now = at(self, set(self._over_time) - {"lr"}, checkpoints.last_step(state))
        names = now._existing(rate, told(self._facts, (), 0.0)).keys()
        numbers = [name for name in self._kept_numbers if name in names]
        # Those of other shapes may have others.
        tensors = [name for name in self._tensor_states if name in names or self._facts]
        always = ("step", "seed") if self._random else ("step",)
        found = checkpoints.read(state, tensors, numbers, always, may_lack=bool(self._facts))
        with self._lock, Held():
            self._require_own()
            self._keep(None, found.states, found.scalars, found.step)
            self.seed = found.seed

    def _step_of(
        self, flags: Mapping[str, bool], numbers: dict[str, Any], shape: Facts
    ) -> tuple[Step, tuple[float, ...]]:
        """The next step, and the new values of the scalar states that are given.

        It is that of parameters of one kind of shape. States and inputs are among the numbers.
        """
        step = Step()
        known = vars(step)
        known |= flags
        return step, self._coefficients(step, t=self._step + 1, **numbers, **shape) or ()

    def _looked_at(self, params: Tree, grads: Tree, settled: Settled) -> tuple[Known, list[Array]]:
        """What is known of the arrays of a step, and its gradients."""
        known = self._known  # a handler may load another checkpoint at any line
        if known and (known.settled is settled or self._is_so(known, settled)):
            given = known.gradients(params, grads)
            if given is not None:
                return known, given
        lr = settled.lr
        found = leaves(params, grads)
        if self._on_matrices:
            require_matrices(found, type(self).__name__)
        if self._factorises:
            require_doubles(found, type(self).__name__)
        if self._sees:
            require_seen(found, type(self).__name__, self._view, self._viewing)
        starts = starts_of(found, self._facts, partial(self._existing, lr), self._view)
        states = {
            name: arrays_of(name, self._states, own, self._axes.get(name, ()), found, self._view)
            for name in self._tensor_states
            if (own := starts.of(name))
        }
        known = Known(params, grads, found, states, self._tensor_states, starts.kinds)
        known.existing = starts.existing
        if self._sees:
            known.see(self._view, {*self._axes})
        self._is_so(known, settled)
        return known, [grad for _, grad in found.values()]

    def _is_so(self, known: Known, settled: Settled) -> bool:
        """Whether what is known of arrays holds with these arguments; it is kept that it does."""
        lr = settled.lr
        holds = known.existing == self._existing_in(known.kinds_of_shape, lr)
        if holds and known.is_seen_by(self._view):
            known.initial = self._existing(lr, dict(next(iter(known.kinds_of_shape))))
            known.settled = settled
            return True
        return False

    def _existing_in(self, kinds: Iterable[Kind], lr: float) -> list[list[str]]:
        """The names of the states that exist, for each kind of shape."""
        return [[*self._existing(lr, dict(kind))] for kind in kinds]
