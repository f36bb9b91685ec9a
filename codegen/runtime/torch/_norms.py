"""Euclidean norms and means of tensors of any magnitude: no square overflows or vanishes.

``norms``  of each of some tensors that one call can take.
``combined``  over parts, tensors or shards of them, of the norms of the parts.
``each``  of each of some, in their dtype.
``norm``, ``mean``  of one tensor, in its dtype, as rules take them.

On the CPU a norm is taken as torch takes it, looked at, and taken again of numbers that are scaled,
where it is too small or too large to be right. Other devices are not waited for, nor can a compiler
look: there squares are summed in float64, and what is float64 itself is scaled.
"""

import torch
from torch import Tensor

from ._shards import with_elements
from ._tensors import PLAIN, Tensors, arithmetic, real

_SPARE = 28
"""Bits that an ordinary norm lies above what squares to the smallest normal number: elements whose
squares vanish are then less than a rounding of it, of 2**30 elements too."""


def norms(tensors: Tensors) -> Tensor:
    """The norms of tensors of one dtype and type on one device, in a vector.

    It is in the dtype that they are computed with, or in float64: where one is too large for the
    other, and always where nothing is looked at.
    """
    first = tensors[0]
    dtype = arithmetic(first.dtype)
    wider = None if dtype == first.dtype else dtype
    if not can_look(first):
        return torch.stack(_norms_unseen(tensors))
    plain = torch.stack(torch._foreach_norm(tensors, 2, dtype=wider))
    ordinary = is_ordinary(plain).tolist()
    if all(ordinary):
        return plain
    found = [
        norm.double() if is_right else _norm_scaled(x)
        for x, norm, is_right in zip(tensors, plain.unbind(), ordinary, strict=True)
    ]
    exact = torch.stack(found)
    fitting = exact.to(plain.dtype)
    return fitting if torch.equal(fitting.isinf(), exact.isinf()) else exact


def combined(parts: Tensor) -> Tensor:
    """The norm over parts whose norms lie in a vector, 0-d."""
    return norms([parts])[0]


def norm(x: Tensor) -> Tensor:
    """The norm of a tensor, 0-d and of its dtype; infinite where it is too large for that."""
    return norms([x])[0].to(x.dtype)


def each(tensors: Tensors) -> list[Tensor]:
    """The norms of tensors of one dtype and type on one device, each as :func:`norm` has it."""
    return list(norms(tensors).to(tensors[0].dtype).unbind())


def mean(x: Tensor) -> Tensor:
    """The mean of a tensor, 0-d and of its dtype; NaN of no elements."""
    if can_look(x):
        plain = x.mean()
        if plain.isfinite() or not x.numel():
            return plain
    if x.dtype != torch.float64 and _has_double(x.device):
        return x.mean(dtype=torch.float64).to(x.dtype)
    scale = scaling(x)
    return (x * scale).mean() / scale


def _norms_unseen(tensors: Tensors) -> list[Tensor]:
    """Norms in float64, or in float32 where a device has nothing wider, of which none is read."""
    first = tensors[0]
    if real(first).dtype == torch.float64 or not _has_double(first.device):
        return [_norm_scaled(x) for x in tensors]
    tensors = [real(x) for x in tensors]
    if type(first) in PLAIN:
        return list(torch._foreach_norm(tensors, 2, dtype=torch.float64))
    return [torch.linalg.vector_norm(x, dtype=torch.float64) for x in tensors]


def _norm_scaled(x: Tensor) -> Tensor:
    x = real(x)
    x = x.to(arithmetic(x.dtype))
    scale = scaling(x)
    norm = torch.linalg.vector_norm(x * scale)
    if _has_double(x.device):
        norm, scale = norm.double(), scale.double()
    return norm / scale


def scaling(x: Tensor, axes: tuple[int, ...] = ()) -> Tensor:
    """A power of two that brings numbers far enough from the ends of their range, 0-d.

    Along axes it is one for each of the rest, and they have length one.
    """
    if not x.numel():
        return x.new_ones(())
    reach = 100 if x.dtype == torch.float32 else 990  # what is beyond is brought near enough
    size = with_elements(x.detach()).abs()
    exponent = torch.frexp(size.amax(axes, keepdim=bool(axes))).exponent
    return torch.exp2(-exponent.clamp(-reach, reach).to(x.dtype))


def is_ordinary(norm: Tensor) -> Tensor:
    low = torch.finfo(norm.dtype).tiny ** 0.5 * 2**_SPARE
    return norm.isfinite() & (norm > low)


def can_look(x: Tensor) -> bool:
    """Whether a number can be read without waiting: there is one, and it is the host's."""
    return x.is_cpu and type(x) in PLAIN and not torch.compiler.is_compiling()


def _has_double(device: torch.device) -> bool:
    return device.type != "mps"
