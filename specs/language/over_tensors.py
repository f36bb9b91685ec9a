"""Heads from all tensors that a step updates to one number.

They go over every parameter of an optimizer that has a gradient, in whichever group it is, and on
every rank that has a part of it. What they are taken of is a number for each tensor, or one for
each element, of which all are then gone through. In it stand the hyperparameters of the group that
a tensor is in; in what is made of the total, those that all groups agree on.
"""

from collections.abc import Sequence
from typing import ClassVar

from .heads import Head, enclosed


class OverTensors(Head):
    """Base of the heads that go over all tensors."""

    nargs = (1,)
    category = "reduction"


class global_norm(OverTensors):
    """The Euclidean norm over all elements of all tensors that are updated together."""

    is_nonnegative: ClassVar[bool] = True  # pyright: ignore[reportIncompatibleVariableOverride]
    formula = "sqrt(sum over all tensors of sum(x**2))"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        one = enclosed(args[0], r"\lVert", r"\rVert")
        return rf"\sqrt{{\sum_{{\theta}} {one}_2^2}}"


class global_total(OverTensors):
    """The sum over all tensors that are updated together, of their elements or of a number each."""

    formula = "sum over all tensors of sum(x)"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\sum_{{\theta}} {enclosed(args[0])}"


class global_amax(OverTensors):
    """The largest of all tensors that are updated together, of their elements or numbers."""

    formula = "max over all tensors of max(x)"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\max_{{\theta}}{enclosed(args[0])}"
