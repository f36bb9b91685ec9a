"""Which matrices of a rule are symmetric for a reason that its equations show.

A product is if it reads the same from behind, each factor transposed; a sum, or what is made
element by element, if all of it is or has its transpose beside it; a state if it starts so, and its
equation keeps it so.
"""

from sympy import Basic, Symbol

from ...specs.language import (
    GradientAt,
    Iterand,
    Optimizer,
    State,
    Value,
    descending,
    diagonal,
    identity,
    iterate,
    leading,
    lower,
    matmul,
    solve,
    trace,
    transpose,
)
from ...specs.language.decompositions import Decomposition
from ...specs.language.over_tensors import OverTensors
from ...specs.language.reductions import Reduction


class Symmetry:
    """What is known to be symmetric in an optimizer's equations.

    Args:
        spec: whose shapes fit, and no equation of which depends on itself.
    """

    def __init__(self, spec: Optimizer) -> None:
        self._values = {u.target.name: u.value for u in spec.updates}
        self._numbers = {s.name for s in spec.states if len({*s.shape.axes}) < 2 and not _square(s)}
        self._numbers |= {i.name for i in spec.inputs if not i.is_tensor}
        self._symmetric = {s.name for s in spec.states if _square(s)}
        self._known: dict[Value, bool] = {}
        while odd := {n for n in self._symmetric if not self.holds(self._values[n])}:
            self._symmetric -= odd
            self._known.clear()

    def holds(self, e: Basic) -> bool:
        """Whether a matrix is symmetric; numbers are, too."""
        return self._turned(e, over=False) == self._turned(e, over=True)

    def _turned(self, e: Basic, *, over: bool) -> Basic:
        """The expression, or its transpose, with all that is transposed in it at its leaves."""
        match e:
            case transpose():
                return self._turned(e.args[0], over=not over)
            case matmul():
                factors = [self._turned(f, over=over) for f in _factors(e)]
                return matmul(*(reversed(factors) if over else factors))
            case Value() | GradientAt() | Iterand() | Reduction() | iterate() | diagonal():
                return transpose(e) if over and not self._is_symmetric(e) else e
            case descending() | Decomposition() | leading() | lower() | solve():
                return transpose(e) if over else e
            case identity() | trace() | OverTensors() | Symbol():
                return e
        if not e.args:
            return e
        return e.func(*(self._turned(a, over=over) for a in e.args))

    def _is_symmetric(self, e: Basic) -> bool:
        match e:
            case Reduction():
                return len(e.over) != 1
            case Value() if e.lag == 0 and e.name in self._values:
                if e not in self._known:
                    self._known[e] = self.holds(self._values[e.name])
                return self._known[e]
            case Value():
                return e.name in self._numbers | self._symmetric
        return False


def _square(state: State) -> bool:
    axes = state.shape.axes
    return len(axes) == 2 and axes[0] == axes[1]


def _factors(e: Basic) -> list[Basic]:
    """Those of a product of products, from the left."""
    return [f for a in e.args for f in _factors(a)] if isinstance(e, matmul) else [e]
