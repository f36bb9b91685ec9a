"""The language a spec is written in.

A rule is one :class:`Optimizer`: the hyperparameters and options it takes, the states it
keeps, and its update equations as time-indexed recurrences over t = 1, 2, ... In them
``m[t - 1]`` is a stored value, ``m[t]`` the new one, and ``grad(theta[t - 1])`` the gradient
at a point, an uninterpreted function. What happens to gradients before every rule sees them is
a :class:`Transform`.

A :class:`Schedule` is the learning rate as a function of the 0-based ``step``, in the same
language: ``eta[step]`` is the rate, and only a schedule that is stepped with a metric keeps
states.

SymPy symbols carry a name and a role and nothing else, so that one symbol means the same in
every spec; what a spec says *about* a symbol (default, domain, argument name, initial
value, checkpoint key) stands in its declarations.

``from steprule.specs.language import *`` is all that a spec file needs, of SymPy too.
"""

from sympy import (
    Abs,
    And,
    Eq,
    Integer,
    Max,
    Min,
    Mod,
    Ne,
    Not,
    Or,
    Piecewise,
    Rational,
    Symbol,
    atan,
    atan2,
    cos,
    erf,
    exp,
    floor,
    log,
    oo,
    pi,
    sign,
    sin,
    sqrt,
    tanh,
)

from .arguments import Choice, Function, Numbers, Schedules
from .claims import Equivalence, Identity, Part, Side, Stability, Verdict, by_induction
from .declarations import Constraint, Hyper, Option, State, Update
from .decompositions import descending, diagonal, eigenvalues, eigenvectors, leading, qr
from .derivation import derived
from .domains import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    REAL,
    UNIT,
    UNIT_ABOVE_ZERO,
    UNIT_CLOSED,
    Interval,
)
from .errors import SpecError
from .heads import clip, lerp, one_minus_power, stored
from .inputs import Input, Source
from .matrices import Iterand, identity, iterate, lower, matmul, solve, trace, transpose
from .operator import Operator
from .optimizer import Optimizer
from .outputs import Output
from .over_tensors import global_amax, global_norm, global_total
from .parts import (
    added,
    direction,
    forgetting,
    gradient,
    kept,
    momentum,
    rate,
    second_moment,
    second_weight,
    squared,
    squares,
    stepped,
)
from .points import carried_out, points
from .reductions import amax, dot, mean, norm, rms, total
from .schedule import Sample, Schedule, Spec, eta, lr, metric, mu
from .sequences import (
    call,
    chained,
    chained_momentum,
    completed_cycles,
    given,
    item,
    momentum_of,
    passed,
    rate_of,
    running_product,
    size,
)
from .shapes import FACTS, Axis, Fact, Shape, basis, cols, machine_epsilon, ndim, numel, rows
from .specialisation import specialised
from .symbols import (
    Gradient,
    GradientAt,
    Series,
    Value,
    counts,
    flags,
    grad,
    hyperparameters,
    inputs,
    intermediates,
    states,
    step,
    t,
    theta,
)
from .transform import Transform
from .views import View

__all__ = [
    "AT_LEAST_ONE",
    "FACTS",
    "NON_NEGATIVE",
    "POSITIVE",
    "REAL",
    "UNIT",
    "UNIT_ABOVE_ZERO",
    "UNIT_CLOSED",
    "Abs",
    "And",
    "Axis",
    "Choice",
    "Constraint",
    "Eq",
    "Equivalence",
    "Fact",
    "Function",
    "Gradient",
    "GradientAt",
    "Hyper",
    "Identity",
    "Input",
    "Integer",
    "Interval",
    "Iterand",
    "Max",
    "Min",
    "Mod",
    "Ne",
    "Not",
    "Numbers",
    "Operator",
    "Optimizer",
    "Option",
    "Or",
    "Output",
    "Part",
    "Piecewise",
    "Rational",
    "Sample",
    "Schedule",
    "Schedules",
    "Series",
    "Shape",
    "Side",
    "Source",
    "Spec",
    "SpecError",
    "Stability",
    "State",
    "Symbol",
    "Transform",
    "Update",
    "Value",
    "Verdict",
    "View",
    "added",
    "amax",
    "atan",
    "atan2",
    "basis",
    "by_induction",
    "call",
    "carried_out",
    "chained",
    "chained_momentum",
    "clip",
    "cols",
    "completed_cycles",
    "cos",
    "counts",
    "derived",
    "descending",
    "diagonal",
    "direction",
    "dot",
    "eigenvalues",
    "eigenvectors",
    "erf",
    "eta",
    "exp",
    "flags",
    "floor",
    "forgetting",
    "given",
    "global_amax",
    "global_norm",
    "global_total",
    "grad",
    "gradient",
    "hyperparameters",
    "identity",
    "inputs",
    "intermediates",
    "item",
    "iterate",
    "kept",
    "leading",
    "lerp",
    "log",
    "lower",
    "lr",
    "machine_epsilon",
    "matmul",
    "mean",
    "metric",
    "momentum",
    "momentum_of",
    "mu",
    "ndim",
    "norm",
    "numel",
    "one_minus_power",
    "oo",
    "passed",
    "pi",
    "points",
    "qr",
    "rate",
    "rate_of",
    "rms",
    "rows",
    "running_product",
    "second_moment",
    "second_weight",
    "sign",
    "sin",
    "size",
    "solve",
    "specialised",
    "sqrt",
    "squared",
    "squares",
    "states",
    "step",
    "stepped",
    "stored",
    "t",
    "tanh",
    "theta",
    "total",
    "trace",
    "transpose",
]
