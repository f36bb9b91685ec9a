"""Sparse gradients: a step of the rows they name, where one of zeros would change nothing.

Whether it would is derived from the equations of a rule (``_takes_sparse``), by the options of a
group. The rows of a parameter and its states are then tensors of their own for the length of a
step, which writes them back. An index that stands twice has the sum of its values.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor


def is_among(grads: list[Tensor]) -> bool:
    """Whether there is a sparse one among some gradients."""
    return torch.sparse_coo in {grad.layout for grad in grads}


def gathered(grads: list[Tensor]) -> list[Tensor]:
    """The gradients, of which sparse ones name each row once."""
    return [grad.coalesce() if is_among([grad]) else grad for grad in grads]


def values(grads: list[Tensor]) -> list[Tensor]:
    """What there is of gathered gradients, for norms: what is left out is zero."""
    if not is_among(grads):
        return grads
    return [grad.values() if is_among([grad]) else grad for grad in grads]


@contextmanager
def rows(
    p: Tensor, grad: Tensor, state: dict[str, Any], keys: Iterable[str]
) -> Iterator[tuple[Tensor, Tensor, dict[str, Any]]]:
    """The rows that a gathered gradient names, of it and of what a step changes.

    Args:
        p: the parameter.
        grad: its gradient.
        state: its states.
        keys: of those of its shape.
    """
    where = tuple(grad.indices().unbind())
    held = {"": p} | {key: state[key] for key in keys}
    part = {key: x.detach()[where] for key, x in held.items()}
    yield part[""], grad.values(), state | {key: x for key, x in part.items() if key}
    for key, x in held.items():
        x.detach()[where] = part[key]
