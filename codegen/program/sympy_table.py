"""What SymPy's functions, relations and constants are as operations."""

from sympy import (
    Abs,
    Basic,
    S,
    atan2,
    cos,
    erf,
    exp,
    log,
    pi,
    sign,
    tanh,
)
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne

from . import operations as ops
from .nodes import Node, apply

RELATIONS = {Eq: ops.EQ, Ne: ops.NE, Lt: ops.LT, Le: ops.LE, Gt: ops.GT, Ge: ops.GE}
FUNCTIONS = {
    Abs: ops.ABS,
    sign: ops.SIGN,
    exp: ops.EXP,
    log: ops.LOG,
    cos: ops.COS,
    tanh: ops.TANH,
    erf: ops.ERF,
    atan2: ops.ATAN2,
}
CONSTANTS: dict[Basic, Node] = {
    pi: apply(ops.PI),
    S.Infinity: apply(ops.INFINITY),
    S.NegativeInfinity: apply(ops.NEG, apply(ops.INFINITY)),
}
