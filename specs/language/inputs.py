"""An input: what a step is given beside the gradient at the parameter, anew each time.

The equations read it at t, as they read what they compute; at the next step it is gone, unless a
state keeps it.
"""

from dataclasses import dataclass
from enum import Enum

from sympy import Basic, latex, true

from .domains import REAL, Interval
from .symbols import Series


class Source(Enum):
    """What an input is, and so where a step has it from."""

    LOSS = "loss"
    """The loss, one number: what the closure of a step returns, or an argument of its name."""
    NUMBER = "number"
    """Another number for all tensors alike, an argument of the step."""
    ELEMENTS = "elements"
    """A number for each element, an argument of the step: an estimate of the Hessian's diagonal."""

    GRADIENT = "gradient"
    """The gradient at a point away from the parameter, which an equation ``x[t] = grad(point)``
    says: it is taken by the closure of a step, while the parameters are there."""

    @property
    def is_tensor(self) -> bool:
        """Whether there is a number for each element."""
        return self in (Source.ELEMENTS, Source.GRADIENT)


@dataclass(frozen=True)
class Input:
    """A quantity that a step is given.

    Args:
        series: the input in the equations, which read it at t.
        source: what it is.
        doc: what it is, for a reader of the generated class.
        when: the condition on t, options and hyperparameters under which a step reads it, and
            has to be given it.
        domain: the values it can take, by which roots and divisions are checked.
        latex: its notation, where it is not SymPy's for the name.
    """

    series: Series
    source: Source
    doc: str
    when: Basic = true
    domain: Interval = REAL
    latex: str = ""

    @property
    def name(self) -> str:
        return self.series.name

    @property
    def is_tensor(self) -> bool:
        return self.source.is_tensor

    @property
    def tex(self) -> str:
        return self.latex or latex(self.series.symbol)
