"""What the tensors of a group are, found out once for as long as they stay so.

A step must know of every tensor its type, layout, dtype and device. To ask each for them, in
Python, takes as long as all else that a step of small tensors does. So what was found is kept, and
at the next step one call asks whether the tensors are as those were.
"""

from collections.abc import Sequence
from typing import TypeAlias

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensor

from ._rows import alike, pieces, same
from ._tensors import PLAIN

try:
    from torch._C._dynamo.guards import TensorGuards
except ImportError:  # it is torch's own affair, and all is right without it
    TensorGuards = None

Kind: TypeAlias = tuple[torch.device, torch.device, torch.dtype, torch.dtype]
"""Where a parameter and its gradient are, and what they hold."""


class Likeness:
    """What some tensors are, but for where they lie: types, dtypes, devices, sizes and strides.

    It is asked by one call, which torch has for what it compiles.
    """

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self._count = len(tensors)
        self._guards = TensorGuards and TensorGuards(
            *tensors, dynamic_dims_sizes=None, dynamic_dims_strides=None
        )

    def of(self, tensors: Sequence[Tensor | None]) -> bool:
        """Whether these are the same, one by one; false if torch cannot be asked."""
        return (
            self._guards is not None
            and len(tensors) == self._count
            and self._guards.check(*tensors)
        )


class Traits:
    """What parameters and their gradients are, at least one of each.

    Args:
        params: parameters, which are kept.
        grads: their gradients, which are not.
    """

    def __init__(self, params: list[Tensor], grads: list[Tensor]) -> None:
        self._params = [*params]  # of a group that may be given others
        self._kinds: dict[Kind, list[int]] = {}
        self._pieces: dict[tuple[Kind, int], list[list[int]]] = {}
        self.are_plain = PLAIN.issuperset(map(type, params))
        """The parameters are of no class of their own."""
        self.are_fake = not self.are_plain and all(isinstance(p, FakeTensor) for p in params)
        """The parameters have no numbers, so nobody can read the scalar states beside them."""
        self.grads_are_plain = PLAIN.issuperset(map(type, grads))
        self.layouts = {grad.layout for grad in grads}
        """Of the gradients."""
        self.is_sparse = torch.sparse_coo in self.layouts
        """There are sparse gradients."""
        self.is_complex = any(dtype.is_complex for dtype in {grad.dtype for grad in grads})
        """There are complex gradients."""
        self.dtypes = {p.dtype for p in params}
        """Of the parameters."""
        self._alike: tuple[Likeness, Likeness] | None = None

    def remember(self, grads: list[Tensor]) -> None:
        """Let later gradients be asked whether they are like these."""
        if self.layouts == {torch.strided}:
            self._alike = Likeness(self._params), Likeness(grads)

    def are_of(self, params: list[Tensor], grads: Sequence[Tensor | None]) -> bool:
        """Whether these are the parameters, and both are what those were that are remembered."""
        if self._alike is None or not same(params, self._params):
            return False
        of_params, of_grads = self._alike
        return of_grads.of(grads) and of_params.of(params)

    def kinds(self, grads: list[Tensor]) -> dict[Kind, list[int]]:
        """The rows of each kind."""
        if not self._kinds:
            pairs = zip(self._params, grads, strict=True)
            self._kinds = alike((p.device, grad.device, p.dtype, grad.dtype) for p, grad in pairs)
        return self._kinds

    def pieces(self, kind: Kind, most: int) -> list[list[int]]:
        """The rows of a kind, cut where parameters would have more elements together."""
        if (kind, most) not in self._pieces:
            self._pieces[kind, most] = [*pieces(self._kinds[kind], self._params, most)]
        return self._pieces[kind, most]
