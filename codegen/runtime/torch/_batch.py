"""Tensors that one launch of a kernel updates, and where they lie.

A kernel is given addresses and takes the rest for granted: tensors of one dtype on one device, and
in each row a parameter, its gradient and its states of one size, dense, in one order of elements.
All of that may change between two steps. So it is asked of every tensor when a batch is made,
which is kept; at later steps parameters and states are asked what tells whether it still holds,
the same objects at the same addresses, and gradients, which are new, whether they are like those
that it took before.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import is_, itemgetter, methodcaller
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from . import _shards as shards
from ._numbers import Numbers
from ._rows import same
from ._tensors import PLAIN, addresses
from ._traits import Likeness

_VALUES = methodcaller("values")


class Batch:
    """Rows of tensors that a kernel takes, with scalar states that are equal.

    Args:
        rows: the places of the parameters among those of their group that have a gradient.
        params: the parameters.
        states: theirs, by checkpoint key, as the optimizer has them; kernels can be given the
            tensors, or what this rank holds of them.
        keys: of the tensor states, in the order of the rule; None for one that does not exist.
        scalars: the keys of scalar states.
        first: whether they had no states before.
        inputs: of each input of the rule, whether the step reads it.
    """

    def __init__(
        self,
        rows: list[int],
        params: list[Tensor],
        states: Sequence[Mapping[str, Any]],
        keys: Sequence[str | None],
        scalars: Iterable[str],
        *,
        first: bool,
        inputs: Sequence[bool] = (),
    ) -> None:
        self.rows = rows
        self.first = first
        self.inputs = tuple(inputs)
        self._is_sharded = not shards.are_plain(params)
        params = self._local(params)
        self.device = params[0].device
        self.dtype = params[0].dtype.to_real()
        """Of the reals that complex numbers are pairs of."""
        self._params = params
        self._states = states
        self._columns = {
            key: self._local([state[key] for state in states])
            for key in (*keys, *scalars)
            if key is not None
        }
        self._names = [*chain.from_iterable(states)]
        self._values = [*chain.from_iterable(state.values() for state in states)]
        self.keys = self._columns.keys()
        """Of the states it has."""
        self.numbers = {key: Numbers(self._columns[key]) for key in scalars}
        self._tensors = [*chain(params, *self._columns.values())]
        self._where = [*map(Tensor.data_ptr, self._tensors)]
        self._alike = Likeness(params)
        self._asked = {x.dtype for x in params}, {x.device for x in params}, _layouts(params)
        sizes = np.array([x.numel() for x in params], np.int64) * (
            2 if params[0].is_complex() else 1
        )
        none = np.zeros_like(sizes)
        tables = [none if key is None else addresses(self._columns[key]) for key in keys]
        self._beside = 4 + len(tables)
        """The row of the table where inputs begin."""
        tables += [none] * len(self.inputs)
        self.sizes = sizes
        """Of the parameters, in reals."""
        first_elements = sizes.cumsum() - sizes
        self._table = np.array([first_elements, sizes, addresses(params), none, *tables])
        there = [*(key is not None for key in keys), *self.inputs]
        self.present = [2, 3, *(4 + k for k, is_there in enumerate(there) if is_there)]
        """The rows of the table with addresses of what exists."""
        self.memo: dict[Any, Any] = {}
        """What an engine keeps for it, under keys of its own."""

    def holds(self, params: list[Tensor], *, are_alike: bool = False) -> bool:
        """Whether these are its parameters, and nothing has happened to them and their states.

        Args:
            params: parameters.
            are_alike: that they are what they were, but for where they lie, is known.
        """
        params = self._local(params)
        return (
            same(params, self._params) and self.stands() and (are_alike or self._alike.of(params))
        )

    def stands(self) -> bool:
        """Whether its parameters and their states lie where they did."""
        if [*map(Tensor.data_ptr, self._tensors)] != self._where:
            return False
        if not self._is_sharded and [*chain.from_iterable(self._states)] == self._names:
            values = chain.from_iterable(map(_VALUES, self._states))
            if all(map(is_, values, self._values)):
                return True  # a user's own among them
        return self._has_states()

    def _has_states(self) -> bool:
        """Whether the parameters have the states that they had."""
        try:
            states = [self._local([*map(itemgetter(key), self._states)]) for key in self._columns]
        except KeyError:
            return False
        return all(map(same, states, self._columns.values()))

    def _local(self, tensors: list[Tensor]) -> list[Tensor]:
        return shards.local(tensors) if self._is_sharded else tensors

    def is_uniform(self) -> bool:
        """Whether all rows have the same scalar states."""
        return all(x.common() is not None for x in self.numbers.values())

    def takes(self, grads: Sequence[Tensor]) -> bool:
        """Whether these can be the gradients."""
        dtypes, devices, layouts = self._asked
        return (
            PLAIN.issuperset(map(type, grads))
            and {x.dtype for x in grads} == dtypes
            and {x.device for x in grads} == devices
            and _layouts(grads) == layouts
            and not any(x.is_neg() for x in grads)
        )

    def table(
        self, grads: Sequence[Tensor], inputs: Sequence[Sequence[Tensor] | None] = ()
    ) -> NDArray[np.int64]:
        """A column for each row of tensors, with what it has in every row of the table.

        The number of elements of all before it, its own, and the addresses of the parameter, of
        the gradient, of each state and of each input; 0 where there is none. Shape:
        (4 + states + inputs, tensors).
        """
        self._table[3] = [*map(Tensor.data_ptr, grads)]
        for k, column in enumerate(inputs):
            if column is not None:
                self._table[self._beside + k] = addresses(column)
        return self._table


def takes(row: Sequence[Tensor]) -> bool:
    """Whether a kernel can be given a row: a parameter, its gradient, its states and inputs."""
    first = row[0]
    kind = first.dtype, first.device, first.shape
    return (
        all(type(x) in PLAIN and (x.dtype, x.device, x.shape) == kind for x in row)
        and not any(x.is_neg() or x.is_conj() for x in row)
        and (
            all(x.is_contiguous() for x in row)
            or (is_dense(first) and all(x.stride() == first.stride() for x in row))
        )
    )


def takes_small(param: Tensor, states: Iterable[tuple[Tensor, Sequence[int]]]) -> bool:
    """Whether a kernel can be given states that are smaller than their parameter, of these shapes.

    They are of its reals, and in C's order.
    """
    kind = param.dtype.to_real(), param.device
    return all(
        type(x) in PLAIN
        and (x.dtype, x.device) == kind
        and x.shape == shape
        and x.is_contiguous()
        and not x.is_neg()
        for x, shape in states
    )


def _layouts(tensors: Sequence[Tensor]) -> list[tuple[int, bool | tuple[int, ...]]]:
    """The size of each, and the order of its elements: true if it is C's, and strides if not."""
    return [(x.numel(), x.is_contiguous() or x.stride()) for x in tensors]


def is_dense(x: Tensor) -> bool:
    """Whether its elements lie in memory without gaps, in whatever order."""
    expected = 1
    for stride, size in sorted(zip(x.stride(), x.shape, strict=True)):
        if size != 1 and stride != expected:
            return False
        expected *= size
    return True
