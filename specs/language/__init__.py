"""The language a spec is written in.

A rule is one :class:`Optimizer`: the hyperparameters and options it takes, the states it
keeps, and its update equations as time-indexed recurrences over t = 1, 2, ... In them
``m[t - 1]`` is a stored value, ``m[t]`` the new one, and ``grad(theta[t - 1])`` the gradient
at a point, an uninterpreted function. What happens to gradients before every rule sees them is
a :class:`Transform`.

SymPy symbols carry a name and a role and nothing else, so that one symbol means the same in
every spec; what a spec says *about* a symbol (default, domain, argument name, initial
value, checkpoint key) stands in its declarations.
"""

from .declarations import Constraint, Hyper, Option, Shape, State, Update
from .domains import NON_NEGATIVE, POSITIVE, REAL, UNIT, UNIT_CLOSED, Interval
from .errors import SpecError
from .heads import clip, global_norm, lerp, matmul, mean, norm, one_minus_power, transpose
from .optimizer import Optimizer
from .symbols import (
    Gradient,
    GradientAt,
    Series,
    Value,
    flags,
    grad,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)
from .transform import Transform

__all__ = [
    "NON_NEGATIVE",
    "POSITIVE",
    "REAL",
    "UNIT",
    "UNIT_CLOSED",
    "Constraint",
    "Gradient",
    "GradientAt",
    "Hyper",
    "Interval",
    "Optimizer",
    "Option",
    "Series",
    "Shape",
    "SpecError",
    "State",
    "Transform",
    "Update",
    "Value",
    "clip",
    "flags",
    "global_norm",
    "grad",
    "hyperparameters",
    "intermediates",
    "lerp",
    "matmul",
    "mean",
    "norm",
    "one_minus_power",
    "states",
    "t",
    "theta",
    "transpose",
]
