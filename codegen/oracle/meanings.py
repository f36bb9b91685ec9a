"""What functions, heads and relations of SymPy's trees mean on exact numbers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sympy import (
    Abs,
    Basic,
    Eq,
    Ge,
    Gt,
    Le,
    Lt,
    Ne,
    S,
    atan,
    atan2,
    cos,
    erf,
    exp,
    floor,
    log,
    sign,
    sin,
    tanh,
)
from sympy import Mod as Modulo

from ...specs.language import (
    amax,
    clip,
    descending,
    diagonal,
    eigenvalues,
    eigenvectors,
    global_amax,
    global_norm,
    global_total,
    leading,
    lerp,
    lower,
    matmul,
    mean,
    norm,
    one_minus_power,
    qr,
    solve,
    total,
    trace,
    transpose,
)
from ...specs.language import sequences as heads
from ...specs.language.shapes import PLACES, Axis, places_of
from . import arrays, exact, factors, sequences
from .arrays import elementwise
from .exact import Number

FUNCTIONS: dict[type[Basic], Callable[..., Any]] = {
    Abs: elementwise(exact.absolute, 1),
    sign: elementwise(exact.sign, 1),
    exp: elementwise(exact.exponential, 1),
    log: elementwise(exact.logarithm, 1),
    tanh: elementwise(exact.hyperbolic_tangent, 1),
    erf: elementwise(exact.error_function, 1),
    atan2: elementwise(exact.angle, 2),
    atan: elementwise(lambda x: exact.angle(x, exact.ONE), 1),
    clip: elementwise(exact.clip, 3),
    lerp: elementwise(exact.lerp, 3),
    one_minus_power: elementwise(exact.one_minus_power, 2),
    matmul: arrays.matmul,
    transpose: arrays.transpose,
    trace: arrays.trace,
    lower: arrays.lower,
    solve: arrays.solve,
    eigenvectors: factors.eigenvectors,
    eigenvalues: factors.eigenvalues,
    qr: factors.qr,
    diagonal: factors.diagonal,
    descending: factors.descending,
    leading: factors.leading,
    cos: exact.cosine,
    sin: exact.sine,
    floor: exact.floor,
    Modulo: exact.modulo,
    heads.passed: sequences.passed,
    heads.size: sequences.size,
    heads.item: sequences.item,
    heads.completed_cycles: sequences.completed_cycles,
    heads.call: sequences.call,
    heads.running_product: sequences.running_product,
    heads.rate_of: sequences.rate_of,
    heads.chained: sequences.chained,
    heads.momentum_of: sequences.momentum_of,
    heads.chained_momentum: sequences.chained_momentum,
}

REDUCTIONS: dict[type[Basic], Callable[..., Any]] = {
    norm: arrays.norm,
    mean: arrays.mean,
    total: arrays.total,
    amax: arrays.amax,
}

OVER_TENSORS: dict[type[Basic], Callable[..., Any]] = {
    global_norm: arrays.norm,
    global_total: arrays.total,
    global_amax: arrays.amax,
}
"""Of each tensor, and then of what these are."""

AXES: Mapping[Basic, int] = {axis: place - 2 for axis, place in PLACES.items()}
"""Counted from behind."""


def axes_of(over: Sequence[Axis]) -> tuple[int, ...]:
    """Those a reduction goes along, likewise; none where it goes over all elements."""
    return tuple(place - 2 for place in places_of(over)) if over else ()


CONSTANTS: dict[Basic, Number] = {
    S.Pi: exact.PI,
    S.Exp1: exact.E,
    S.EulerGamma: exact.EULER_GAMMA,
    S.Catalan: exact.CATALAN,
}

RELATIONS: dict[type[Basic], Callable[..., Any]] = {
    Eq: elementwise(exact.equal, 2),
    Ne: elementwise(exact.unequal, 2),
    Lt: elementwise(exact.less, 2),
    Le: elementwise(exact.less_equal, 2),
    Gt: elementwise(exact.greater, 2),
    Ge: elementwise(exact.greater_equal, 2),
}
