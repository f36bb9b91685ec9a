"""Tensors in the shape that a rule sees: views of them, or copies where memory does not lie so."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ._shapes import LAST_TWO, View


def seen(x: Tensor, view: View) -> Tensor:
    """A tensor of a parameter's shape as a rule sees it: without a copy, if it is contiguous."""
    return x if view is LAST_TWO else x.reshape(view.of(x.shape))


def unseen(x: Tensor, like: Tensor, view: View) -> Tensor:
    """What a rule gives, in the shape of the stored tensor that it is for."""
    return x if view is LAST_TWO else x.reshape(like.shape)


def columns(
    given: Sequence[list[Tensor]], are_whole: Sequence[bool], view: View
) -> Sequence[list[Tensor]]:
    """Columns of tensors as a rule sees them: those of the parameters' shape."""
    if view is LAST_TWO:
        return given
    return [
        [seen(x, view) for x in column] if is_whole else column
        for column, is_whole in zip(given, are_whole, strict=True)
    ]


def put(made: list[Tensor], column: list[Tensor]) -> None:
    """Write what copies have become into the tensors they were made of; views have done so."""
    if made is column:
        return
    pairs = [
        (x, y.view(x.shape))
        for x, y in zip(column, made, strict=True)
        if x is not y and not x.is_contiguous()
    ]
    if pairs:
        into, new = zip(*pairs, strict=True)
        torch._foreach_copy_(into, new)
