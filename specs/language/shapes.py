"""What a value has a number for: each element, each row, each tensor, or all of a step.

A parameter is seen as a matrix: ``rows`` and ``cols`` are its last two axes, and what comes before
them is a batch of matrices, unless the rule has a view that says otherwise. A value lacks an axis
where it has one number for all along it, and then has length one there: ``mean(g[t], over=cols)``
and ``State(r, shape=(rows,), ...)`` have a number a row, and meet what has one an element as
NumPy's arrays do.

A value can be one number for all tensors that a step updates, too: what ``over_tensors`` makes, and
what follows from that.

A third axis, ``basis``, is of a few vectors that stand for all rows or columns: as long as the view
says, and never longer than the shorter of both. ``State(P, shape=(rows, basis), ...)`` has as many
columns.

An axis stands as a number too, its length: ``sqrt(rows / cols)``. So do ``ndim`` and ``numel``, of
the parameter as it is. They are known before any tensor is looked at, and a rule may differ by
them: ``Piecewise((x, ndim >= 2), (y, True))``.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod
from typing import Any, ClassVar, TypeAlias

from sympy import Basic, Integer, Symbol

ONE = Integer(1)
"""The length of an axis that a value lacks."""


class Fact(Symbol):
    """A whole number that is known of a parameter before a step, from its shape."""


class Axis(Fact):
    """One of the last two axes of a parameter, or that of a basis; as a number, its length."""


rows, cols, basis = (Axis(name, integer=True, positive=True) for name in ("rows", "cols", "basis"))

ndim = Fact("ndim", integer=True, nonnegative=True)
"""The number of axes of the parameter."""

numel = Fact("numel", integer=True, positive=True)
"""The number of its elements."""

FACTS = (ndim, numel, rows, cols, basis)

machine_epsilon = Symbol("machine_epsilon", positive=True)
"""What is known of a parameter's dtype: the distance from 1 to the next number it has."""

Axes: TypeAlias = tuple[Basic, ...]
"""The lengths of the last two axes, behind those of a batch, ``ONE`` where there is no axis. Empty
of a plain number."""

WHOLE: Axes = (rows, cols)
"""A number for each element."""

PLACES = {rows: 0, cols: 1, basis: 1}
"""Which of the two lengths of a shape an axis has to be to be gone along by itself."""

EACH: Axes = (ONE,)
"""A number for each tensor, whatever its axes."""


def facts(shape: Sequence[int], seen: Sequence[int] | None = None, rank: int = 1) -> dict[str, int]:
    """What is known of a parameter of a shape, by name.

    A tensor of less than two axes is one row. Without elements nothing is computed, and no length
    is said to be zero.

    Args:
        shape: of the parameter.
        seen: the shape that the rule sees it in, if that is another.
        rank: the largest length of a basis.
    """
    last = (1, 1, *(shape if seen is None else seen))[-2:]
    lengths = {"numel": prod(shape), "rows": last[0], "cols": last[1], "basis": min(rank, *last)}
    return {"ndim": len(shape)} | {name: max(1, n) for name, n in lengths.items()}


class MisfitError(ValueError):
    """Two shapes that an operation cannot bring together."""

    def __init__(self, one: Axes, other: Axes) -> None:
        super().__init__(f"{one} beside {other}")
        self.one, self.other = one, other


def broadcast(shapes: Iterable[Axes]) -> Axes:
    """The shape of what is made of values of these shapes, element by element.

    Raises:
        MisfitError: two of them have different axes at one place.
    """
    return reduce(_together, shapes, ())


def _together(one: Axes, other: Axes) -> Axes:
    if len(one) < 2 or len(other) < 2:
        return max(one, other, key=len)
    if any(a != b and ONE not in (a, b) for a, b in zip(one, other, strict=True)):
        raise MisfitError(one, other)
    return tuple(b if a == ONE else a for a, b in zip(one, other, strict=True))


def product(one: Axes, other: Axes) -> Axes:
    """The shape of a product of matrices.

    Raises:
        MisfitError: the second has not as many rows as the first has columns, or one is no matrix.
    """
    if len(one) < 2 or len(other) < 2 or one[1] != other[0]:
        raise MisfitError(one, other)
    return one[0], other[1]


def square(shapes: Sequence[Axes]) -> Axes:
    """The shape of a square matrix, which alone is given.

    Raises:
        MisfitError: it is none.
    """
    (axes,) = shapes
    if len(axes) < 2 or axes[0] != axes[1]:
        raise MisfitError(axes, axes)
    return axes


def tall(shapes: Sequence[Axes]) -> Axes:
    """The shape of a matrix that has no more columns than rows, which alone is given.

    Raises:
        MisfitError: it is none, or not for parameters of all shapes.
    """
    (axes,) = shapes
    return axes if len(axes) > 1 and axes[1] == basis and axes[0] != ONE else square(shapes)


def narrowed(axes: Axes, count: Basic) -> Axes:
    """The shape of the first columns of a matrix, one or as many as a basis has.

    Raises:
        MisfitError: it is no matrix, or may have less.
    """
    if len(axes) < 2 or ONE in axes or count not in (ONE, basis):
        raise MisfitError(axes, (count,))
    return axes[0], count


def ordered(axes: Axes, by: Axes) -> Axes:
    """The shape of a matrix whose columns are ordered by the numbers of a row.

    Raises:
        MisfitError: it is no matrix, or the other no row of as many numbers.
    """
    if len(axes) < 2 or by != (ONE, axes[1]):
        raise MisfitError(axes, by)
    return axes


def reduced(axes: Axes, over: Sequence[Axis]) -> Axes:
    """What is left of a shape when some axes are reduced to length one.

    Raises:
        MisfitError: it does not have them, or a single one not at its place.
    """
    gone = places_of(over)
    if len(axes) < 2 or Counter(axes[place] for place in gone) != Counter(over):
        raise MisfitError(axes, tuple(over))
    return tuple(ONE if place in gone else axis for place, axis in enumerate(axes))


def places_of(over: Sequence[Axis]) -> tuple[int, ...]:
    """Which of the two lengths of a shape are gone along: of two axes both, in any order."""
    return (PLACES[over[0]],) if len(over) == 1 else (0, 1)


@dataclass(frozen=True)
class Shape:
    """What a state has a number for.

    Args:
        axes: the lengths of its last two axes, behind those of a batch.
        on_host: whether it is one number for all tensors of a group, known before any of them.

    Without axes, and not on the host, it is one number for all tensors of a step.
    """

    axes: Axes
    on_host: bool = False

    TENSOR: ClassVar["Shape"]
    """One number an element, in the parameter's shape and dtype."""
    SCALAR: ClassVar["Shape"]
    """One number from hyperparameters and t, for all tensors alike, kept in float64."""
    PER_TENSOR: ClassVar["Shape"]
    """One number for each tensor, reduced from it, and in its dtype."""
    GLOBAL: ClassVar["Shape"]
    """One number for all tensors of all groups, made of totals over them, kept in float64."""

    @classmethod
    def of(cls, given: Any) -> Any:
        """A tuple of axes as a shape; anything else as it is, for the rules to refuse."""
        if not isinstance(given, tuple | list) or not 1 <= len(given) <= 2:
            return given
        if not all(isinstance(axis, Axis) for axis in given):
            return given
        axes = tuple(given)
        if len(axes) == 1:
            axes = (rows, ONE) if axes == (rows,) else (ONE, *axes)
        return cls(axes)

    @property
    def is_whole(self) -> bool:
        """Whether it is the parameter's own."""
        return self.axes == WHOLE

    @property
    def is_global(self) -> bool:
        """Whether it is one number for all tensors of a step."""
        return not self.axes and not self.on_host

    @property
    def is_number(self) -> bool:
        """Whether it is one number beside the tensors, of a group or of all."""
        return not self.axes

    def __str__(self) -> str:
        if self.on_host:
            return "scalar"
        if self.is_global:
            return "one for all tensors"
        words = {WHOLE: "tensor", EACH: "one a tensor"}
        return words.get(self.axes) or f"({', '.join(map(str, self.axes))})"

    def lengths(self, shape: Sequence[int], rank: int = 1) -> tuple[int, ...]:
        """Those of all axes, for a parameter of a shape and bases of at most that length."""
        if self.is_whole:
            return tuple(shape)
        if len(self.axes) < 2:
            return ()
        short = max(1, min(shape[-2:]))  # as a fact: nothing is computed of what has no elements
        known = dict(zip((*WHOLE, basis), (*shape[-2:], min(rank, short)), strict=True))
        return (*shape[:-2], *(known.get(axis, 1) for axis in self.axes))


Shape.TENSOR = Shape(WHOLE)
Shape.SCALAR = Shape((), on_host=True)
Shape.PER_TENSOR = Shape(EACH)
Shape.GLOBAL = Shape(())
