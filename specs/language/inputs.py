"""An input: what a step is given beside the gradient at the parameter, anew each time.

The equations read it at t, as they read what they compute; at the next step it is gone, unless a
state keeps it.

Random numbers are inputs that nobody hands over: a step draws them itself, a number for each
element. Each depends on the seed of the optimizer, the step, the parameter's place among the
optimizer's and the element's place in the whole of it, and on nothing else: not on the backend, nor
on how a tensor lies in memory or is shared by devices. :mod:`steprule.codegen.runtime._philox` says
which number it is.
"""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from sympy import Basic, latex, true

from .domains import REAL, UNIT, Interval
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

    UNIFORM = "uniform"
    """Random numbers from 0 to 1, without 1: as likely each of the multiples of 2**-24 where a step
    computes in float32, of 2**-53 in float64. The first are the second, cut off."""
    NORMAL = "normal"
    """Random numbers of mean 0 and variance 1, by Box and Muller of two of the above."""
    RADEMACHER = "rademacher"
    """Random signs: -1 and 1, as likely."""

    @property
    def is_tensor(self) -> bool:
        """Whether there is a number for each element."""
        return self in (Source.ELEMENTS, Source.GRADIENT) or self.is_random

    @property
    def is_random(self) -> bool:
        """Whether a step draws it itself."""
        return self in _RANGES


_RANGES = {
    Source.UNIFORM: UNIT,
    Source.NORMAL: REAL,
    Source.RADEMACHER: Interval(Fraction(-1), Fraction(1)),
}
"""What random numbers can be."""


@dataclass(frozen=True)
class Input:
    """A quantity that a step is given.

    Args:
        series: the input in the equations, which read it at t.
        source: what it is.
        doc: what it is, for a reader of the generated class.
        when: the condition on t, options and hyperparameters under which a step reads it, and
            has to be given it.
        domain: the values it can take, by which roots and divisions are checked; those of random
            numbers follow from the source.
        latex: its notation, where it is not SymPy's for the name.
    """

    series: Series
    source: Source
    doc: str
    when: Basic = true
    domain: Interval = REAL
    latex: str = ""

    def __post_init__(self) -> None:
        if self.domain == REAL and isinstance(self.source, Source):
            object.__setattr__(self, "domain", _RANGES.get(self.source, REAL))

    @property
    def is_random(self) -> bool:
        return self.source.is_random

    @property
    def name(self) -> str:
        return self.series.name

    @property
    def is_tensor(self) -> bool:
        return self.source.is_tensor

    @property
    def tex(self) -> str:
        return self.latex or latex(self.series.symbol)
