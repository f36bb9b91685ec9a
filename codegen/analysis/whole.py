"""Which numbers are whole: then what is not 0 is at least 1 away from it.

A state is if it starts so, and its equation keeps it so.
"""

from collections.abc import Sequence

from sympy import Add, Basic, Expr, Integer, Max, Min, Mod, Mul, Piecewise, Pow, Symbol, floor, sign

from ...specs.language import Fact, Optimizer, Schedule, Update, Value, passed, size, step, t
from ...specs.language.occurrences import pairs


class Whole:
    """What is known to be whole in the equations of a spec.

    Args:
        spec: the spec.
        ordered: its updates in execution order.
    """

    def __init__(self, spec: Optimizer | Schedule, ordered: Sequence[Update]) -> None:
        self._counts = {h.symbol for h in spec.hyperparameters if h.is_whole}
        self._equations = {u.target.name: u.value for u in ordered}
        self._states = {s.name for s in spec.states if isinstance(s.init, int | Integer)}
        while odd := {n for n in self._states if not self._is_kept(n)}:
            self._states -= odd

    def holds(self, e: Basic) -> bool:
        """Whether it is a whole number in every step."""
        match e:
            case Value() if e.name in self._states:
                return True
            case Value():
                return e.lag == 0 and e.name in self._equations and self._is_kept(e.name)
            case Integer() | Fact() | floor() | sign() | passed() | size():
                return True
            case Symbol():
                return e in (t, step) or e in self._counts
            case Add() | Mul() | Max() | Min() | Mod():
                return all(map(self.holds, e.args))
            case Pow():
                return isinstance(e.exp, Integer) and e.exp >= 0 and self.holds(e.base)
            case Piecewise():
                return all(self.holds(value) for value, _ in pairs(e))
        return isinstance(e, Expr) and e.is_integer is True

    def _is_kept(self, name: str) -> bool:
        return name in self._equations and self.holds(self._equations[name])
