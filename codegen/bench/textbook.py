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

from ...specs.language import Input, Optimizer
from ..backends.numpy.printer import HOST
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


_SCALARS: Table = {**HOST.host, ops.ONE_MINUS_POW: Form("1 - {} ** {}", SUM, (ATOM, UNARY))}


def _chosen(node: Apply) -> str:
    return "({1} if {0} else {2})" if is_host_select(node) else "np.where"


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
        ops.NORM: "np.linalg.norm",
        ops.MEAN: "np.mean",
    },
)
"""Tensors with Python's operators and NumPy's functions, all of which give new arrays."""


class Textbook:
    """One optimizer's equations, under one configuration.

    Attributes:
        source: the step as a Python function.
        elementwise: what becomes of an element depends on that element alone.
        kept: the arrays there are of a tensor between steps: itself, and its states.
        initial: the states before the first step, of each tensor; numbers fill it, or it is copied.
    """

    def __init__(self, spec: Optimizer, configuration: Configuration) -> None:
        program = skip_optional(lower(spec))
        self.source = _source(program, [*configuration.hyper, *configuration.options])
        self._compile(np)
        self._settings = {**configuration.hyper, **configuration.options}
        self.elementwise = not program.kinds() & {Kind.REDUCTION, Kind.MATRIX}
        self._slots = program.slots[1:]
        exact = {n: Fraction(x) for n, x in configuration.hyper.items()} | {**configuration.options}
        self._exact: dict[str, Any] = exact
        self._reads = [(i, lower_expression(spec, i.when)) for i in spec.inputs]
        inits = {state.name: state.init for state in spec.states}
        existing = [s for s in self._slots if not s.when or value_of(s.when, exact)]
        copies = {state.name for state in spec.states if state.starts_as_parameter}
        self._copies = [slot for slot in existing if slot.name in copies]
        self._initial = {
            slot: float(value_of(lower_expression(spec, sympify(inits[slot.name])), exact))
            for slot in existing
            if inits[slot.name] is not None and slot.name not in copies
        }
        self.kept = 1 + sum(slot.is_tensor for slot in existing)

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

    def _start(self, slot: Slot, theta: Array) -> State:
        if slot in self._copies:
            return self._functions.copy(theta)
        if slot.is_tensor and slot in self._initial:
            return self._functions.full_like(theta, self._initial[slot])
        return self._initial.get(slot)

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
        given = self._settings | dict(inputs or {})
        theta, *states = self._function(theta, grad, *states, t=t, first=t == 1, **given)
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
