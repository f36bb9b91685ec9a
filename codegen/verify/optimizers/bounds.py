"""How far a step may be from the exact one: every rounding of the program, carried to its result.

The compiled program, from which all implementations are printed, is run on what a step is given.
Beside each value stands a bound of what is computed in its place: each operation rounds once, at
the size of its result, and passes on what its operands were off by (``roundings``). So there is no
number of ulps that is granted to every rule, and what cancels counts for as much as was rounded
before it did.

Scalars of the host are in float64, and rounded to what tensors are computed in where they meet
one. What is not finite ends what can be said: a value whose bound is infinite may be anything.

The reals have no largest number, as formats do. A step is run a second time with what exceeds the
largest number infinite (``reach.Bounds.saturated``), and an implementation may come out near
either: formats overflow where the arithmetic behind an operation does, which may be wider.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

import numpy as np

from ...oracle.formats import FORMATS, Format
from ...program import operations as ops
from ...program.iteration import Iteration
from ...program.nodes import Absent, Apply, Assign, Constant, Name, Node, Program, Statement
from ...program.nodes import is_host_select as is_early_choice
from ..roundings import Axes, Uncertain, carried, halves, is_open, magnitude, selected
from ..ulp import half_units, nearest, rounded
from .reach import Bounds
from .wide import COMPARISONS, VALUES, WIDE_UNIT, constant, given, reduction, saturated_product

_HOST = FORMATS["float64"]


class PartedError(Exception):
    """Some of the elements take another branch than others.

    Args:
        takes: which take the first.
    """

    def __init__(self, takes: Any) -> None:
        super().__init__()
        self.takes = takes


def bounds(
    program: Program,
    values: Mapping[str, Any],
    stored: Format,
    computed: Format,
    factors: Mapping[str, Any] | None = None,
    tensor: Axes = None,
) -> dict[str, Bounds]:
    """The bounds of the new value of every slot that exists.

    Args:
        program: what implementations are printed from; rounds that may be computed in fewer digits
            are, but for float64.
        values: hyperparameters, options, ``t``, ``first``, the gradient and every slot; numbers
            and arrays of them, or pairs of one and how far it is off. Where the program works on
            single elements, ``t`` and scalars may be arrays too: one for each element; and where
            there are several tensors, one for each, with axes of length 1 where the tensors have
            theirs.
        stored: the format of the tensors.
        computed: the format that operations on them round to.
        factors: what some code has computed of decompositions, and goes on with, by slot.
        tensor: the axes of each tensor, counted from behind, where the first is of several; None
            where all are of one.

    Raises:
        PartedError: of such scalars, some lead into another branch than others.
    """
    taken = {s.new.id: factors[s.name] for s in program.slots if factors and s.name in factors}
    evaluation = _Evaluation(computed, stored, taken, tensor)
    reals = _run(evaluation, program, values, stored)

    @cache
    def readings() -> list[dict[str, Uncertain]]:
        return [
            _run(replace(evaluation, saturates=what, fuses=fuses), program, values, stored)
            for what in evaluation.overflows
            for fuses in (False, True)
        ]

    def of(name: str) -> tuple[Uncertain, ...]:
        return tuple(reading[name] for reading in readings())

    with np.errstate(over="ignore"):  # beyond the largest double, a bound says nothing
        return {
            name: Bounds(
                np.broadcast_to(np.asarray(off, dtype=np.float64), np.shape(value)),
                partial(of, name),
            )
            for name, (value, off) in reals.items()
        }


def _run(
    evaluation: "_Evaluation", program: Program, values: Mapping[str, Any], stored: Format
) -> dict[str, Uncertain]:
    with np.errstate(all="ignore"):
        environment = {name: given(value) for name, value in values.items()}
        for assign in program.host:
            environment[assign.target.id] = evaluation.pair(assign.value, environment)
        evaluation.run(program.body, environment)
        environment |= evaluation.replaced
        found = {
            slot: environment[slot.new.id]
            for slot in program.slots
            if slot.when is None or _decided(evaluation.pair(slot.when, environment))
        }
        if stored is evaluation.computed:
            return {slot.name: pair for slot, pair in found.items()}
        return {
            slot.name: evaluation.rounded(pair, stored) if slot.is_tensor else pair
            for slot, pair in found.items()
        }


def _decided(test: Uncertain) -> bool:
    """Whether a condition on scalars holds.

    Raises:
        PartedError: for some elements it does, and for others not.
    """
    holds = np.asarray(test[0])
    if holds.any() != holds.all():
        raise PartedError(holds)
    return bool(holds.all())


@dataclass
class _Evaluation:
    """One run of a program.

    Args:
        computed: the format that operations on tensors round to.
        stored: that of the tensors.
        factors: those gone on with, by the names of their new values.
        tensor: the axes of one, where there are several.
        saturates: what is infinite where it is too large, one of ``overflows``; nothing if empty.
        fuses: whether products that are added at once are not.
    """

    computed: Format
    stored: Format
    factors: Mapping[str, Any]
    tensor: Axes = None
    saturates: str = ""
    fuses: bool = False
    replaced: dict[str, Uncertain] = field(init=False, default_factory=dict[str, Uncertain])
    """What would have been in place of the factors that are gone on with."""

    def __post_init__(self) -> None:
        self._scalars = FORMATS["float32"] if self.computed.precision < 24 else self.computed
        """That of numbers that meet a tensor: libraries keep them wider than halves."""
        self._largest = float(self.computed.largest)
        self._pairs: dict[Node | str, tuple[ops.Operation, Any]] = {}
        """Of each quotient and product, and each name of one: what it is of, and its values."""
        self._before: dict[Node, Any] = {}  # how far each sum is off before it is rounded itself
        self._too_large: set[str] = set()

    @property
    def overflows(self) -> list[str]:
        """What can be infinite where numbers beside tensors were too large for the format.

        All of them; or where scalars were, such as norms, the elements alone: some libraries keep
        scalars wider, and some do not.
        """
        if "scalars" in self._too_large:
            return ["scalars", "elements"]
        return ["elements"] if self._too_large else []

    def run(self, statements: tuple[Statement, ...], environment: dict[str, Uncertain]) -> None:
        for statement in statements:
            if isinstance(statement, Assign):
                environment[statement.target.id] = self.pair(statement.value, environment)
                self._pairs[statement.target.id] = self._pairs.get(statement.value, _NO_PAIR)
                if statement.target.id in self.factors:
                    self._go_on(statement.target.id, environment)
            else:
                holds = _decided(self.pair(statement.condition, environment))
                self.run(statement.then if holds else statement.otherwise, environment)

    def _go_on(self, name: str, environment: dict[str, Uncertain]) -> None:
        """With a factor as it was stored, which is what it was before to a rounding."""
        self.replaced[name] = environment[name]
        factor, _ = given(self.factors[name])
        off = 0.0 if self.stored is self.computed else half_units(np.abs(factor), self.stored)
        environment[name] = given((factor, off))

    def pair(self, node: Node, environment: Mapping[str, Uncertain]) -> Uncertain:
        match node:
            case Constant():
                return given(constant(node.value))
            case Name():
                return environment[node.id]
            case Absent():
                return None, 0.0
            case Apply(_, (test, yes, no)) if is_early_choice(node):
                chosen = yes if _decided(self.pair(test, environment)) else no
                return self.pair(chosen, environment)
            case Apply():
                operands = [self._operand(node, a, environment) for a in node.args]
                value, off = self._applied(node, operands)
                return value, np.maximum(off, self._regrouped(node, operands))
        raise NotImplementedError(f"no bound for {type(node).__name__}")

    def _regrouped(self, node: Apply, operands: list[Uncertain]) -> Any:
        """How far a scalar times a quotient or a product is off if it meets a part of that first.

        So do libraries that have it as one call, also where the quotient has a name of its own.
        Among subnormals, where the size of what is rounded says little, it makes a difference.
        """
        if node.op is not ops.MUL or not node.args[0].on_host or node.on_host:
            return 0.0
        scale, of = node.args
        op, parts = self._pairs.get(of.id if isinstance(of, Name) else of, _NO_PAIR)
        off: Any = 0.0
        for (part, x), (other, y) in filter(None, (parts, parts[::-1])[: 1 + (op is ops.MUL)]):
            product = Apply(ops.MUL, (scale, part))
            first = self._applied(product, [operands[0], x])
            off = np.maximum(off, self._applied(Apply(op, (product, other)), [first, y])[1])
        return off

    def rounded(self, pair: Uncertain, form: Format) -> Uncertain:
        """The value in a format: off by half an ulp more, unless it is one of the format."""
        x, off = pair
        double = np.asarray(x, dtype=np.float64)
        exact = (off == 0) & (rounded(double, np.zeros_like(double), form) == x)
        return x, off + np.where(exact, 0.0, half_units(np.abs(x) + off, form))

    def _operand(
        self, node: Apply, operand: Node, environment: Mapping[str, Uncertain]
    ) -> Uncertain:
        x, off = self.pair(operand, environment)
        if node.on_host or not operand.on_host or x is None or np.asarray(x).dtype == bool:
            return x, off
        return (x, off) if self._scalars is _HOST else self.rounded((x, off), self._scalars)

    def _applied(self, node: Apply, operands: list[Uncertain]) -> Uncertain:
        name = node.op.name
        values = [x for x, _ in operands]
        if node.op is ops.SELECT:
            return selected(*operands)
        if node.op.iteration is not None:
            return self._iterated(node.op.iteration, operands)
        if node.op is ops.FILL:
            return np.broadcast_to(values[0], np.shape(values[1])), operands[0][1]
        if node.op is ops.LIFT:  # one number, beside a tensor without elements too
            return operands[0]
        if node.op in (ops.DIV, ops.MUL) and not node.on_host:
            self._pairs[node] = node.op, (*zip(node.args, operands, strict=True),)
        if node.op is ops.STORED:
            return self._in_storage(node.args[0], operands[0])
        along = node.op.axes or self.tensor
        reduces = node.op.kind is ops.Kind.REDUCTION
        value = reduction(name, values[0], along) if reduces else VALUES[name](*values)
        if node.op is ops.MATMUL and np.any(np.abs(values[0]) @ np.abs(values[1]) > self._largest):
            self._too_large.add("elements")
            if self.saturates and not self.fuses:
                value = saturated_product(values[0], values[1], self._largest)
        if value.dtype == bool:
            return value, is_open(operands) if name in COMPARISONS else 0.0
        form = _HOST if node.on_host else self.computed
        off = carried(name, value, operands, along=along)
        count = halves(name, operands, of_arrays=not node.on_host, along=along)
        if node.op in (ops.ADD, ops.SUB):
            self._before[node] = off
        if count:
            size = magnitude(name, value, operands, along=along)
            size_off = size + np.where(np.isfinite(off), off, 0)
            rounds = count * np.maximum(half_units(size_off, form), self._beyond(size_off, form))
            off = off + np.where((size == 0) & (off == 0), 0.0, rounds)
        is_early = node.on_host and not node.is_late
        beyond = np.abs(value) > (float(_HOST.largest) if node.on_host else self._largest)
        if not is_early and np.any(beyond):
            self._too_large.add("elements" if node.is_tensor else "scalars")
            takes_part = node.is_tensor or self.saturates == "scalars"
            if self.saturates and takes_part and not (self.fuses and node.op in _FUSED):
                value = np.where(beyond, np.copysign(np.inf, value), value)
        if not count and form.precision < 24 and any(a.on_host for a in node.args):
            off = self.rounded((value, off), form)[1]  # a scalar, which was kept wider
        # Infinite and NaN are right or wrong, and what is made of them is off by nothing more.
        off = np.where(np.isnan(off), np.inf, off)
        return value, np.where(np.isfinite(value), off, 0.0)

    def _iterated(self, of: Iteration, operands: list[Uncertain]) -> Uncertain:
        """Round after round, each off by what it adds and by what it makes of what it is given."""
        (rounds, _), found, *others = operands
        form = FORMATS[of.dtype] if of.dtype and self.computed is not _HOST else self.computed
        within = self
        if rounds and form.precision < self.computed.precision:
            within = replace(self, computed=form, factors={})
            within._too_large = self._too_large
            named = zip(others, of.others, strict=True)
            found = self.rounded(found, form)
            others = [x if name.on_host else self.rounded(x, form) for x, name in named]
        for _ in range(int(rounds)):
            found = of.rounds(found, tuple(others), within.pair)
        return found

    def _beyond(self, size: Any, form: Format) -> Any:
        """Of what is too large for a format, and was computed in a wider one."""
        return 0.0 if form.precision >= 24 else half_units(size, self._scalars)

    def _in_storage(self, node: Node, pair: Uncertain) -> Uncertain:
        """The value in the format that is stored: what is near a middle can be either neighbour."""
        x, off = pair
        if self.stored is self.computed:  # to which a sum has been rounded once, and only once
            off = self._before.get(node, off)
        off = np.where(off > 0, off + np.abs(x) * WIDE_UNIT, 0.0)
        value, low, high = (nearest(end, self.stored) for end in (x, x - off, x + off))
        return value, np.where(np.isfinite(value), np.maximum(high - value, value - low), 0.0)


_FUSED, _NO_PAIR = (ops.MUL, ops.SQUARE), (ops.DIV, ())
