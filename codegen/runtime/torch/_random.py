"""Random numbers that a step draws, as tensors like its parameters; :mod:`._philox` says which.

A :class:`Draw` stands among the inputs of a rule in a tensor's place, and is made one where that is
read: of a few parameters at a time, if torch's operations update them.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor

from . import _shards as shards
from ._philox import NORMAL, RADEMACHER, STREAMS, Words, words
from ._runs import Runs, from_local, runs
from ._tensors import real

CHUNK = 1 << 16
"""Elements drawn at a time on the CPU: their words stay in the cache."""


class Draw(NamedTuple):
    """What a step draws for a parameter.

    Args:
        source: what kind of random numbers.
        stream: the first of their streams.
        seed: of the parameter's group.
        number: the parameter's place among the optimizer's.
        param: the parameter, as the rule is given it or as its user has it.
        is_local: whether of a DTensor what this rank holds is drawn, as a plain tensor.
        t: the step, a number or a tensor of one.
    """

    source: str
    stream: int
    seed: int
    number: int
    param: Tensor
    is_local: bool
    t: Any = None

    def tensor(self, dtype: torch.dtype) -> Tensor:
        """The numbers, which are real."""
        param: Any = self.param.detach()
        local = real(getattr(param, "_local_tensor", param))
        held = runs(param)
        if param.is_complex():
            held = Runs(2 * held.starts, 2 * held.length)
        found = _drawn(self, held, dtype, local.device).view(local.shape)
        if hasattr(param, "_local_tensor") and not self.is_local:
            return from_local(found, param)
        return found

    def whole(self, param: Tensor) -> "Draw":
        """The same for all of a DTensor, put together."""
        return self._replace(param=param)


def draws(
    declared: Mapping[str, str],
    read: Iterable[str],
    seed: int,
    params: Sequence[Tensor],
    numbers: Mapping[Tensor, int],
    *,
    is_local: bool,
) -> list[list[Draw] | None]:
    """What a step draws for parameters of a group, in the order of the rule; None if it reads none.

    Args:
        declared: by name, what kind of random numbers.
        read: the names of what the step reads.
        seed: of the group.
        params: those that have a gradient.
        numbers: the places of all parameters among the optimizer's.
        is_local: whether a rank updates what it holds by itself.
    """
    read = set(read)
    return [
        [Draw(source, k * STREAMS, seed, numbers[p], p, is_local) for p in params]
        if name in read
        else None
        for k, (name, source) in enumerate(declared.items())
    ]


Drawn: TypeAlias = Tensor | Draw
"""An input: given, or yet to be drawn."""


def at(inputs: Iterable[Any], t: Any) -> list[Any]:
    """Inputs, of which those that are drawn are so at a step."""
    return [x._replace(t=t) if isinstance(x, Draw) else x for x in inputs]


def tensors(inputs: Iterable[Any], dtype: torch.dtype) -> list[Any]:
    """Inputs, drawn in a dtype where they are yet to be."""
    return [x.tensor(dtype) if isinstance(x, Draw) else x for x in inputs]


def laid_out(inputs: Iterable[Any], t: Any) -> list[Any]:
    """Inputs, drawn where they are yet to be: like a parameter each, in memory too.

    Args:
        inputs: of some parameters.
        t: the step, or a vector with that of each.
    """
    steps = t if isinstance(t, Tensor) and t.ndim else repeat(t)
    drawn = (at([x], step)[0] for x, step in zip(inputs, steps, strict=False))
    return [_laid_out(x) if isinstance(x, Draw) else x for x in drawn]


def _laid_out(draw: Draw) -> Tensor:
    (like,) = shards.local([draw.param.detach()])
    found = draw.tensor(real(like).dtype)
    found = torch.view_as_complex(found) if like.is_complex() else found
    return found if like.is_contiguous() else torch.empty_like(like).copy_(found)


def _drawn(draw: Draw, held: Runs, dtype: torch.dtype, device: torch.device) -> Tensor:
    """The numbers of all runs, in a row."""
    if len(held.starts) > 1 or device.type != "cpu" or held.length <= CHUNK:
        return _of_runs(draw, held, dtype, device).flatten()
    found = torch.empty(held.length, dtype=dtype)
    for begin in range(0, held.length, CHUNK):
        part = found[begin : begin + CHUNK]
        part.copy_(_of_runs(draw, Runs(held.starts + begin, len(part)), dtype, device)[0])
    return found


def _of_runs(draw: Draw, held: Runs, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Shape: runs by their length."""
    starts, length = held
    if not length:
        return torch.empty(len(starts), 0, dtype=dtype, device=device)
    ahead = starts % 4
    fours = (length + 3 + int(ahead.max())) // 4
    if is_one := len(starts) == 1:  # nothing is sent to the device then
        first = int(starts[0]) // 4
        blocks = torch.arange(first, first + fours, device=device)[None]
    else:
        blocks = torch.from_numpy(starts // 4).to(device)[:, None] + torch.arange(
            fours, device=device
        )
    source, stream, step = draw.source, draw.stream, draw.t
    is_live = isinstance(step, Tensor)
    step = step.to(device, torch.int64).expand(blocks.shape) if is_live else int(step)

    def each(stream: int) -> Words:
        of = {"step": step, "parameter": draw.number, "seed": draw.seed}
        return words(blocks, stream=stream, **of)

    if source == RADEMACHER:
        found = 1 - 2 * _woven([x >> 31 for x in each(stream)], dtype)
    elif source == NORMAL:
        u, v = (_uniform(each, k, dtype) for k in (stream, stream + 2))
        # cos(2*pi*v), of an angle in the first quarter: so its relative error is that of the sine.
        wave = v.sub_(0.5).abs_().sub_(0.25).mul_(2 * math.pi).sin_()
        found = u.neg_().add_(1).log_().mul_(-2).sqrt_().mul_(wave)
    else:
        found = _uniform(each, stream, dtype)
    if is_one:
        return found.narrow(1, int(ahead[0]), length)
    return found.gather(
        1, torch.from_numpy(ahead).to(device)[:, None] + torch.arange(length, device=device)
    )


def _uniform(each: Callable[[int], Words], stream: int, dtype: torch.dtype) -> Tensor:
    if dtype != torch.float64:
        return _woven([x >> 8 for x in each(stream)], dtype).mul_(2**-24)
    pairs = zip(each(stream), each(stream + 1), strict=True)
    return _woven([high << 21 | low >> 11 for high, low in pairs], dtype).mul_(2**-53)


def _woven(columns: Sequence[Tensor], dtype: torch.dtype) -> Tensor:
    """The numbers of elements that follow one another, from tensors of every fourth."""
    return torch.stack([column.to(dtype) for column in columns], -1).flatten(1)
