"""Heads on matrices: the last two axes of what they are taken of, behind those of a batch.

``matmul(a, b)`` of shapes (rows, cols) and (cols, rows) gives (rows, rows), and so on: shapes are
known when a spec is read. ``iterate`` repeats an expression a fixed number of times, and is printed
as a loop.
"""

from collections.abc import Sequence
from inspect import signature
from typing import Any, ClassVar

from sympy import Symbol
from sympy.core.symbol import Str

from .heads import Head, enclosed
from .shapes import WHOLE

DTYPES = ("bfloat16",)
"""Names of formats that rounds may be computed in."""


class matmul(Head):
    """The matrix product over the last two axes; those before them are a batch of matrices."""

    nargs = (2,)
    category = "matrix"
    formula = "sum_k a[..., i, k]*b[..., k, j]"

    def __new__(cls, *args: Any, **options: Any) -> "matmul":
        """Made of two matrices, or of more, which are multiplied from the left.

        Raises:
            TypeError: there are less than two, or one is no expression.
        """
        if len(args) < 2:
            raise TypeError(f"matmul is of two matrices or more, not of {len(args)}")
        *before, last = args
        first = before[0] if len(before) == 1 else cls(*before, **options)
        return super().__new__(cls, first, last, **options)  # pyright: ignore[reportReturnType]

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return r" \, ".join(args)


class transpose(Head):
    """The last two axes change places; those before them are a batch of matrices."""

    nargs = (1,)
    category = "matrix"
    formula = "a[..., j, i]"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"{args[0]}^\top"


class trace(Head):
    """The sum of the diagonal of a square matrix, for each matrix of a batch."""

    nargs = (1,)
    category = "matrix"
    formula = "sum_i a[..., i, i]"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\operatorname{{tr}}{enclosed(args[0])}"


class lower(Head):
    """A square matrix without what is above its diagonal, which is zero then."""

    nargs = (1,)
    category = "matrix"
    formula = "a[..., i, j] if i >= j else 0"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\operatorname{{tril}}{enclosed(args[0])}"


class solve(Head):
    """The X of which L X is B: ``solve(L, B)``, of a lower triangular matrix L and another.

    Of L the diagonal and what is below it are read. Where its diagonal has a zero, the result is
    not finite.
    """

    nargs = (2,)
    category = "matrix"
    formula = "X, of which tril(L) X is B"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"{{{args[0]}}}^{{-1}} {args[1]}"


class identity(Head):
    """The square matrix with ones on its diagonal and zeros beside it, along ``rows`` or ``cols``.

    There is one for each matrix of a batch.
    """

    nargs = (1,)
    category = "matrix"
    formula = "1 if i == j else 0"

    def __new__(cls, axis: Any, **options: Any) -> "identity":
        """Made of an axis.

        Raises:
            TypeError: it is made of something else.
        """
        if axis not in WHOLE:
            raise TypeError(f"identity is along rows or cols, not along {axis!r}")
        return super().__new__(cls, axis, **options)  # pyright: ignore[reportReturnType]

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"I_{{{args[0]}}}"


class Iterand(Symbol):
    """What a round of ``iterate`` starts from, within what that round gives."""


class iterate(Head):
    """An expression, put into itself for a number of rounds: f(f(... f(x))).

    ``iterate(5, x[t], lambda X: X - matmul(X, transpose(X), X) / 2)``: each round gives what it
    starts from another value, of the same shape. The number of rounds is known before any tensor
    is: a number, or a hyperparameter made with ``counts``. What else stands in a round is the same
    in all of them.

    Where few digits are enough, ``dtype="bfloat16"`` allows a machine that is faster so to round to
    them; float64 is never.
    """

    nargs = (5,)
    category = "matrix"
    formula = "f(f(... f(x))), as often as rounds says"
    is_real: ClassVar[bool] = True  # pyright: ignore[reportIncompatibleVariableOverride]

    def __new__(
        cls, rounds: Any, start: Any, round_: Any, *parts: Any, dtype: str = "", **options: Any
    ) -> "iterate":
        """Made of a number of rounds, what the first starts from, and a function.

        Raises:
            TypeError: the last is no function of one argument, or the dtype is not known here.
        """
        if not parts:
            if dtype not in ("", *DTYPES):
                raise TypeError(f"iterate knows the dtype {DTYPES[0]}, not {dtype!r}")
            names = [*signature(round_).parameters] if callable(round_) else []
            if len(names) != 1:
                given = f"one of {', '.join(names)}" if names else repr(round_)
                raise TypeError(
                    "iterate(rounds, start, lambda X: 2 * X) goes on with a function of one "
                    f"argument, not with {given}"
                )
            of = Iterand(names[0], real=True)
            round_, parts = round_(of), (of, Str(dtype))
        args = rounds, start, round_, *parts
        return super().__new__(cls, *args, **options)  # pyright: ignore[reportReturnType]

    @property
    def rounds(self) -> Any:
        """How many there are."""
        return self.args[0]

    @property
    def start(self) -> Any:
        """What the first starts from."""
        return self.args[1]

    @property
    def result(self) -> Any:
        """What a round gives, made of the iterand and others."""
        return self.args[2]

    @property
    def iterand(self) -> Iterand:
        """What it starts from."""
        return self.args[3]  # pyright: ignore[reportReturnType]

    @property
    def dtype(self) -> str:
        """The format that rounds may be computed in; empty for that of all else."""
        return self.args[4].name  # pyright: ignore[reportAttributeAccessIssue]

    @classmethod
    def text(cls, args: Sequence[str]) -> str:
        rounds, start, result, iterand, dtype = args
        within = f", {dtype}" if dtype else ""
        return f"iterate({rounds}, {start}, {iterand} -> {result}{within})"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        rounds, start, result, iterand, _ = args
        return (
            enclosed(rf"{iterand} \mapsto {result}", r"\bigl(", r"\bigr)")
            + rf"^{{\circ {rounds}}}"
            + enclosed(start)
        )
