"""How far a rate may be from the exact one: every rounding on the way, carried to the result.

Beside each value stands how far what is computed can be from it (``roundings``). What is exact (an
argument, a step, ``1 - 0``) is off by nothing. So ``gamma**step`` is held to its last bits at every
step, and ``gamma**(step/20)`` to what the rounding of its exponent leaves.

Where two numbers that are compared differ by no more than their own roundings, either outcome
is right. The equations are then evaluated both ways (``worlds``), and what the results differ by
belongs to the bound: nothing where they are continuous there, and so much that no error counts
where they are not. A comparison of exact numbers has one outcome.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ....specs.language import Choice, Function, Hyper, Schedules
from ...oracle.arguments import Bound
from ...oracle.sequences import completed_cycles
from ...program import operations as ops
from ...program.nodes import Apply, Assign, Constant, Name, Node
from ...program.schedule import lower_argument, lower_schedule
from ..roundings import Uncertain, carried, halves
from .worlds import World, worlds

UNIT = 2.0**-53
"""The relative error of one rounding."""

SMALLEST = 2.0**-1074
"""The smallest float: of what is smaller nothing is left."""


class ScheduleBounds:
    """The bounds of what a schedule gives, with its arguments."""

    def __init__(self, bound: Bound) -> None:
        self._bound = bound
        schedule = bound.schedule
        program = lower_schedule(schedule, schedule.results)
        self._definitions = {a.target.id: a.value for a in program.body if isinstance(a, Assign)}
        self._results = {slot.name: slot.new for slot in program.slots}
        self._arguments: dict[str, Uncertain] = {"lr": (None, 0.0)}
        for h in schedule.hyper:
            value = bound.arguments[h.name]
            match h:
                case Choice():
                    flags = {flag.name: word == value for word, flag in h.flags.items()}
                    self._arguments |= {name: (chosen, 0.0) for name, chosen in flags.items()}
                case Function():
                    self._arguments[h.flag.name] = (value is not None, 0.0)
                case Schedules():
                    value = tuple(map(ScheduleBounds, value)) if h.many else ScheduleBounds(value)
                case Hyper() if value is None and h.derived is not None:
                    self._definitions[h.name] = lower_argument(schedule, h.derived)
                    continue
            self._arguments[h.name] = (value, 0.0)

    def of(
        self, names: Sequence[str], at: int, values: Mapping[str, float] | None = None
    ) -> dict[str, float]:
        """The bound of some series at a step; infinite where no error counts.

        Args:
            names: the series.
            at: the step.
            values: the metric, and the states before it, where there are any.
        """
        known = {name: (value, 0.0) for name, value in (values or {}).items()}
        found = worlds(lambda world: self._evaluated(names, world, at, known))
        if None in found:
            return dict.fromkeys(names, math.inf)
        likely, *others = [world for world in found if world is not None]
        return {
            name: max([likely[name][1], *(_seen_from(likely[name], w[name]) for w in others)])
            for name in names
        }

    def rate(self, world: World, at: int, start: Uncertain) -> Uncertain:
        known = {} if start[0] is None else {"lr": start}
        return self._evaluated(["eta"], world, at, known)["eta"]

    def momentum(self, world: World, at: int) -> Uncertain:
        schedule = self._bound.schedule
        when = schedule.momentum_when
        if not schedule.sets_momentum or (
            when is not None and not self._bound.arguments[when.name]
        ):
            return None, 0.0
        return self._evaluated(["mu"], world, at, {})["mu"]

    def _evaluated(
        self, names: Sequence[str], world: World, at: int, known: Mapping[str, Uncertain]
    ) -> dict[str, Uncertain]:
        values = self._arguments | {"step": (at, 0.0)} | dict(known)
        evaluation = _Evaluation(world, (id(self), at), values, self._definitions)
        return {name: evaluation.pair(self._results[name]) for name in names}


def _seen_from(likely: Uncertain, other: Uncertain) -> float:
    """How far a value can be from the likely one, where what is computed is near another."""
    return other[1] + (abs(other[0] - likely[0]) if other[0] != likely[0] else 0.0)


class _Evaluation:
    """One schedule at one step, in one world."""

    def __init__(
        self,
        world: World,
        place: Any,
        values: dict[str, Uncertain],
        definitions: Mapping[str, Node],
    ) -> None:
        self._world = world
        self._place = place
        self._values = values
        self._definitions = definitions

    def pair(self, node: Node) -> Uncertain:
        match node:
            case Constant():
                value = node.value
                if value.denominator == 1:
                    return int(value), 0.0
                return float(value), 0.0 if Fraction(float(value)) == value else UNIT * abs(
                    float(value)
                )
            case Name():
                if node.id not in self._values:
                    self._values[node.id] = self.pair(self._definitions[node.id])
                return self._values[node.id]
            case Apply() if node.op is ops.SELECT:
                test, yes, no = node.args
                return self.pair(yes if self._holds(test) else no)
            case Apply() if node.op in _COMPARISONS or node.op in _CONNECTIVES:
                return self._holds(node), 0.0
            case Apply():
                return self._applied(node, [self.pair(a) for a in node.args])
        raise NotImplementedError(f"no reach for {type(node).__name__}")

    def _holds(self, node: Node) -> bool:
        if not isinstance(node, Apply):
            return self.pair(node)[0]
        if node.op is ops.NOT:
            return not self._holds(node.args[0])
        if node.op is ops.AND:
            return all(map(self._holds, node.args))
        if node.op is ops.OR:
            return any(map(self._holds, node.args))
        (x, rx), (y, ry) = map(self.pair, node.args)
        likely = _COMPARISONS[node.op](x, y)
        if not rx and not ry:
            return likely
        # Where the likely outcome is equality's, the other is that of two different numbers.
        if x == y or abs(x - y) <= rx + ry:
            return self._world.decide((self._place, node), likely, not likely)
        return likely

    def _applied(self, node: Apply, pairs: list[Uncertain]) -> Uncertain:
        if node.op in (ops.FLOORDIV, ops.MOD, ops.FLOOR):
            return self._divided(node, pairs[0], pairs[1] if len(pairs) == 2 else (1, 0.0))
        values = [value for value, _ in pairs]
        match node.op.name, values:
            case "rate_of", [schedule, at, _]:
                return schedule.rate(self._world, int(at), pairs[2])
            case "chained", [schedules, at, _]:
                start = pairs[2]
                for schedule in schedules:
                    start = schedule.rate(self._world, int(at), start)
                return start
            case "momentum_of", [schedule, at]:
                return schedule.momentum(self._world, int(at))
            case "chained_momentum", [schedules, at]:
                momenta = [s.momentum(self._world, int(at)) for s in schedules]
                return next((m for m in reversed(momenta) if m[0] is not None), (None, 0.0))
            case "running_product", [function, count]:
                return _running_product(function, int(count))
        if node.op in _EXACT:
            return _EXACT[node.op](*values), 0.0
        return _rounded(node.op, pairs)

    def _divided(self, node: Apply, dividend: Uncertain, divisor: Uncertain) -> Uncertain:
        """The whole quotient or the remainder, which go together where the quotient is open."""
        (x, rx), (y, ry) = dividend, divisor
        whole = x // y
        if rx or ry:
            off = rx / abs(y) + abs(x) * ry / y**2
            nearest = round(x / y)
            if abs(x / y - nearest) <= off + UNIT * abs(x / y):
                whole = self._world.decide((self._place, node.args), nearest, nearest - 1)
        if node.op is not ops.MOD:
            return whole, 0.0
        return (x % y if whole == x // y else x - whole * y), rx + abs(whole) * ry


def _running_product(function: Callable[[int], float], count: int) -> Uncertain:
    """One rounding a factor, each as large as the product in the end."""
    product = math.prod(function(i) for i in range(1, count + 1))
    return product, count * UNIT * abs(product)


def _rounded(op: ops.Operation, pairs: Sequence[Uncertain]) -> Uncertain:
    """The value of one operation, and how far it can be off."""
    values = [value for value, _ in pairs]
    value = _OPERATIONS[op](*values)
    if any(isinstance(x, float) and not math.isfinite(x) for x in (value, *values)):
        return value, 0.0  # infinite arguments and metrics, which nothing rounds
    off = float(carried(op.name, value, pairs)) if any(off for _, off in pairs) else 0.0
    if off or op not in _RATIONAL or not _is_exact(op, values, value):
        # What rounds no number of its own to float64 has an exact result, or that of an operand.
        rounded = max(UNIT * abs(value), SMALLEST)
        off += max(halves(op.name, pairs, of_arrays=False), op is ops.PI) * rounded
    return value, off


def _is_exact(op: ops.Operation, values: Sequence[Any], value: Any) -> bool:
    """Whether exact operands gave an exact result."""
    if all(isinstance(x, int) for x in (*values, value)):
        return True
    return Fraction(value) == _RATIONAL[op](*map(Fraction, values))


def _power(base: float, exponent: float) -> float:
    try:
        return (
            base**exponent if isinstance(base, int) and base in (0, 1) else float(base) ** exponent
        )
    except OverflowError:
        return math.inf


_RATIONAL: dict[ops.Operation, Callable[..., Any]] = {
    ops.ADD: lambda x, y: x + y,
    ops.SUB: lambda x, y: x - y,
    ops.MUL: lambda x, y: x * y,
    ops.DIV: lambda x, y: x / y,
    ops.NEG: lambda x: -x,
    ops.ABS: abs,
    ops.MAX: max,
    ops.MIN: min,
    ops.SQUARE: lambda x: x * x,
}
_OPERATIONS: dict[ops.Operation, Callable[..., Any]] = _RATIONAL | {
    ops.POW: _power,
    ops.SQRT: math.sqrt,
    ops.EXP: math.exp,
    ops.LOG: math.log,
    ops.TANH: math.tanh,
    ops.ERF: math.erf,
    ops.ATAN2: math.atan2,
    ops.COS: math.cos,
    ops.SIN: math.sin,
    ops.PI: lambda: math.pi,
}
_EXACT: dict[ops.Operation, Callable[..., Any]] = {
    ops.INFINITY: lambda: math.inf,
    ops.SIGN: lambda x: (x > 0) - (x < 0),
    ops.PASSED: lambda entries, at: sum(entry <= at for entry in entries),
    ops.SIZE: len,
    ops.ITEM: lambda entries, index: entries[int(index)],
    ops.COMPLETED_CYCLES: lambda *counts: int(completed_cycles(*counts)),
    ops.CALL: lambda function, argument: function(int(argument)),
}
_COMPARISONS: dict[ops.Operation, Callable[[Any, Any], bool]] = {
    ops.EQ: lambda x, y: x == y,
    ops.NE: lambda x, y: x != y,
    ops.LT: lambda x, y: x < y,
    ops.LE: lambda x, y: x <= y,
    ops.GT: lambda x, y: x > y,
    ops.GE: lambda x, y: x >= y,
}
_CONNECTIVES = (ops.AND, ops.OR, ops.NOT)
