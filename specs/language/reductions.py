"""Heads from a tensor to fewer numbers: one for all of it, or one for each row or column.

``over`` names the axes that are gone through; none stand for all elements, those of a batch of
matrices too. In what comes out they have length one, so that it meets the tensor again. Two are
all of a matrix: ``over=(rows, cols)``, of a square matrix ``over=(rows, rows)``.
"""

from collections.abc import Sequence
from math import prod
from typing import Any, ClassVar, cast

from sympy import Expr, sqrt

from .heads import Head, enclosed, meaning
from .shapes import ONE, WHOLE, Axis, basis, numel


class Reduction(Head):
    """Base of the reductions, whose arguments are a tensor and the axes they go over."""

    nargs = (1, 2, 3)
    category = "reduction"

    def __new__(cls, *args: Any, over: Any = (), **options: Any) -> "Reduction":
        """Made of an expression.

        Raises:
            TypeError: it is taken of no expression or of several, or over what is no axis.
        """
        name = cls.__name__
        tensors = [arg for arg in args if not isinstance(arg, Axis)]
        axes = [*(over if isinstance(over, tuple | list) else (over,))]
        if odd := [axis for axis in axes if not isinstance(axis, Axis)]:
            raise TypeError(f"{name} can go over rows, cols and basis, not over {odd[0]!r}")
        if len(tensors) != 1:
            raise TypeError(f"{name} is of one tensor, not of {len(tensors)}: {meaning(cls)}")
        axes += [arg for arg in args if isinstance(arg, Axis)]
        if len(axes) > 2:
            raise TypeError(f"{name} goes over one axis or two, not over {len(axes)}")
        ordered = sorted(axes, key=(*WHOLE, basis).index)
        return super().__new__(cls, *tensors, *ordered, **options)  # pyright: ignore[reportReturnType]

    @property
    def over(self) -> tuple[Axis, ...]:
        """The axes; none where it goes over all elements."""
        return cast("tuple[Axis, ...]", self.args[1:])

    @classmethod
    def text(cls, args: Sequence[str]) -> str:
        tensor, *axes = args
        if not axes:
            return f"{cls.__name__}({tensor})"
        over = axes[0] if len(axes) == 1 else f"({', '.join(axes)})"
        return f"{cls.__name__}({tensor}, over={over})"


class norm(Reduction):
    """The Euclidean norm over the elements of one tensor, or along some of its axes."""

    is_nonnegative: ClassVar[bool] = True  # pyright: ignore[reportIncompatibleVariableOverride]
    formula = "sqrt(total(x**2))"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        tensor, *axes = args
        return enclosed(tensor, r"\lVert", r"\rVert") + _subscript("2", *axes)


class mean(Reduction):
    """The mean over the elements of one tensor, or along some of its axes."""

    formula = "total(x) / numel"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        tensor, *axes = args
        return rf"\operatorname{{mean}}{_subscript(*axes)}{enclosed(tensor)}"


class total(Reduction):
    """The sum of the elements of one tensor, or along some of its axes."""

    formula = "sum(x)"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        tensor, *axes = args
        return rf"\operatorname{{total}}{_subscript(*axes)}{enclosed(tensor)}"


class amax(Reduction):
    """The largest of the elements of one tensor, or along some of its axes."""

    formula = "max(x)"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        tensor, *axes = args
        return rf"\max{_subscript(*axes)}{enclosed(tensor)}"


def rms(x: Expr, *, over: Any = ()) -> Expr:
    """The root of the mean square, which a norm keeps from overflowing."""
    size = norm(x, over=over)
    return size / sqrt(prod(size.over, start=ONE) if size.over else numel)


def dot(x: Expr, y: Expr) -> Expr:
    """The inner product of two tensors: the sum of the products of their elements."""
    return total(x * y)


def _subscript(*parts: str) -> str:
    text = ", ".join(parts)
    return text if not text else f"_{text}" if len(text) == 1 else f"_{{{text}}}"
