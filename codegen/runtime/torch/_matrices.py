"""What of matrices torch has no call for, or not for a batch of them."""

import torch
from torch import Tensor


def trace(x: Tensor) -> Tensor:
    """The sums of the diagonals of square matrices, with two axes of length one."""
    return x.diagonal(dim1=-2, dim2=-1).sum(-1)[..., None, None]


def identity(like: Tensor, axis: int) -> Tensor:
    """Identity matrices along an axis of a tensor, one for each matrix of it."""
    n = like.shape[axis]
    one = torch.eye(n, dtype=like.dtype, device=like.device)
    return one.expand(*like.shape[:-2], n, n).contiguous()
