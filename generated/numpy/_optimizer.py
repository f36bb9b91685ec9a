"""What all optimizers share: parameters in any nesting, states, blocks, checkpoints."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
"""A floating-point array of any shape."""

Tree: TypeAlias = "Array | Mapping[str, Tree] | Sequence[Tree]"
"""One array, or arrays in dicts, lists and tuples, nested in any way."""

Rate: TypeAlias = float | Callable[[int], float]
"""A learning rate, or a function that gives it from the 0-based step."""

Rule: TypeAlias = Callable[..., None]
"""Updates blocks in place: ``rule(theta, grad, *states, *scratch)``."""

BLOCK = 1 << 15
"""Elements worked on at a time, so that a block and its states stay in the cache."""


class Optimizer(ABC):
    """Base of the generated optimizers, which add hyperparameters and one step's rule."""

    _tensor_states: ClassVar[tuple[str, ...]] = ()
    _scalar_states: ClassVar[tuple[str, ...]] = ()
    _scratch: ClassVar[int] = 0
    _blockwise: ClassVar[bool] = True

    lr: Rate

    def __init__(self) -> None:
        self._step = 0
        self._scalars: dict[str, float] = {}
        self._states: dict[str, dict[str, Array]] = {}
        self._buffers: dict[np.dtype[Any], list[Array]] = {}

    @property
    def step(self) -> int:
        """The number of updates made."""
        return self._step

    def update(self, params: Tree, grads: Tree) -> None:
        """Take one step: change ``params`` in place, leave ``grads`` alone.

        Args:
            params: floating-point arrays of any shape, one or many in dicts and lists; the
                same at every call. They keep their dtype.
            grads: the gradient of the loss at ``params``, in the same structure, shapes and
                dtypes.

        Raises:
            TypeError: a leaf is no array, or not of a floating-point dtype.
            ValueError: structures, shapes or dtypes differ, between the two or from those
                the states were made for; an array is read-only; a hyperparameter or the
                learning rate of this step lies outside its domain.

        Nothing has been changed when one of these is raised.
        """
        leaves = _paired(params, grads)
        lr = float(self.lr(self._step) if callable(self.lr) else self.lr)
        self._check(lr)
        initial = self._initial()
        self._match(leaves)
        for name in initial.keys() - self._scalars.keys() & set(self._scalar_states):
            self._scalars[name] = initial[name]
        scalars = {name: self._scalars[name] for name in self._scalar_states}
        rule, scalars = self._rule(self._step + 1, lr, **scalars)
        present = [name for name in self._tensor_states if name in initial]
        for path, (theta, grad) in leaves.items():
            for name in present:
                states = self._states.setdefault(name, {})
                if path not in states:
                    states[path] = np.full_like(theta, initial[name])
            states = [self._states[name][path] for name in present]
            for block in self._blocks(theta, grad, states):
                given = dict(zip(present, block[2:], strict=True))
                slots = (given.get(name) for name in self._tensor_states)
                rule(block[0], block[1], *slots, *self._scratch_for(block[0]))
        self._scalars.update(scalars)
        self._step += 1

    def state_dict(self) -> dict[str, Array]:
        """Copies of all states by name and path, ``{"step": ..., "m/layer/weight": ...}``.

        ``np.savez(file, **optimizer.state_dict())`` keeps them; hyperparameters are not
        among them.
        """
        kept = {"step": np.array(self._step)}
        kept |= {name: np.array(value) for name, value in self._scalars.items()}
        for name, arrays in self._states.items():
            kept |= {f"{name}/{path}" if path else name: a.copy() for path, a in arrays.items()}
        return kept

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        """Take over states kept by :meth:`state_dict`, also as ``np.load`` gives them back.

        Raises:
            ValueError: a state is missing, or is none of this optimizer's. Nothing has been
                changed then.
        """
        initial = self._initial()
        states: dict[str, dict[str, Array]] = {n: {} for n in self._tensor_states if n in initial}
        scalars: dict[str, float] = {}
        for key in state:
            name, _, path = key.partition("/")
            if name in states:
                states[name][path] = np.array(state[key])
            elif key in self._scalar_states:
                scalars[key] = float(state[key])
            elif key != "step":
                known = ", ".join(["step", *self._scalar_states, *states])
                raise ValueError(f"unknown state {key!r}; the states here are {known}")
        if "step" not in state:
            raise ValueError("the state 'step' is missing")
        step = int(state["step"])
        paths = {path for arrays in states.values() for path in arrays}
        needed = self._scalar_states if step else ()
        missing = [name for name in needed if name not in scalars]
        missing += [
            f"{name}/{path}" if path else name
            for name, arrays in states.items()
            for path in sorted(paths - arrays.keys())
        ]
        if missing:
            raise ValueError(f"states are missing: {', '.join(missing)}")
        self._step, self._scalars, self._states = step, scalars, states

    @abstractmethod
    def _check(self, lr: float) -> None:
        """Raise ValueError for a hyperparameter outside its domain."""

    @abstractmethod
    def _initial(self) -> dict[str, float]:
        """The initial value of every state that exists under the present options."""

    @abstractmethod
    def _rule(self, t: int, lr: float, **scalars: float) -> tuple[Rule, dict[str, float]]:
        """The rule of step t, and the new values of the scalar states."""

    def _match(self, leaves: Mapping[str, tuple[Array, Array]]) -> None:
        """Check that the states present were made for these parameters."""
        for name, arrays in self._states.items():
            if arrays and arrays.keys() != leaves.keys():
                odd = sorted(arrays.keys() ^ leaves.keys())
                raise ValueError(f"params differ from those state {name!r} was made for: {odd}")
            for path, array in arrays.items():
                _require_like(leaves[path][0], array, f"params{_at(path)}", f"its state {name!r}")

    def _blocks(self, theta: Array, grad: Array, states: list[Array]) -> Iterator[Sequence[Array]]:
        """The arrays, flat and a block at a time, or whole where the rule needs them whole."""
        if not self._blockwise:
            yield (theta, grad, *states)
            return
        with np.nditer(
            [theta, grad, *states],
            flags=["external_loop", "buffered", "zerosize_ok"],
            op_flags=[["readwrite"], ["readonly"], *(["readwrite"] for _ in states)],
            buffersize=BLOCK,
        ) as blocks:
            if theta.size:
                yield from blocks

    def _scratch_for(self, block: Array) -> list[Array]:
        """Scratch arrays like the block, reused from call to call."""
        if not self._blockwise:
            return [np.empty_like(block) for _ in range(self._scratch)]
        buffers = self._buffers.get(block.dtype)
        if buffers is None:
            buffers = [np.empty(BLOCK, block.dtype) for _ in range(self._scratch)]
            self._buffers[block.dtype] = buffers
        return buffers if block.size == BLOCK else [b[: block.size] for b in buffers]


def require(condition: bool, name: str, value: float, domain: str) -> None:
    """Raise ValueError unless a hyperparameter meets the condition that is its domain."""
    if not condition:
        raise ValueError(f"{name} must satisfy {domain}, got {value!r}")


def one_minus_power(base: float, exponent: float) -> float:
    """``1 - base**exponent`` for a base in [0, 1], without cancellation."""
    return -math.expm1(exponent * math.log(base)) if base > 0 else 1.0


def _paired(params: Tree, grads: Tree) -> dict[str, tuple[Array, Array]]:
    """Parameters and gradients by path, checked to fit each other."""
    theta = dict(_leaves(params, "", "params"))
    grad = dict(_leaves(grads, "", "grads"))
    if theta.keys() != grad.keys():
        odd = sorted(theta.keys() ^ grad.keys())
        raise ValueError(f"params and grads differ in structure: only one of them has {odd}")
    for path, array in theta.items():
        if not array.flags.writeable:
            raise ValueError(f"params{_at(path)} is read-only")
        _require_like(grad[path], array, f"grads{_at(path)}", f"params{_at(path)}")
    return {path: (array, grad[path]) for path, array in theta.items()}


def _leaves(tree: Tree, path: str, what: str) -> Iterator[tuple[str, Array]]:
    if isinstance(tree, np.ndarray):
        if not np.issubdtype(tree.dtype, np.floating):
            raise TypeError(f"{what}{_at(path)} must be of a floating dtype, got {tree.dtype}")
        yield path, tree
    elif isinstance(tree, Mapping):
        for key, value in tree.items():
            if "/" in str(key):
                raise ValueError(f"{what}{_at(path)} has a key with a '/': {key!r}")
            yield from _leaves(value, f"{path}/{key}" if path else str(key), what)
    elif isinstance(tree, list | tuple):
        for i, value in enumerate(tree):
            yield from _leaves(value, f"{path}/{i}" if path else str(i), what)
    else:
        raise TypeError(f"{what}{_at(path)} must be a NumPy array, got {type(tree).__name__}")


def _require_like(array: Array, model: Array, what: str, other: str) -> None:
    if array.shape != model.shape:
        raise ValueError(f"{what} has shape {array.shape}, but {other} has {model.shape}")
    if array.dtype != model.dtype:
        raise ValueError(f"{what} has dtype {array.dtype}, but {other} has {model.dtype}")


def _at(path: str) -> str:
    return f"[{path!r}]" if path else ""
