"""What ``fused=True`` runs on: an engine for each kind of device, imported when it is asked for.

An engine is a module with

``DTYPES``
    the dtypes of parameters it takes. Tensors of others are updated as without ``fused``.
``has(rule)``
    whether there is a kernel of the rule, which is its module.
``sees_lines(rule)``
    whether it must know which elements are a row: then it takes tensors in C's order alone.
``require(rule, fingerprint)``
    refuses, with a RuntimeError, a kernel that is not of the spec that the class is of.
``prepare(rule, batch, grads, scalars, clip, inputs, shapes)``
    everything that can fail, short of changing a tensor; what it returns does the rest, by one
    launch where it can. ``rule`` is the kernel's module. ``scalars`` are what the kernel takes from
    the host, by name. ``clip`` is what happens to these gradients. ``inputs`` are tensors beside
    them, in the order of the rule. ``shapes`` are those in which a rule of lines sees parameters.
``scales(ways, grads, memory)``
    what gradients on one device of that type are scaled by, as ``_clip_kernels`` says; None where
    no kernel takes norms.
``is_ready(device)``
    whether it runs there, compilers and all, and is to do so without having been asked for.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Protocol, cast

import torch
from torch import Tensor

from ._batch import Batch
from ._clip import Clip, Vectors, Way

_ENGINES = {"cpu": ("._numba", "Numba", "fast"), "cuda": ("._triton", "Triton", "cuda")}
"""By type of device: the module, what it needs, and the extra that installs that."""


class Engine(Protocol):
    """See above."""

    DTYPES: frozenset[torch.dtype]

    def has(self, rule: str) -> bool: ...

    def sees_lines(self, rule: str) -> bool: ...

    def require(self, rule: str, fingerprint: str) -> None: ...

    def prepare(
        self,
        rule: str,
        batch: Batch,
        grads: Sequence[Tensor],
        scalars: Mapping[str, Any],
        clip: Clip | None,
        inputs: Sequence[Sequence[Tensor] | None] = (),
        shapes: Sequence[Sequence[int]] = (),
    ) -> Callable[[], None]: ...

    def scales(
        self,
        ways: Sequence[Way | None],
        grads: Sequence[Sequence[Tensor]],
        memory: dict[Any, Any],
    ) -> list[Vectors] | None: ...

    def is_ready(self, device: torch.device) -> bool: ...


@cache
def engine(device: str) -> Engine:
    """The engine of a type of device.

    Raises:
        RuntimeError: there is none, or what it needs is not installed.
    """
    if device not in _ENGINES:
        raise RuntimeError(f"`fused=True` runs on {' and '.join(_ENGINES)}, not on {device}")
    module, needed, extra = _ENGINES[device]
    try:
        return cast(Engine, importlib.import_module(module, __package__))
    except ImportError as error:
        raise RuntimeError(
            f'`fused=True` on {device} needs {needed}: pip install "steprule[{extra}]"'
        ) from error


@cache
def is_ready(device: torch.device) -> bool:
    """Whether kernels run on a device that nobody has asked them to run on."""
    try:
        return engine(device.type).is_ready(device)
    except RuntimeError:
        return False
