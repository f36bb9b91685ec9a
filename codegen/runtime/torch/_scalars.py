"""Scalars, which may be Python floats or 0-d tensors: those of a step, and functions of them."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar, overload

import torch
from torch import Tensor

Scalar: TypeAlias = float | Tensor
S = TypeVar("S")


class Step(Generic[S]):
    """What is the same for all elements in a step of a rule: scalars by name, and flags.

    Attributes:
        storage: the dtype that the tensors at hand are kept in; no scalar.
    """

    __slots__ = ("__dict__", "storage")

    storage: torch.dtype

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> S: ...
        def __setattr__(self, name: str, value: S | None) -> None: ...


@overload
def one_minus_power(base: float, exponent: float) -> float: ...
@overload
def one_minus_power(base: Scalar, exponent: Scalar) -> Scalar: ...
def one_minus_power(base: Scalar, exponent: Scalar) -> Scalar:
    """``1 - base**exponent`` for a base in [0, 1], without cancellation."""
    plain = 1 - base**exponent
    if isinstance(base, Tensor):
        # The derivative of the branch that is not taken counts 0 times, and must be finite.
        positive = torch.where(base > 0, base, 1.0)
        return torch.where(base > 0, -torch.expm1(exponent * torch.log(positive)), plain)
    if base <= 0:
        return plain
    return -expm1(exponent * math.log(base))


@overload
def sqrt(x: Tensor) -> Tensor: ...
@overload
def sqrt(x: float) -> float: ...
def sqrt(x: Scalar) -> Scalar:
    return torch.sqrt(x) if isinstance(x, Tensor) else math.sqrt(x)


@overload
def exp(x: Tensor) -> Tensor: ...
@overload
def exp(x: float) -> float: ...
def exp(x: Scalar) -> Scalar:
    return torch.exp(x) if isinstance(x, Tensor) else math.exp(x)


@overload
def expm1(x: Tensor) -> Tensor: ...
@overload
def expm1(x: float) -> float: ...
def expm1(x: Scalar) -> Scalar:
    return torch.expm1(x) if isinstance(x, Tensor) else math.expm1(x)


@overload
def log(x: Tensor) -> Tensor: ...
@overload
def log(x: float) -> float: ...
def log(x: Scalar) -> Scalar:
    return torch.log(x) if isinstance(x, Tensor) else math.log(x)


@overload
def tanh(x: Tensor) -> Tensor: ...
@overload
def tanh(x: float) -> float: ...
def tanh(x: Scalar) -> Scalar:
    return torch.tanh(x) if isinstance(x, Tensor) else math.tanh(x)


@overload
def erf(x: Tensor) -> Tensor: ...
@overload
def erf(x: float) -> float: ...
def erf(x: Scalar) -> Scalar:
    return torch.erf(x) if isinstance(x, Tensor) else math.erf(x)


@overload
def atan2(y: Tensor, x: Scalar) -> Tensor: ...
@overload
def atan2(y: Scalar, x: Tensor) -> Tensor: ...
@overload
def atan2(y: float, x: float) -> float: ...
def atan2(y: Scalar, x: Scalar) -> Scalar:
    """The angle of the point (x, y), of tensors of any shape too, which torch asks both to be."""
    if isinstance(y, Tensor):
        return torch.atan2(y, x if isinstance(x, Tensor) else torch.full_like(y, x))
    return torch.atan2(torch.full_like(x, y), x) if isinstance(x, Tensor) else math.atan2(y, x)


@overload
def cos(x: Tensor) -> Tensor: ...
@overload
def cos(x: float) -> float: ...
def cos(x: Scalar) -> Scalar:
    return torch.cos(x) if isinstance(x, Tensor) else math.cos(x)


@overload
def sin(x: Tensor) -> Tensor: ...
@overload
def sin(x: float) -> float: ...
def sin(x: Scalar) -> Scalar:
    return torch.sin(x) if isinstance(x, Tensor) else math.sin(x)


@overload
def floor(x: Tensor) -> Tensor: ...
@overload
def floor(x: float) -> float: ...
def floor(x: Scalar) -> Scalar:
    return torch.floor(x) if isinstance(x, Tensor) else math.floor(x)


@overload
def sign(x: Tensor) -> Tensor: ...
@overload
def sign(x: float) -> float: ...
def sign(x: Scalar) -> Scalar:
    """-1, 0 or 1, of tensors of any shape too; of NaN it is NaN, where torch.sign says 0."""
    if isinstance(x, Tensor):
        return torch.where(torch.isnan(x), x, torch.sign(x))
    return math.copysign(x != 0, x)


@overload
def maximum(x: Tensor, y: Scalar) -> Tensor: ...
@overload
def maximum(x: Scalar, y: Tensor) -> Tensor: ...
@overload
def maximum(x: float, y: float) -> float: ...
@overload
def maximum(x: Scalar, y: Scalar) -> Scalar: ...
def maximum(x: Scalar, y: Scalar) -> Scalar:
    if isinstance(x, Tensor):
        return torch.maximum(x, y) if isinstance(y, Tensor) else torch.clamp(x, min=y)
    return torch.clamp(y, min=x) if isinstance(y, Tensor) else max(x, y)


@overload
def minimum(x: Tensor, y: Scalar) -> Tensor: ...
@overload
def minimum(x: Scalar, y: Tensor) -> Tensor: ...
@overload
def minimum(x: float, y: float) -> float: ...
@overload
def minimum(x: Scalar, y: Scalar) -> Scalar: ...
def minimum(x: Scalar, y: Scalar) -> Scalar:
    if isinstance(x, Tensor):
        return torch.minimum(x, y) if isinstance(y, Tensor) else torch.clamp(x, max=y)
    return torch.clamp(y, max=x) if isinstance(y, Tensor) else min(x, y)


def flag(test: Scalar) -> bool | Tensor:
    """What a rule branches on; a tensor where the host must not wait for it.

    What autograd sees is decided here: of what is not chosen it would ask for derivatives.
    """
    return test if isinstance(test, Tensor) and not torch.is_grad_enabled() else bool(test)


def chosen(test: Scalar, yes: Callable[[], Scalar], no: Callable[[], Scalar]) -> float | Tensor:
    """One of two scalars; both are computed where the host must not wait for the test."""
    known = flag(test)
    if not isinstance(known, Tensor):
        return yes() if known else no()
    either = (x if isinstance(x, Tensor) else _beside(known, x) for x in (yes(), no()))
    return torch.where(known, *either)


def _beside(test: Tensor, x: float) -> Tensor:
    return torch.full_like(test, x, dtype=torch.float64)


@overload
def clip(x: Tensor, low: Scalar, high: Scalar) -> Tensor: ...
@overload
def clip(x: Scalar, low: Tensor, high: Tensor) -> Tensor: ...
def clip(x: Scalar, low: Scalar, high: Scalar) -> Scalar:
    """What lies within bounds, of which some are numbers, where torch asks for tensors alone."""
    return minimum(maximum(x, low), high)


@overload
def taken(test: Scalar, yes: Tensor, no: Scalar) -> Tensor: ...
@overload
def taken(test: Scalar, yes: Scalar, no: Tensor) -> Tensor: ...
def taken(test: Scalar, yes: Scalar, no: Scalar) -> Scalar:
    """One of two tensors, or a tensor and a number for its elements, by one test for them all."""
    if isinstance(test, Tensor):
        return torch.where(test, yes, no)
    choice, other = (yes, no) if test else (no, yes)
    if isinstance(other, Tensor) and not isinstance(choice, Tensor):
        return torch.full_like(other, choice)
    return choice


def both(first: Scalar, second: Callable[[], bool | Tensor]) -> bool | Tensor:
    """Whether two tests hold; the second is not made where the first is known to fail."""
    known = flag(first)
    if isinstance(known, Tensor):
        return known & second()
    return known and second()


def either(first: Scalar, second: Callable[[], bool | Tensor]) -> bool | Tensor:
    """Whether one of two tests holds; the second is not made where the first is known to."""
    known = flag(first)
    if isinstance(known, Tensor):
        return known | second()
    return known or second()


def opposite(test: Scalar) -> bool | Tensor:
    known = flag(test)
    return ~known if isinstance(known, Tensor) else not known
