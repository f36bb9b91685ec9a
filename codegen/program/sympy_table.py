"""What SymPy's functions, relations and constants are as operations."""

from collections.abc import Callable
from functools import partial

from sympy import (
    Abs,
    Basic,
    S,
    atan,
    atan2,
    cos,
    erf,
    exp,
    log,
    pi,
    sign,
    sin,
    tanh,
)
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne

from . import operations as ops
from .nodes import ONE, Node, apply

RELATIONS = {Eq: ops.EQ, Ne: ops.NE, Lt: ops.LT, Le: ops.LE, Gt: ops.GT, Ge: ops.GE}
_OPERATIONS = {
    Abs: ops.ABS,
    sign: ops.SIGN,
    exp: ops.EXP,
    log: ops.LOG,
    cos: ops.COS,
    sin: ops.SIN,
    tanh: ops.TANH,
    erf: ops.ERF,
    atan2: ops.ATAN2,
}
FUNCTIONS: dict[type[Basic], Callable[..., Node]] = {
    **{function: partial(apply, operation) for function, operation in _OPERATIONS.items()},
    atan: lambda x: apply(ops.ATAN2, x, ONE),
}
"""What gives the node of a call, by those of its arguments."""
CONSTANTS: dict[Basic, Node] = {
    pi: apply(ops.PI),
    S.Infinity: apply(ops.INFINITY),
    S.NegativeInfinity: apply(ops.NEG, apply(ops.INFINITY)),
}
