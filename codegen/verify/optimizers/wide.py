"""Operations of programs on numbers wider than those that implementations compute with."""

import math
from functools import partial
from typing import Any

import numpy as np

from ...program.operations import ALONG

Wide = np.longdouble
"""For its range; bounds are needed to a digit or so."""

COMPARISONS = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}

_REDUCTIONS: dict[str, Any] = {
    "norm": lambda x, **along: np.sqrt(np.sum(x * x, **along)),
    "mean": np.mean,
    "total": np.sum,
    "amax": lambda x, **along: np.max(x, **along) if np.size(x) else np.sum(x, **along) + np.nan,
}

VALUES: dict[str, Any] = {
    **COMPARISONS,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "square": np.square,
    "sqrt": np.sqrt,
    "neg": np.negative,
    "abs": np.abs,
    "max": np.maximum,
    "min": np.minimum,
    "sign": np.sign,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "pow": np.power,
    "tanh": np.tanh,
    "erf": lambda x: np.vectorize(math.erf, otypes=[Wide])(x),
    "atan2": np.arctan2,
    "cos": np.cos,
    "floor": np.floor,
    "floordiv": np.floor_divide,
    "mod": np.mod,
    "pi": lambda: Wide("3.14159265358979323846264338327950288"),
    "one_minus_power": lambda base, exponent: 1 - np.power(base, exponent),
    "clip": np.clip,
    "global_norm": lambda x: np.sqrt(np.sum(x * x)),
    **{name: partial(function, axis=None) for name, function in _REDUCTIONS.items()},
    **{
        op.name: partial(_REDUCTIONS[name], axis=op.axes, keepdims=True)
        for (name, _), op in ALONG.items()
    },
    "matmul": np.matmul,
    "transpose": lambda x: x.mT,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
}
