"""Named heads: operations SymPy would evaluate away, or that are no function of one element.

Each head is an unevaluated SymPy function with an exact meaning (``formula``, which the
oracle computes on exact numbers) and a LaTeX form. Sign, absolute value, square root,
maximum and minimum are SymPy's own.
"""

from collections.abc import Sequence
from typing import ClassVar

from sympy import Expr, Function


class Head(Function):
    """Base of the named heads.

    Attributes:
        kind: ``"elementwise"``, ``"reduction"`` (a tensor to a scalar) or ``"matrix"``.
        formula: the exact meaning.
    """

    kind: ClassVar[str] = "elementwise"
    formula: ClassVar[str]
    is_commutative = True
    is_real = True

    @classmethod
    def eval(cls, *args: Expr) -> None:
        """Never evaluates: a head stays as it was written."""

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        """LaTeX of the head from the LaTeX of its arguments."""
        raise NotImplementedError


class one_minus_power(Head):
    """``1 - base**exponent``, for a base in [0, 1]: computed without cancellation."""

    nargs = (2,)
    formula = "1 - base**exponent"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        base, exponent = args
        return f"1 - {base}^{{{exponent}}}"


class lerp(Head):
    """``(1 - weight)*start + weight*end``, computed as ``start + weight*(end - start)``."""

    nargs = (3,)
    formula = "start + weight*(end - start)"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        start, end, weight = args
        return rf"{start} + {weight} \left({end} - {start}\right)"


class clip(Head):
    """The value, held between a lower and an upper bound (scalars)."""

    nargs = (3,)
    formula = "min(max(value, lower), upper)"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\operatorname{{clip}}\left({', '.join(args)}\right)"


class norm(Head):
    """The Euclidean norm over all elements of one tensor."""

    nargs = (1,)
    kind = "reduction"
    formula = "sqrt(sum(x**2))"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\left\lVert {args[0]} \right\rVert_2"


class mean(Head):
    """The mean over all elements of one tensor."""

    nargs = (1,)
    kind = "reduction"
    formula = "sum(x) / size(x)"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\operatorname{{mean}}\left({args[0]}\right)"


class matmul(Head):
    """The matrix product of two 2-D tensors."""

    nargs = (2,)
    kind = "matrix"
    formula = "sum_k a[i, k]*b[k, j]"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return r" \, ".join(args)


class transpose(Head):
    """The transpose of a 2-D tensor."""

    nargs = (1,)
    kind = "matrix"
    formula = "a[j, i]"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"{args[0]}^\top"
