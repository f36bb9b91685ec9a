"""What of matrices torch has no call for, or not for a batch of them."""

from collections.abc import Callable

import torch
from torch import Tensor

from ._scalars import Scalar


def addmm(x: Tensor, a: Tensor, b: Tensor, *, beta: Scalar, alpha: Scalar) -> Tensor:
    """``beta * x + alpha * a @ b``, by one call where torch has one; of batches too."""
    call = {2: torch.addmm, 3: torch.baddbmm}.get(x.ndim)
    # Which take no tensors for numbers, and nothing of what is multiplied by 0, be it infinite.
    if call is None or not all(isinstance(s, int | float) and s for s in (beta, alpha)):
        return beta * x + alpha * torch.matmul(a, b)
    return call(x, a, b, beta=beta, alpha=alpha)


def trace(x: Tensor) -> Tensor:
    """The sums of the diagonals of square matrices, with two axes of length one."""
    return x.diagonal(dim1=-2, dim2=-1).sum(-1)[..., None, None]


def identity(like: Tensor, axis: int) -> Tensor:
    """Identity matrices along an axis of a tensor, one for each matrix of it."""
    n = like.shape[axis]
    one = torch.eye(n, dtype=like.dtype, device=like.device)
    return one.expand(*like.shape[:-2], n, n).contiguous()


def diagonal(x: Tensor) -> Tensor:
    """The diagonals of square matrices, as rows."""
    return x.diagonal(dim1=-2, dim2=-1)[..., None, :]


def descending(x: Tensor, by: Tensor) -> Tensor:
    """The columns of matrices in the order in which the numbers of rows fall, NaN last."""
    return x.take_along_dim(torch.argsort(-by, dim=-1, stable=True), dim=-1)


def leading(x: Tensor, count: float | Tensor) -> Tensor:
    """The first columns of matrices, a whole number; zeros where these have no elements."""
    kept = int(count)
    return x[..., :kept].clone() if x.numel() else x.new_zeros((*x.shape[:-1], kept))


def lower(x: Tensor) -> Tensor:
    """Square matrices without what is above their diagonals."""
    return x.tril()


def solve(x: Tensor, of: Tensor) -> Tensor:
    """What lower triangular matrices are multiplied by to give others, at least in float32."""
    wide = torch.promote_types(x.dtype, torch.float32)
    return torch.linalg.solve_triangular(x.to(wide), of.to(wide), upper=False).to(x.dtype)


def eigenvectors(x: Tensor) -> Tensor:
    """Those of symmetric matrices as columns, of large eigenvalues first."""
    return _taken_apart(x, lambda a: torch.linalg.eigh(a).eigenvectors.flip(-1))


def leading_eigenvectors(x: Tensor, count: float | Tensor) -> Tensor:
    """As many of them as are asked for."""
    return leading(eigenvectors(x), count)


def eigenvalues(x: Tensor) -> Tensor:
    """Those of symmetric matrices as rows, large ones first."""
    return _taken_apart(x, lambda a: torch.linalg.eigvalsh(a).flip(-1)[..., None, :])


def qr(x: Tensor) -> Tensor:
    """The orthonormal factors of matrices that have no more columns than rows."""
    return _taken_apart(x, lambda a: torch.linalg.qr(a).Q) if x.numel() else x.clone()


def _taken_apart(x: Tensor, function: Callable[[Tensor], Tensor]) -> Tensor:
    """What LAPACK makes of each matrix, at least in float32; NaN of one that is not finite."""
    finite = x.isfinite().all(-1, keepdim=True).all(-2, keepdim=True)
    wide = x.where(finite, 0).to(torch.promote_types(x.dtype, torch.float32))
    return function(wide).where(finite, torch.nan).to(x.dtype)
