"""How large the numbers were that a rate was made from, and what rounding could decide.

The *reach* of a value is the largest number that was rounded on the way to it, each carried to
the result to first order: what is multiplied by 10 afterwards counts as 10 times as large. What
is exact (an argument, a step, ``1 - 0``) has a reach of 0. So ``gamma**step`` is held to its
last bit at every step, and ``gamma**(step/20)`` to what the rounding of its exponent leaves.

Where two numbers that are compared differ by no more than their own roundings, either outcome
is right. The equations are then evaluated both ways, and what the results differ by belongs to
the reach: nothing where they are continuous there, and so much that no error counts where they
are not. A comparison of exact numbers has one outcome.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from ...specs.language import Choice, Function, Hyper, Schedules
from ..oracle.arguments import Bound
from ..oracle.sequences import completed_cycles
from ..program import operations as ops
from ..program.nodes import Apply, Assign, Constant, Name, Node
from ..program.schedule import lower_argument, lower_schedule

UNIT = 2.0**-53
"""The relative error of one rounding."""

_CLOSE = 4
"""How many roundings two numbers may be apart for either outcome of their comparison."""

_MOST_WORLDS = 64

Pair: TypeAlias = tuple[Any, float]
"""A value in float64, and its reach."""


class Reaches:
    """The reaches of what a schedule gives, with its arguments."""

    def __init__(self, bound: Bound) -> None:
        self._bound = bound
        schedule = bound.schedule
        program = lower_schedule(schedule, schedule.results)
        self._definitions = {a.target.id: a.value for a in program.body if isinstance(a, Assign)}
        self._results = {slot.name: slot.new for slot in program.slots}
        self._arguments: dict[str, Pair] = {"lr": (None, 0.0)}
        for h in schedule.hyper:
            value = bound.arguments[h.name]
            match h:
                case Choice():
                    flags = {flag.name: word == value for word, flag in h.flags.items()}
                    self._arguments |= {name: (chosen, 0.0) for name, chosen in flags.items()}
                case Function():
                    self._arguments[h.flag.name] = (value is not None, 0.0)
                case Schedules():
                    value = tuple(map(Reaches, value)) if h.many else Reaches(value)
                case Hyper() if value is None and h.derived is not None:
                    self._definitions[h.name] = lower_argument(schedule, h.derived)
                    continue
            self._arguments[h.name] = (value, 0.0)

    def of(
        self, names: Sequence[str], at: int, values: Mapping[str, float] | None = None
    ) -> dict[str, float]:
        """The reach of some series at a step; infinite where no error counts.

        Args:
            names: the series.
            at: the step.
            values: the metric, and the states before it, where there are any.
        """
        known = {name: (value, 0.0) for name, value in (values or {}).items()}
        found = _worlds(lambda world: self._evaluated(names, world, at, known))
        if None in found:
            return dict.fromkeys(names, math.inf)
        likely, *others = [world for world in found if world is not None]
        return {
            name: max([likely[name][1], *(_seen_from(likely[name], w[name]) for w in others)])
            for name in names
        }

    def rate(self, world: "World", at: int, start: Pair) -> Pair:
        known = {} if start[0] is None else {"lr": start}
        return self._evaluated(["eta"], world, at, known)["eta"]

    def momentum(self, world: "World", at: int) -> Pair:
        schedule = self._bound.schedule
        when = schedule.momentum_when
        if not schedule.sets_momentum or (
            when is not None and not self._bound.arguments[when.name]
        ):
            return None, 0.0
        return self._evaluated(["mu"], world, at, {})["mu"]

    def _evaluated(
        self, names: Sequence[str], world: "World", at: int, known: Mapping[str, Pair]
    ) -> dict[str, Pair]:
        values = self._arguments | {"step": (at, 0.0)} | dict(known)
        evaluation = _Evaluation(world, (id(self), at), values, self._definitions)
        return {name: evaluation.pair(self._results[name]) for name in names}


def _seen_from(likely: Pair, other: Pair) -> float:
    """The reach of a value, and how far it is from the likely one, in roundings of 1."""
    if other[0] == likely[0]:
        return other[1]
    return other[1] + abs(other[0] - likely[0]) / UNIT


class World:
    """One way to decide what rounding leaves open.

    What is decided is known by a key, so that one decision holds wherever it is asked for.
    """

    def __init__(self, decided: Mapping[Any, Any]) -> None:
        self.decided = dict(decided)
        self.alternatives: list[dict[Any, Any]] = []
        """The decisions of the worlds that are told from this one by their last decision."""

    def decide(self, key: Any, likely: Any, other: Any) -> Any:
        if key not in self.decided:
            self.alternatives.append(self.decided | {key: other})
            self.decided[key] = likely
        return self.decided[key]


def _worlds(run: Callable[[World], dict[str, Pair]]) -> list[dict[str, Pair] | None]:
    """The results in every world, the likely one first; None where one has none, or too many."""
    pending: list[dict[Any, Any]] = [{}]
    found: list[dict[str, Pair] | None] = []
    while pending:
        if len(found) == _MOST_WORLDS:
            return [None]
        world = World(pending.pop(0))
        try:
            found.append(run(world))
        except ArithmeticError:
            found.append(None)
        pending += world.alternatives
    return found


class _Evaluation:
    """One schedule at one step, in one world."""

    def __init__(
        self,
        world: World,
        place: Any,
        values: dict[str, Pair],
        definitions: Mapping[str, Node],
    ) -> None:
        self._world = world
        self._place = place
        self._values = values
        self._definitions = definitions

    def pair(self, node: Node) -> Pair:
        match node:
            case Constant():
                value = node.value
                if value.denominator == 1:
                    return int(value), 0.0
                return float(value), 0.0 if Fraction(float(value)) == value else float(value)
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
        if x == y or abs(x - y) <= _CLOSE * UNIT * (rx + ry):
            return self._world.decide((self._place, node), likely, not likely)
        return likely

    def _applied(self, node: Apply, pairs: list[Pair]) -> Pair:
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

    def _divided(self, node: Apply, dividend: Pair, divisor: Pair) -> Pair:
        """The whole quotient or the remainder, which go together where the quotient is open."""
        (x, rx), (y, ry) = dividend, divisor
        whole = x // y
        if rx or ry:
            reach = max(rx / abs(y), abs(x) * ry / y**2)
            nearest = round(x / y)
            if abs(x / y - nearest) <= _CLOSE * UNIT * reach:
                whole = self._world.decide((self._place, node.args), nearest, nearest - 1)
        if node.op is not ops.MOD:
            return whole, 0.0
        return (x % y if whole == x // y else x - whole * y), max(rx, abs(whole) * ry)


def _running_product(function: Callable[[int], float], count: int) -> Pair:
    """One rounding a factor, each as large as the product in the end."""
    product = math.prod(function(i) for i in range(1, count + 1))
    return product, count * abs(product)


def _rounded(op: ops.Operation, pairs: Sequence[Pair]) -> Pair:
    """The value of one operation, and its reach to first order."""
    values = [value for value, _ in pairs]
    value = _OPERATIONS[op](*values)
    if any(isinstance(x, float) and not math.isfinite(x) for x in (value, *values)):
        return value, 0.0  # infinite arguments and metrics, which nothing rounds
    carried = _carried(op, value, pairs)
    rounds = carried > 0 or op not in _RATIONAL or not _is_exact(op, values, value)
    return value, max(carried, abs(value)) if rounds else 0.0


def _carried(op: ops.Operation, value: float, pairs: Sequence[Pair]) -> float:
    """The larger of the operands' reaches, as the operation passes them on."""
    if not any(reach for _, reach in pairs):
        return 0.0
    (x, rx), *rest = pairs
    y, ry = rest[0] if rest else (0, 0.0)
    match op.name:
        case "add" | "sub":
            return max(rx, ry)
        case "neg" | "abs":
            return rx
        case "max" | "min":
            return rx if value == x else ry
        case "mul":
            return max(rx * abs(y), abs(x) * ry)
        case "div":
            return max(rx / abs(y), abs(x) * ry / y**2)
        case "square":
            return 2 * abs(x) * rx
        case "sqrt":
            return min(rx / (2 * value), math.sqrt(rx / UNIT)) if value else math.sqrt(rx / UNIT)
        case "pow":
            of_base = abs(y * value / x) * rx if x else (rx * UNIT) ** y / UNIT if rx else 0.0
            return max(of_base, abs(value * math.log(abs(x))) * ry if x else 0.0)
        case "exp":
            return value * rx
        case "log":
            return rx / abs(x)
        case "cos":
            # To second order, as the slope can vanish; an angle that is all error says nothing.
            return min(abs(math.sin(x)) * rx + rx**2 * UNIT / 2, 2 / UNIT)
    raise NotImplementedError(f"no reach for {op}")


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
    ops.COS: math.cos,
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
