"""Named heads: operations SymPy would evaluate away, or that are no function of one element.

Each head is an unevaluated SymPy function with an exact meaning (``formula``, which the
oracle computes on exact numbers) and a LaTeX form. Sign, absolute value, square root,
maximum and minimum are SymPy's own.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from sympy import Basic, Expr, Function

from .misuse import expression

_TALL = (r"\frac", r"\sqrt", r"\begin", r"\left")


def enclosed(tex: str, left: str = "(", right: str = ")") -> str:
    """LaTeX between delimiters, which stretch only round what is taller than a line."""
    if any(command in tex for command in _TALL):
        left = r"\left" + left.removeprefix(r"\bigl")
        right = r"\right" + right.removeprefix(r"\bigr")
    gap = " " if left[-1].isalpha() else ""
    return f"{left}{gap}{tex}{gap}{right}"


def meaning(head: type) -> str:
    """The first sentence of what a head says of itself."""
    text = " ".join((head.__doc__ or "").split())
    return text.partition(". ")[0].rstrip(".")


class Head(Function):
    """Base of the named heads.

    Attributes:
        category: ``"elementwise"``, ``"reduction"`` (a tensor to a scalar) or ``"matrix"``.
        formula: the exact meaning.
    """

    category: ClassVar[str] = "elementwise"
    formula: ClassVar[str]
    is_commutative: ClassVar[bool] = True  # pyright: ignore[reportIncompatibleVariableOverride]
    is_real: ClassVar[bool] = True  # pyright: ignore[reportIncompatibleVariableOverride]

    def __new__(cls, *args: Any, **options: Any) -> "Head":
        """Made of expressions.

        Raises:
            TypeError: an argument is no expression, or is named, as NumPy's are.
        """
        name = cls.__name__
        if named := ", ".join(key for key in options if key != "evaluate"):
            raise TypeError(f"{name} has no argument {named}: it is: {meaning(cls)}")
        made = [expression(arg) for arg in args]
        for given, arg in zip(args, made, strict=True):
            if not isinstance(arg, Basic):
                raise TypeError(f"{name} is taken of {given!r}, which is no expression")
        return super().__new__(cls, *made, **options)  # pyright: ignore[reportReturnType]

    @classmethod
    def eval(cls, *args: Expr) -> None:
        """Never evaluates: a head stays as it was written."""

    @classmethod
    def text(cls, args: Sequence[str]) -> str:
        """Plain text of the head from its arguments'."""
        return f"{cls.__name__}({', '.join(args)})"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        """LaTeX of the head from its arguments', which are bracketed where they need it."""
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
    """``(1 - weight)*start + weight*end``: the average of two values by a weight."""

    nargs = (3,)
    formula = "(1 - weight)*start + weight*end"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        start, end, weight = args
        return enclosed(f"1 - {weight}") + f" {start} + {weight} {end}"


class clip(Head):
    """The value, held between a lower and an upper bound (scalars)."""

    nargs = (3,)
    formula = "min(max(value, lower), upper)"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\operatorname{{clip}}{enclosed(', '.join(args))}"


class stored(Head):
    """The value, rounded to the dtype that the parameter is kept in.

    Arithmetic goes on with what will be read at the next step, whatever dtype it is done in: so
    can what rounding leaves out be kept in a state of its own, as compensated sums do.
    """

    nargs = (1,)
    formula = "x, rounded to nearest in the dtype of the parameter, ties to even"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\operatorname{{fl}}{enclosed(args[0])}"
