"""Decide whether an expression is zero, in every case if not as a whole."""

from collections.abc import Collection

from sympy import Basic, Dummy, Expr, Piecewise, Symbol
from sympy.core.function import AppliedUndef

from ...specs.language.heads import Head
from .cases import cases, chosen, vanishes
from .functions import evaluated
from .normal_form import NormalForm

_MOST = 64
"""Cases that are looked at."""


class InCases(NormalForm):
    """A normal form that tells cases apart where it cannot decide without."""

    def __init__(self, given: Basic, scalars: Collection[Symbol] = ()) -> None:
        """Nothing is known but conditions on symbols, and which are one number for a tensor."""
        super().__init__(by_cases=True, given=given, scalars=scalars)

    def is_zero(self, expression: Expr) -> bool:
        return super().is_zero(expression) or self._vanishes(expression)

    def _vanishes(self, expression: Expr) -> bool:
        told = chosen(_without_calls(evaluated(expression)))
        if not told.has(Piecewise):
            return False
        return all(
            k < _MOST
            and (NormalForm(by_cases=True, given=case).is_zero(value) or vanishes(value, case))
            for k, (case, (value,)) in enumerate(cases([told], self._given))
        )


def _without_calls(e: Basic) -> Basic:
    """The expression with a number for every reduction and undefined function.

    What chooses within one does so for every element, and not as it does without.
    """
    numbers: dict[Basic, Dummy] = {}

    def number(call: Basic) -> Dummy:
        known = {"nonnegative": True} if call.is_nonnegative else {"real": True}
        return numbers.setdefault(call, Dummy(str(call), **known))

    return e.replace(lambda n: isinstance(n, Head | AppliedUndef), number)
