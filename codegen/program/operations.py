"""The operations of the tree: name, arity, kind and exact meaning."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations_with_replacement
from typing import Any

from ...specs.language import (
    descending,
    diagonal,
    eigenvalues,
    eigenvectors,
    leading,
    lower,
    matmul,
    qr,
    solve,
    trace,
    transpose,
)
from ...specs.language.heads import Head
from ...specs.language.shapes import ONE as ALONE
from ...specs.language.shapes import Axes, Axis, basis, cols, narrowed, rows
from ..analysis.axes import MATRICES
from ..oracle import arrays, exact, factors, sequences
from ..oracle.formats import COARSEST
from ..oracle.meanings import AXES, axes_of


class Kind(Enum):
    ELEMENTWISE = "elementwise"
    CONDITION = "condition"
    """Elementwise, with a truth value as its result."""
    REDUCTION = "reduction"
    """From a tensor to one scalar."""
    TOTAL = "total"
    """From a number of each tensor to one for all of them, which the host then knows."""
    MATRIX = "matrix"
    """Between matrices, the last two axes of tensors; the result may have another shape."""
    LISTS = "lists"
    """On the host, of lists, functions and schedules."""


@dataclass(frozen=True)
class Operation:
    """An operation on values.

    Args:
        name: its name.
        arity: how many operands it has.
        kind: what it works on.
        exact: computes it on exact numbers, or arrays of them.
        cost: how many operations of a machine it is for each element.
        over: the axes that a reduction goes along; none where it goes over all elements.
        typed: of an operation on matrices, the shape of the result, from those of its operands.
        iteration: the :class:`~.iteration.Iteration` that it repeats; None if nothing.
    """

    name: str
    arity: int
    kind: Kind
    exact: Callable[..., Any]
    cost: int = 1
    over: tuple[Axis, ...] = ()
    typed: Callable[[Sequence[Axes]], Axes] | None = None
    iteration: Any = None

    @property
    def axes(self) -> tuple[int, ...]:
        """Those it goes along, counted from behind."""
        return axes_of(self.over)

    def __repr__(self) -> str:
        return self.name


TABLE: dict[str, Operation] = {}


def _define(
    name: str,
    arity: int,
    function: Callable[..., Any],
    kind: Kind = Kind.ELEMENTWISE,
    *,
    cost: int = 1,
    over: tuple[Axis, ...] = (),
    typed: Callable[[Sequence[Axes]], Axes] | None = None,
) -> Operation:
    if kind in (Kind.ELEMENTWISE, Kind.CONDITION) and arity:
        function = arrays.elementwise(function, arity)
    operation = Operation(name, arity, kind, function, cost, over, typed)
    TABLE[name] = operation
    return operation


ADD = _define("add", 2, exact.add)
SUB = _define("sub", 2, exact.subtract)
MUL = _define("mul", 2, exact.multiply)
DIV = _define("div", 2, exact.divide)
NEG = _define("neg", 1, exact.negate)
SQUARE = _define("square", 1, exact.square)
POW = _define("pow", 2, exact.power)
SQRT = _define("sqrt", 1, exact.square_root)
EXP = _define("exp", 1, exact.exponential)
EXPM1 = _define("expm1", 1, lambda x: exact.subtract(exact.exponential(x), exact.exact(1)))
LOG = _define("log", 1, exact.logarithm)
TANH = _define("tanh", 1, exact.hyperbolic_tangent)
ERF = _define("erf", 1, exact.error_function)
ATAN2 = _define("atan2", 2, exact.angle)
COS = _define("cos", 1, exact.cosine)
SIN = _define("sin", 1, exact.sine)
FLOOR = _define("floor", 1, exact.floor)
FLOORDIV = _define("floordiv", 2, lambda a, b: exact.floor(exact.divide(a, b)))
MOD = _define("mod", 2, exact.modulo)
ABS = _define("abs", 1, exact.absolute)
SIGN = _define("sign", 1, exact.sign)
MAX = _define("max", 2, exact.maximum)
MIN = _define("min", 2, exact.minimum)
CLIP = _define("clip", 3, exact.clip, cost=2)
ONE_MINUS_POW = _define("one_minus_power", 2, exact.one_minus_power)

STORED = _define("stored", 1, COARSEST.round)
"""Rounded to the dtype of the parameter; its exact value here is that in the coarsest."""

PI = _define("pi", 0, lambda: exact.PI)
INFINITY = _define("infinity", 0, lambda: exact.INFINITY)

# What a library may have as one call; a backend asks for them with the `contract` pass.
AXPY = _define("axpy", 3, lambda a, x, s: exact.add(a, exact.multiply(s, x)), cost=2)
ADDCMUL = _define(
    "addcmul",
    4,
    lambda a, x, y, s: exact.add(a, exact.multiply(s, exact.multiply(x, y))),
    cost=3,
)
ADDCDIV = _define(
    "addcdiv",
    4,
    lambda a, x, y, s: exact.add(a, exact.multiply(s, exact.divide(x, y))),
    cost=3,
)

FILL = _define("fill", 2, lambda value, like: value, cost=0)
"""A scalar on every element of a tensor like the second operand."""
COPY = _define("copy", 1, lambda x: x, cost=0)
"""The tensor, in memory of its own."""

SELECT = _define("select", 3, lambda test, yes, no: yes if test else no)

EQ = _define("eq", 2, exact.equal, Kind.CONDITION)
NE = _define("ne", 2, exact.unequal, Kind.CONDITION)
LT = _define("lt", 2, exact.less, Kind.CONDITION)
LE = _define("le", 2, exact.less_equal, Kind.CONDITION)
GT = _define("gt", 2, exact.greater, Kind.CONDITION)
GE = _define("ge", 2, exact.greater_equal, Kind.CONDITION)
AND = _define("and", 2, lambda a, b: bool(a and b), Kind.CONDITION)
OR = _define("or", 2, lambda a, b: bool(a or b), Kind.CONDITION)
NOT = _define("not", 1, lambda a: not a, Kind.CONDITION)


_REDUCTIONS = {"norm": arrays.norm, "mean": arrays.mean, "total": arrays.total, "amax": arrays.amax}
NORM, MEAN, TOTAL, AMAX = (
    _define(name, 1, function, Kind.REDUCTION) for name, function in _REDUCTIONS.items()
)
GLOBAL_NORM = _define("global_norm", 1, arrays.norm, Kind.REDUCTION)
"""Over all tensors; its exact value here is that of a single one."""
LIFT = _define("lift", 2, lambda value, like: value, Kind.REDUCTION)
"""A scalar of the host as one that lives beside the tensor that is the second operand."""


OVER_TENSORS = {
    f"global_{name}": _define(f"of_all_{name}", 1, arrays_of, Kind.TOTAL)
    for name, arrays_of in _REDUCTIONS.items()
    if name != "mean"
}
"""Of the parts that tensors have in it, by the name of the head; the exact value here is that of a
single tensor."""
PARTS = {
    op: {"global_norm": NORM, "global_total": TOTAL, "global_amax": AMAX}[name]
    for name, op in OVER_TENSORS.items()
}
"""How the elements of a tensor are reduced to its part."""


def _along(name: str, over: tuple[Axis, ...]) -> Operation:
    axes = axes_of(over)
    joined = "_and_".join(map(str, over))
    exact = _REDUCTIONS[name]
    return _define(f"{name}_over_{joined}", 1, lambda x: exact(x, axes), Kind.REDUCTION, over=over)


_AXES = rows, cols, basis
_WAYS = [(axis,) for axis in _AXES] + [*combinations_with_replacement(_AXES, 2)]
ALONG: dict[tuple[str, tuple[Axis, ...]], Operation] = {
    (name, over): _along(name, over) for name in _REDUCTIONS for over in _WAYS
}
"""Reductions along axes, by the name of what they do and these."""

MATMUL = _define("matmul", 2, arrays.matmul, Kind.MATRIX, typed=MATRICES[matmul])
TRANSPOSE = _define("transpose", 1, arrays.transpose, Kind.MATRIX, typed=MATRICES[transpose])
TRACE = _define("trace", 1, arrays.trace, Kind.MATRIX, typed=MATRICES[trace])
IDENTITY = {
    axis: _define(
        f"identity_of_{axis}",
        1,
        lambda like, place=place: arrays.identity(like.shape, place),
        Kind.MATRIX,
        typed=lambda axes, axis=axis: (axis, axis),
    )
    for axis in (rows, cols)
    for place in (AXES[axis],)
}
"""As many as the batch of the operand has, which is like the parameter, and of its dtype."""

LOWER = _define("lower", 1, arrays.lower, Kind.MATRIX, typed=MATRICES[lower])
SOLVE = _define("solve", 2, arrays.solve, Kind.MATRIX, typed=MATRICES[solve])

EIGENVECTORS = _define(
    "eigenvectors", 1, factors.eigenvectors, Kind.MATRIX, typed=MATRICES[eigenvectors]
)
EIGENVALUES = _define(
    "eigenvalues", 1, factors.eigenvalues, Kind.MATRIX, typed=MATRICES[eigenvalues]
)
LEADING_EIGENVECTORS = _define(
    "leading_eigenvectors",
    2,
    factors.eigenvectors,
    Kind.MATRIX,
    typed=MATRICES[eigenvectors],
)
"""Those of the largest eigenvalues, as many as the second operand says."""
QR = _define("qr", 1, factors.qr, Kind.MATRIX, typed=MATRICES[qr])
DIAGONAL = _define("diagonal", 1, factors.diagonal, Kind.MATRIX, typed=MATRICES[diagonal])
DESCENDING = _define("descending", 2, factors.descending, Kind.MATRIX, typed=MATRICES[descending])
LEADING = {
    count: _define(
        f"leading_{count}",
        2,
        factors.leading,
        Kind.MATRIX,
        cost=0,
        typed=lambda axes, count=count: narrowed(axes[0], count),
    )
    for count in (ALONE, basis)
}
"""The first columns, as many as the second operand says: by what that is."""
FACTORISATIONS = (EIGENVECTORS, LEADING_EIGENVECTORS, EIGENVALUES, QR)
"""Those that libraries leave to LAPACK."""
DECOMPOSITIONS = (*FACTORISATIONS, DIAGONAL, DESCENDING)
"""All of them."""


def of_head(head: Head) -> Operation:
    """What a head says, of whichever number of columns."""
    match head:
        case leading():
            return LEADING[head.args[1]]  # pyright: ignore[reportArgumentType]
        case eigenvectors() if head.args[1:]:
            return LEADING_EIGENVECTORS
    return TABLE[type(head).__name__]


PASSED = _define("passed", 2, sequences.passed, Kind.LISTS)
SIZE = _define("size", 1, sequences.size, Kind.LISTS)
ITEM = _define("item", 2, sequences.item, Kind.LISTS)
COMPLETED_CYCLES = _define("completed_cycles", 3, sequences.completed_cycles, Kind.LISTS)
CALL = _define("call", 2, sequences.call, Kind.LISTS)
RUNNING_PRODUCT = _define("running_product", 2, sequences.running_product, Kind.LISTS)
PRODUCT_BETWEEN = _define("product_between", 3, sequences.product_between, Kind.LISTS)
"""Of a function's values after one number, up to another."""
RATE_OF = _define("rate_of", 3, sequences.rate_of, Kind.LISTS)
CHAINED = _define("chained", 3, sequences.chained, Kind.LISTS)
MOMENTUM_OF = _define("momentum_of", 2, sequences.momentum_of, Kind.LISTS)
CHAINED_MOMENTUM = _define("chained_momentum", 2, sequences.chained_momentum, Kind.LISTS)

COMMUTATIVE = frozenset({ADD, MUL, MAX, MIN})
"""Whose operands can change places, so that a result can go over either."""
