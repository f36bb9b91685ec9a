"""Tensors as a rule takes them: their dtype, complex numbers, scalars."""

import math
from collections.abc import Sequence
from functools import cache
from numbers import Real
from typing import Any, TypeAlias, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensor

Tensors: TypeAlias = list[Tensor] | tuple[Tensor, ...]

PLAIN = frozenset((Tensor, torch.nn.Parameter))
"""Types whose elements are those of their memory; a subclass may mean something else by it."""


_PYTHON = frozenset((float, int, bool))
"""Types of most hyperparameters."""


def number(value: Any) -> Any:
    """A hyperparameter or scalar state as a Python number; a tuple as a tuple of them.

    What is none stays: a choice's word, and what is left out.
    """
    if type(value) in _PYTHON:
        return value
    if type(value) is tuple and all(type(v) in _PYTHON for v in cast("tuple[Any, ...]", value)):
        return cast("tuple[Any, ...]", value)
    if isinstance(value, np.ndarray) and value.size != 1:
        return tuple(cast("NDArray[Any]", value).tolist())
    if isinstance(value, Tensor | np.generic | np.ndarray):
        return value.item()
    if isinstance(value, tuple | list):
        return tuple([number(v) for v in cast("tuple[Any, ...]", value)])
    return float(value) if isinstance(value, Real) else value


def live(value: Any) -> Any:
    """The same, with tensors left as 0-d tensors: in float64, and on their device.

    They are copies, so that changing the original does not invalidate what autograd keeps.
    """
    if isinstance(value, tuple | list):
        return tuple(live(v) for v in cast("tuple[Any, ...]", value))
    if isinstance(value, Tensor):
        return value.to(torch.float64, copy=True).reshape(())
    return number(value)


def real(x: Tensor) -> Tensor:
    """A complex tensor viewed as pairs of reals."""
    return torch.view_as_real(x) if x.is_complex() else x


def reals(tensors: list[Tensor]) -> list[Tensor]:
    if tensors and tensors[0].is_complex():
        return [torch.view_as_real(x) for x in tensors]
    return tensors


def is_of_kind(x: Tensor, model: Tensor) -> bool:
    """Whether a tensor is of numbers with a fraction, complex ones just where the other is."""
    return x.is_complex() == model.is_complex() and (x.is_complex() or x.is_floating_point())


def is_computed_with(dtype: torch.dtype) -> bool:
    """Whether its numbers have a fraction, and torch computes with them: not so with 8 bits."""
    return dtype.is_complex or (dtype.is_floating_point and dtype.itemsize > 1)


def arithmetic(dtype: torch.dtype) -> torch.dtype:
    """The dtype computed in for a dtype stored: half precision is not computed with."""
    return torch.float32 if dtype in (torch.float16, torch.bfloat16) else dtype


def require_range(scalars: dict[str, float], dtype: torch.dtype) -> None:
    """Raise ValueError for a finite scalar that tensors of a dtype cannot be multiplied by."""
    most = _largest(dtype)
    for name, value in scalars.items():
        if most < abs(value) < math.inf:
            dtype = arithmetic(dtype.to_real())
            raise ValueError(
                f"a step would take {name} = {value:.3g}, and the largest number of {dtype} is "
                f"{most:.3g}; choose smaller hyperparameters"
            )


@cache
def _largest(dtype: torch.dtype) -> float:
    return torch.finfo(arithmetic(dtype.to_real())).max


def require_one_number(name: str, value: Any) -> None:
    """Raise ValueError for an argument that is a tensor of several numbers, or has one."""
    members = cast("tuple[Any, ...]", value) if isinstance(value, tuple | list) else (value,)
    for x in members:
        if isinstance(x, Tensor) and x.numel() != 1:
            raise ValueError(f"{name} must be one number, got a tensor of shape {tuple(x.shape)}")


def has_numbers(x: Any) -> bool:
    """Whether it can be read: the tensors of ``FakeTensorMode`` cannot."""
    return not isinstance(x, FakeTensor)


def in_dtype(tensors: list[Tensor], dtype: torch.dtype) -> list[Tensor]:
    """The tensors, which are of one dtype, in another; the same list where it is the same."""
    same = not tensors or tensors[0].dtype == dtype
    return tensors if same else [x.to(dtype) for x in tensors]


def addresses(tensors: Sequence[Tensor]) -> NDArray[np.int64]:
    return np.fromiter(map(Tensor.data_ptr, tensors), np.int64, len(tensors))
