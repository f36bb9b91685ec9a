"""An optimizer as a textbook writes it in NumPy: one equation after another, on whole arrays.

It exists for every rule, because it is the lowered equations, printed. Nothing is rewritten
but that terms switched off by 0, such as weight decay, are skipped, as everybody does. With
functions of the same names it is a rule of other arrays than NumPy's.
"""

import copy
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Self

import numpy as np
from sympy import sympify

from ...specs.language import Input, Optimizer, machine_epsilon
from ...specs.language.shapes import facts
from ..backends.numpy.printer import HOST
from ..oracle.views import rank_of
from ..program import operations as ops
from ..program.evaluate import value_of
from ..program.forms import ATOM, SUM, UNARY, Form, Language, Printer, Table
from ..program.lower import lower, lower_expression
from ..program.naming import free
from ..program.nodes import Apply, Program, Slot, assignments, is_host_select
from ..program.operations import Kind
from ..program.passes.skip_optional import skip_optional
from ..runtime.numpy._functions import erf
from ..verify.optimizers.configurations import Configuration
from .arrays import Array

State = Array | float | None
"""A tensor, a number, or what does not exist."""


_SCALARS: Table = {
    **HOST.host,
    **dict.fromkeys(ops.OVER_TENSORS.values(), "({})"),  # of a tensor by itself
    ops.ONE_MINUS_POW: Form("1 - {} ** {}", SUM, (ATOM, UNARY)),
}


_ALONG = {"norm": "np.linalg.norm", "mean": "np.mean", "total": "np.sum", "amax": "np.amax"}
_REDUCTIONS = {
    ops.NORM: _ALONG["norm"],
    ops.MEAN: _ALONG["mean"],
    ops.TOTAL: _ALONG["total"],
    ops.AMAX: _ALONG["amax"],
}


def _chosen(node: Apply) -> str:
    if is_host_select(node):
        return "({1} if {0} else {2})"
    numbers = all(x.on_host for x in node.args[1:])  # which NumPy would make float64
    return "np.where({}, np.full_like(theta, {}), {})" if numbers else "np.where"


_TEXTBOOK = Language(
    "NumPy",
    _SCALARS,
    {
        **_SCALARS,
        ops.SQRT: "np.sqrt",
        ops.EXP: "np.exp",
        ops.LOG: "np.log",
        ops.TANH: "np.tanh",
        ops.ERF: "erf",
        ops.STORED: "{}",  # arrays are computed in their own dtype
        ops.ATAN2: "np.arctan2",
        ops.ABS: "np.abs",
        ops.SIGN: "np.sign",
        ops.MAX: "np.maximum",
        ops.MIN: "np.minimum",
        ops.CLIP: "np.clip",
        ops.SELECT: _chosen,
        ops.AND: "np.logical_and",
        ops.OR: "np.logical_or",
        ops.NOT: "np.logical_not",
        ops.MATMUL: "np.matmul",
        ops.TRANSPOSE: "{}.mT",
        **{op: f"{_REDUCTIONS[op]}({{}})" for op in (ops.NORM, ops.MEAN, ops.TOTAL, ops.AMAX)},
        **{
            op: f"{_ALONG[name]}({{}}, axis={tuple(op.axes)}, keepdims=True)"
            for (name, _), op in ops.ALONG.items()
        },
    },
)
"""Tensors with Python's operators and NumPy's functions, all of which give new arrays."""


_MANY = 1 << 20
"""Elements, of a vector that is like others."""


class Textbook:
    """One optimizer's equations, under one configuration.

    Attributes:
        source: the step as a Python function.
        elementwise: what becomes of an element depends on that element alone.
        kept: the arrays there are of a vector between steps: itself, and its states.
        initial: the states before the first step, of each tensor; numbers fill it, or it is copied.
    """

    def __init__(self, spec: Optimizer, configuration: Configuration) -> None:
        program = skip_optional(lower(spec))
        self._facts, self._rank = program.facts, rank_of(spec, configuration.hyper)
        names = [*configuration.hyper, *configuration.options, *program.facts]
        self.source = _source(program, names)
        self._compile(np)
        self._settings = {**configuration.hyper, **configuration.options}
        self.elementwise = not program.kinds & {Kind.REDUCTION, Kind.MATRIX}
        self._slots = program.slots[1:]
        self._exact: dict[str, Any] = {n: Fraction(x) for n, x in configuration.hyper.items()}
        self._exact |= {**configuration.options}
        self._reads = [(i, lower_expression(spec, i.when)) for i in spec.inputs]
        self._copies = {state.name for state in spec.states if state.starts_as_parameter}
        self._initial = {
            s.name: float(value_of(lower_expression(spec, sympify(s.init)), self._exact))
            for s in spec.states
            if s.init is not None and s.name not in self._copies
        }
        self._shapes = {s.name: s.shape for s in spec.states}
        vector = facts((_MANY,))
        self.kept = 1 + sum(s.is_tensor and self._exists(s, vector) for s in self._slots)

    def _compile(self, functions: Any) -> None:
        namespace: dict[str, Any] = {"np": functions, "math": math}
        namespace["erf"] = getattr(functions, "erf", erf)  # NumPy has none
        exec(self.source, namespace)
        self._function = namespace["step"]
        self._functions = functions

    def by(self, functions: Any) -> Self:
        """The same rule, carried out by functions that have the names of NumPy's."""
        other = copy.copy(self)
        other._compile(functions)
        return other

    def initial(self, theta: Array) -> list[State]:
        """The states of a tensor before its first step, those that exist by then."""
        return [self._start(slot, theta) for slot in self._slots]

    def _exists(self, slot: Slot, known: Mapping[str, Any]) -> bool:
        return slot.when is None or bool(value_of(slot.when, self._exact | {**known}))

    def _start(self, slot: Slot, theta: Array) -> State:
        if not self._exists(slot, facts(theta.shape, rank=self._rank)):
            return None
        if slot.name in self._copies:
            return self._functions.copy(theta)
        start = self._initial.get(slot.name)
        if not slot.is_tensor or start is None:
            return start
        shape = self._shapes[slot.name]
        if not shape.is_whole:
            theta = self._functions.broadcast_to(
                theta.sum(), shape.lengths(theta.shape, self._rank)
            )
        return self._functions.full_like(theta, start)

    def reads(self, t: int) -> list[Input]:
        """The inputs that step t reads."""
        counted = {"t": Fraction(t), "first": t == 1}
        return [i for i, when in self._reads if value_of(when, self._exact | counted)]

    def step(
        self,
        t: int,
        theta: Array,
        grad: Array,
        states: list[State],
        inputs: Mapping[str, Array | float] | None = None,
    ) -> tuple[Array, list[State]]:
        """A tensor and its states after step t, counted from 1; new arrays.

        Of inputs, what the step reads is given.
        """
        known = facts(theta.shape, rank=self._rank)
        known |= {machine_epsilon.name: self._functions.finfo(theta.dtype).eps}
        given = {name: known[name] for name in self._facts} | {"t": t, "first": t == 1}
        given |= self._settings | dict(inputs or {})
        theta, *states = self._function(theta, grad, *states, **given)
        return theta, states


def _source(program: Program, settings: list[str]) -> str:
    """The program as a Python function of a tensor, its gradient and states."""
    old = [slot.name for slot in program.slots]
    assigned = [a.target.id for a in assignments(program.body)]
    taken = {*old, *assigned, *settings, *(x.id for x in program.read_only), "t", "first"}
    taken |= {i.name.id for i in program.scalar_inputs}
    new = {slot.new.id: free(f"new_{slot.name}", taken) for slot in program.slots}
    printed = Printer(_TEXTBOOK, new)
    theta, *states = old
    inputs = [i.name.id for i in program.inputs]
    given = [*settings, *(f"{name}=None" for name in inputs)]
    head = ", ".join([theta, program.gradient.id, *states, "*", "t", "first", *given])
    lines = [f"    {printed(a.target)} = {printed(a.value)}" for a in assignments(program.body)]
    results = ", ".join(
        new[slot.new.id] if slot.new.id in assigned else slot.name for slot in program.slots
    )
    return "\n".join([f"def step({head}):", *lines, f"    return {results},", ""])
