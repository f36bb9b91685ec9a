"""The arrays of a step, with what has been found out about them, for as long as it holds.

As a rule a step is handed the parameters of the last one, and gradients that differ in their
memory alone. To ask each array all that a step must know takes longer than the arithmetic of a
small one. So a few calls ask of all together whether they are as they were; where they are not,
each is asked everything.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import accumulate
from operator import attrgetter, is_
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ._scalars import Start
from ._settled import Settled
from ._shapes import LAST_TWO, View
from ._trees import Array, Leaves, Tree, address, are_apart, flattened

Kind: TypeAlias = tuple[tuple[str, int], ...]
"""What a rule must know of the shape of a parameter, by name."""

States: TypeAlias = dict[str, dict[str, Array]]
"""Arrays by the state's name and the parameter's path."""

_COMPILED = {np.dtype(name): name for name in ("float32", "float64")}
"""The dtypes that there are compiled kernels for."""

Inputs: TypeAlias = Sequence[tuple[Array | None, ...]]
"""Of each row those that a step reads."""

Block: TypeAlias = Sequence[Array | None]
"""A parameter, its gradient, its states and inputs; None for a state that does not exist, and for
an input that a step does not read."""


class Known:
    """Arrays that fit each other.

    Args:
        params: of a step, as it is handed them.
        grads: likewise.
        found: their arrays, checked.
        states: of each parameter.
        slots: the names of states, in the order of the rule.
        kinds_of_shape: the rows of each kind that the rule tells apart.
    """

    def __init__(
        self,
        params: Tree,
        grads: Tree,
        found: Leaves,
        states: States,
        slots: Sequence[str],
        kinds_of_shape: Mapping[Kind, Sequence[int]],
    ) -> None:
        self.states = states
        self.kinds_of_shape = kinds_of_shape
        self.existing: list[list[str]] = []
        """The names of the states there are, of each of these."""
        self.initial: Mapping[str, Start] = {}
        """What states start as, of the first of them."""
        self.settled: Settled | None = None
        """The arguments under which both are so."""
        self._slots = slots
        self._views: dict[int, View] = {}
        self._reduced: Collection[int] = ()
        pairs = [*found.values()]
        self.thetas, gradients = [theta for theta, _ in pairs], [grad for _, grad in pairs]
        self.size = sum(theta.size for theta in self.thetas)
        """Elements of all parameters."""
        none: dict[str, Array] = {}
        self._kept = [
            (theta, *(states.get(name, none).get(path) for name in slots))
            for path, (theta, _) in found.items()
        ]
        self._orders: list[str] = []
        self._dtypes: list[str] = []
        for grad, kept in zip(gradients, self._kept, strict=True):
            flags = [grad.flags, *(array.flags for array in kept if array is not None)]
            self._orders.append(_order(flags))
            is_taken = self._orders[-1] and all(map(_is_aligned, flags))
            self._dtypes.append(_COMPILED.get(grad.dtype, "") if is_taken else "")
        self._flat = [
            [None if array is None else _line(array, order) for array in kept] if order else None
            for kept, order in zip(self._kept, self._orders, strict=True)
        ]
        self.none: Inputs = [()] * len(pairs)
        """No inputs, of each row."""
        self.inputs: Inputs = self.none
        """Of the step that is taken, those of each row; laid out in memory as its parameter is."""
        self.written = 2 + len(slots)
        """Where a row's inputs begin, which like its gradient are never written to."""
        self._where = [*map(address, gradients)]
        self._tables: dict[int, tuple[dict[str, Table], list[int]]] = {}
        """Of a kind of shape, by its first row, those of each dtype, and the rows in none."""
        self._remember(params, grads, gradients)

    def _table_of(self, rows: Sequence[int]) -> "Table":
        return Table(rows, self._columns(rows), [self._seen_shape(self.thetas[k]) for k in rows])

    def _columns(self, rows: Sequence[int]) -> NDArray[np.int64]:
        sizes = [self.thetas[row].size for row in rows]
        columns = zip(*(self._kept[row] for row in rows), strict=True)
        theta, *states = [[0 if x is None else address(x) for x in column] for column in columns]
        before = list(accumulate(sizes, initial=0))[:-1]
        return np.array([before, sizes, theta, [0] * len(rows), *states], np.int64)

    def _remember(self, params: Tree, grads: Tree, gradients: Sequence[Array]) -> None:
        """Keep what these are, if they are such that it tells all of others that are so, too."""
        self._names = None
        arrays = [*self.thetas, *gradients]
        if not all(type(x) is np.ndarray and x.flags.forc and x.flags.aligned for x in arrays):
            return
        names, _ = flattened(params)
        if flattened(grads)[0] != names:
            return
        self._names = names
        self._seen = _looks(self.thetas), _looks(gradients)
        self._low = [*map(address, self.thetas)]
        self._lengths = np.array([x.nbytes for x in arrays])
        self._first = min(self._low)
        self._end = max(low + x.nbytes for low, x in zip(self._low, self.thetas, strict=True))
        self._longest = max(x.nbytes for x in gradients)
        self._unaligned = max(x.dtype.alignment for x in gradients) - 1

    def gradients(self, params: Tree, grads: Tree) -> list[Array] | None:
        """The gradients, if these are the parameters and all is as it was; else None."""
        if self._names is None:
            return None
        (names, thetas), (others, given) = flattened(params), flattened(grads)
        if not (
            names == self._names
            and others == names
            and all(map(is_, thetas, self.thetas))
            and (_looks(thetas), _looks(given)) == self._seen
            and all(map(_is_writeable, thetas))
        ):
            return None
        where = [*map(address, given)]
        if where != self._where:  # they are elsewhere than at the last step
            if reduce(int.__or__, where) & self._unaligned or not self._are_apart(where):
                return None
            self._where = where
        return given

    def _are_apart(self, where: list[int]) -> bool:
        """Whether gradients that begin there share no memory with a parameter, for all we know."""
        if min(where) >= self._end or max(where) + self._longest <= self._first:
            return True
        low = np.array(self._low + where)
        return are_apart(low, low + self._lengths)

    def tables(
        self, rows: Sequence[int], *, by_lines: bool
    ) -> tuple[dict[str, "Table"], list[int]]:
        """By dtype, the table of those rows of a kind of shape that a kernel takes; and the others.

        Args:
            rows: all of the kind.
            by_lines: whether it must see which elements are a row: then it takes C's order alone.
        """
        if rows[0] not in self._tables:
            self._tables[rows[0]] = self._cut(rows, by_lines=by_lines)
        tables, others = self._tables[rows[0]]
        for table in tables.values():
            table.columns[_GRADS] = [self._where[row] for row in table.rows]
        if any(self.inputs):
            tables = {dtype: self._with_inputs(table) for dtype, table in tables.items()}
        return tables, others

    def _cut(self, rows: Sequence[int], *, by_lines: bool) -> tuple[dict[str, "Table"], list[int]]:
        dtypes = {
            row: self._dtypes[row] if self._orders[row] == "C" or not by_lines else ""
            for row in rows
        }
        own = {name: [k for k in rows if dtypes[k] == name] for name in {*dtypes.values()}}
        others = own.pop("", [])
        return {name: self._table_of(found) for name, found in own.items()}, others

    def _with_inputs(self, table: "Table") -> "Table":
        """With the addresses of the inputs, which differ from step to step."""
        beside = [[0 if x is None else address(x) for x in self.inputs[row]] for row in table.rows]
        added = np.array(beside, np.int64).T
        return replace(table, columns=np.concatenate([table.columns, added]))

    def whole(self, k: int, grad: Array) -> Block:
        """The arrays of a row, with its gradient."""
        theta, *states = self._kept[k]
        return theta, grad, *states, *self.inputs[k]

    def see(self, view: Callable[[int], View], reduced: Collection[str]) -> None:
        """Know how the rule sees a parameter of so many axes, and the states that are not so."""
        self._views = {theta.ndim: view(theta.ndim) for theta in self.thetas}
        self._reduced = {2 + i for i, name in enumerate(self._slots) if name in reduced}

    def is_seen_by(self, view: Callable[[int], View]) -> bool:
        """Whether that is still so."""
        return all(view(ndim) == seen for ndim, seen in self._views.items())

    def seen(self, block: Block) -> Block:
        """Arrays in the shapes that the rule sees: views of them, or copies."""
        theta = block[0]
        if not self._views or theta is None:
            return block
        shape = self._seen_shape(theta)
        kept = self._reduced
        return [x if x is None or i in kept else x.reshape(shape) for i, x in enumerate(block)]

    def _seen_shape(self, theta: Array) -> tuple[int, ...]:
        return self._views.get(theta.ndim, LAST_TWO).of(theta.shape)

    def flat(self, k: int, grad: Array) -> Block | None:
        """The same as views in one dimension; None if they do not lie densely in one order."""
        flat = self._flat[k]
        if flat is None:
            return None
        theta, *states = flat
        order = self._orders[k]
        beside = (x if x is None else _line(x, order) for x in self.inputs[k])
        return theta, _line(grad, order), *states, *beside


@dataclass(frozen=True)
class Table:
    """What a kernel finds arrays by.

    Args:
        rows: of these parameters.
        columns: of each the number of elements of all before it, its own, and the addresses of the
            parameter, of the gradient, of each state and of each input; 0 where there is none.
        shapes: of the parameters, as the rule sees them.
    """

    rows: Sequence[int]
    columns: NDArray[np.int64]
    shapes: Sequence[tuple[int, ...]]


_GRADS = 3
"""Their place in a table."""

_what = attrgetter("dtype", "shape", "strides")


def _looks(arrays: Sequence[Array]) -> tuple[list[Any], list[Any]]:
    """What arrays are, but for their memory and what is in it."""
    return [*map(type, arrays)], [*map(_what, arrays)]


_is_writeable = attrgetter("flags.writeable")
_is_aligned, _is_c, _is_f = map(attrgetter, ("aligned", "c_contiguous", "f_contiguous"))


def _order(flags: Sequence[Any]) -> str:
    """The order in which all arrays of these flags lie densely, C or F; empty if they do not."""
    if all(map(_is_c, flags)):
        return "C"
    return "F" if all(map(_is_f, flags)) else ""


def _line(array: Array, order: str) -> Array:
    """A view, as the array lies densely in that order; of half the price of ``reshape``."""
    plain = array if type(array) is np.ndarray else array.view(np.ndarray)
    return plain.ravel() if order == "C" else plain.T.ravel()
