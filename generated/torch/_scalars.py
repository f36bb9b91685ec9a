"""Functions of scalars that may be Python floats or 0-d tensors."""

import math
from typing import TypeAlias

import torch
from torch import Tensor

Scalar: TypeAlias = float | Tensor


def one_minus_power(base: Scalar, exponent: Scalar) -> Scalar:
    """``1 - base**exponent`` for a base in [0, 1], without cancellation."""
    if isinstance(base, Tensor):
        return -torch.expm1(exponent * torch.log(base))
    if base <= 0:
        return 1.0
    return -expm1(exponent * math.log(base))


def sqrt(x: Scalar) -> Scalar:
    return torch.sqrt(x) if isinstance(x, Tensor) else math.sqrt(x)


def exp(x: Scalar) -> Scalar:
    return torch.exp(x) if isinstance(x, Tensor) else math.exp(x)


def expm1(x: Scalar) -> Scalar:
    return torch.expm1(x) if isinstance(x, Tensor) else math.expm1(x)


def log(x: Scalar) -> Scalar:
    return torch.log(x) if isinstance(x, Tensor) else math.log(x)


def sign(x: Scalar) -> Scalar:
    return torch.sign(x) if isinstance(x, Tensor) else math.copysign(x != 0, x)


def maximum(x: Scalar, y: Scalar) -> Scalar:
    if isinstance(x, Tensor):
        return torch.maximum(x, y) if isinstance(y, Tensor) else torch.clamp(x, min=y)
    return torch.clamp(y, min=x) if isinstance(y, Tensor) else max(x, y)


def minimum(x: Scalar, y: Scalar) -> Scalar:
    if isinstance(x, Tensor):
        return torch.minimum(x, y) if isinstance(y, Tensor) else torch.clamp(x, max=y)
    return torch.clamp(y, max=x) if isinstance(y, Tensor) else min(x, y)
