"""Spec -> Program: SymPy ends here.

Every equation becomes one assignment. The stored value of a state is named for it, the new one
``m[t]``; a state that exists under a condition is assigned ``select(condition, value, absent)``.
``Eq(t, 1)`` becomes the name ``first``, which a framework that keeps no step count can still tell.
What goes over all tensors is two: a tensor's part in it, and the total.
"""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import partial, reduce

from sympy import (
    Basic,
    Expr,
    Integer,
    Max,
    Min,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    false,
    floor,
    true,
)
from sympy import Mod as Modulo
from sympy.core.relational import Eq, Ne, Relational
from sympy.logic.boolalg import And, Implies, Not, Or

from ...specs.language import (
    FACTS,
    GradientAt,
    Optimizer,
    Schedule,
    Value,
    carried_out,
    identity,
    iterate,
    lerp,
    machine_epsilon,
    t,
)
from ...specs.language.heads import Head
from ...specs.language.over_tensors import OverTensors
from ...specs.language.reductions import Reduction
from ..notation.memo import once
from ..notation.order import order_of
from ..notation.text import text_of
from . import operations as ops
from .choices import choice
from .existence import existence
from .iteration import Iterations
from .nodes import (
    ONE,
    ZERO,
    Absent,
    Apply,
    Assign,
    Constant,
    Given,
    Name,
    Node,
    Program,
    Slot,
    apply,
    negation,
)
from .sympy_table import CONSTANTS, FUNCTIONS, RELATIONS
from .totals import Totals
from .types import HOST_BOOLEAN, HOST_INTEGER, HOST_REAL, TENSOR

GRADIENT = Name("grad", TENSOR)
STEP = Name("t", HOST_INTEGER)
FIRST = Name("first", HOST_BOOLEAN)

_IS_FIRST = frozenset[Basic]((Eq(t, 1), t <= 1, t < 2))
_IS_LATER = frozenset[Basic]((Ne(t, 1), t > 1, t >= 2))


@once
def lower(spec: Optimizer) -> Program:
    """The program of an analysed spec: its updates are in an order they can run in."""
    return _OfOptimizer(spec).program()


def lower_expression(spec: Optimizer, expression: Basic) -> Node:
    """A number or condition that depends on hyperparameters and options alone, as a node."""
    return _of_arguments(spec).node(expression)


@once
def _of_arguments(spec: Optimizer) -> "_OfOptimizer":
    return _OfOptimizer(spec)


class Lowering:
    """Turns the expressions of one spec into nodes.

    Attributes:
        symbols: the node of every symbol.
        old: the names of stored values, by series.
        new: the names of values at this step, by series, as far as they have one.
    """

    def __init__(self, spec: Optimizer | Schedule) -> None:
        self.spec = spec
        self.order = order_of(spec)
        self.symbols: dict[Basic, Node] = {}
        self.old: dict[str, Name] = {}
        self.new: dict[str, Name] = {}
        self.text = text_of(spec)
        self._iterations = Iterations(self.text.expression)

    def node(self, e: Basic) -> Node:
        match e:
            case Rational():
                return Constant(Fraction(int(e.p), int(e.q)))
            case Value():
                return self.new[e.name] if e.lag == 0 else self.old[e.name]
            case GradientAt():
                return GRADIENT
            case Symbol():
                return self.symbols[e]
            case _ if e in CONSTANTS:
                return CONSTANTS[e]
            case Piecewise():
                return self._cases(e)
            case Max() | Min():
                op = ops.MAX if isinstance(e, Max) else ops.MIN
                first, *rest = sorted(self.order.arguments(e), key=_reads_no_stored)
                node = self.node(first)
                for argument in rest:
                    node = apply(op, node, self.node(argument))
                return node
            case lerp():
                return self._average(*map(self.node, e.args))
            case identity():
                return apply(ops.IDENTITY[e.args[0]], GRADIENT)  # pyright: ignore[reportArgumentType]
            case iterate():
                return self._iterations.node(e, self.node, self.symbols)
            case Reduction() if e.over:
                return apply(ops.ALONG[e.func.__name__, e.over], self.node(e.args[0]))
            case Head():
                return apply(ops.of_head(e), *map(self.node, e.args))
            case _ if e.func in FUNCTIONS:
                return FUNCTIONS[e.func](*map(self.node, e.args))
            case floor():
                return self._floor(e.args[0])
            case Modulo():
                return apply(ops.MOD, *map(self.node, e.args))
            case Expr() if e.is_Add:
                return self._sum(e)
            case Pow() if not (e.exp.is_number and e.exp.is_negative):
                return self._power(e)
            case Expr() if e.is_Mul or e.is_Pow:
                return self._product(e)
            case _:
                return self._condition(e)

    def _sum(self, e: Expr) -> Node:
        (subtracted, term), *rest = self.order.terms(e)
        node = apply(ops.NEG, self.node(term)) if subtracted else self.node(term)
        for subtracted, term in rest:
            node = apply(ops.SUB if subtracted else ops.ADD, node, self.node(term))
        return node

    def _product(self, e: Expr) -> Node:
        (subtracted, magnitude), *_ = self.order.terms(e)
        if subtracted:
            return apply(ops.NEG, self.node(magnitude))
        above, below = self._divided(*self.order.factors(e))
        over, under = (self._multiplied(factors) for factors in (above, below))
        return apply(ops.DIV, over, under) if below else over

    def _divided(self, above: list[Expr], below: list[Expr]) -> tuple[list[Expr], list[Expr]]:
        """The factors of a quotient, as it is to be computed.

        Of numbers, ``2**(-n)``: ``1/2**n`` would overflow where nothing is left.
        """
        moved = [f for f in below if isinstance(f, Pow) and not f.exp.is_number]
        moved = [f for f in moved if self.node(f).on_host]
        inverted = [Pow(f.base, -f.exp) for f in moved]
        return [*above, *inverted], [f for f in below if f not in moved]

    def _multiplied(self, factors: list[Expr]) -> Node:
        return reduce(partial(apply, ops.MUL), map(self.node, factors)) if factors else ONE

    def _average(self, start: Node, end: Node, weight: Node) -> Node:
        match weight:
            case Constant(value):
                rest: Node = Constant(1 - value)
            case Apply(ops.SUB, (one, complement)) if one == ONE:
                rest = complement  # 1 - (1 - beta) would not be beta again
            case _:
                rest = apply(ops.SUB, ONE, weight)
        return apply(ops.ADD, apply(ops.MUL, rest, start), apply(ops.MUL, weight, end))

    def _floor(self, e: Basic) -> Node:
        node = self.node(e)
        if isinstance(node, Apply) and node.op is ops.DIV:
            return apply(ops.FLOORDIV, *node.args)
        return apply(ops.FLOOR, node)

    def _power(self, e: Pow) -> Node:
        base = self.node(e.base)
        if e.exp == Integer(2):
            return apply(ops.SQUARE, base)
        if e.exp == Rational(1, 2):
            return apply(ops.SQRT, base)
        return apply(ops.POW, base, self.node(e.exp))

    def _cases(self, e: Piecewise) -> Node:
        *cases, (otherwise, _) = [pair.args for pair in e.args]
        tests = [self.node(test) for _, test in cases]
        node = self._where(map(negation, tests), otherwise)
        for k, ((value, _), test) in reversed([*enumerate(zip(cases, tests, strict=True))]):
            chosen = self._where([*map(negation, tests[:k]), test], value)
            node = choice(test, chosen, node)
        return node

    def _where(self, tests: Iterable[Node], e: Basic) -> Node:
        """The node of what is computed where some conditions hold."""
        return self.node(e)

    def _condition(self, e: Basic) -> Node:
        if e in _IS_FIRST:
            return FIRST
        if e in _IS_LATER:
            return negation(FIRST)
        match e:
            case Relational():
                left, right = self.node(e.lhs), self.node(e.rhs)
                if isinstance(e, Eq) and right == ZERO and left.on_host:
                    return negation(apply(ops.NE, left, ZERO))  # a test and its opposite: one form
                return apply(RELATIONS[e.func], left, right)
            case Not():
                return negation(self.node(e.args[0]))
            case And() | Or():
                op = ops.AND if isinstance(e, And) else ops.OR
                return reduce(partial(apply, op), map(self.node, sorted(e.args, key=str)))
            case Implies():
                premise, conclusion = e.args
                return apply(ops.OR, negation(self.node(premise)), self.node(conclusion))
        if e in (true, false):
            return apply(ops.EQ, ZERO, ZERO if e == true else ONE)
        raise NotImplementedError(f"no node for {type(e).__name__}: {e}")


class _OfOptimizer(Lowering):
    def __init__(self, spec: Optimizer) -> None:
        super().__init__(spec)
        self.spec: Optimizer = spec
        self._totals = Totals()
        self.old["theta"] = Name("theta", TENSOR)
        for state in spec.states:
            shape = state.shape
            kept = HOST_REAL if shape.is_number else replace(TENSOR, axes=shape.axes)
            self.old[state.name] = Name(state.name, kept)
        for each in spec.inputs:
            self.new[each.name] = Name(each.name, TENSOR if each.is_tensor else HOST_REAL)
        self.symbols[t] = STEP
        self.symbols |= {fact: Name(fact.name, HOST_INTEGER) for fact in FACTS}
        self.symbols[machine_epsilon] = Name(machine_epsilon.name, HOST_REAL)
        for h in spec.hyperparameters:
            self.symbols[h.symbol] = Name(h.name, HOST_INTEGER if h.is_whole else HOST_REAL)
        self.symbols |= {o.flag: Name(o.name, HOST_BOOLEAN) for o in spec.options}

    def node(self, e: Basic) -> Node:
        if isinstance(e, OverTensors):
            return self._totals.of(ops.OVER_TENSORS[e.func.__name__], self.node(e.args[0]))
        return super().node(e)

    def _where(self, tests: Iterable[Node], e: Basic) -> Node:
        with self._totals.where(tests):
            return self.node(e)

    def program(self) -> Program:
        when = {name: self.node(e) for name, e in existence(self.spec).items()}
        shared = {s.name for s in self.spec.states if s.shape.is_global}
        self._totals.taken |= {*self.old, *(u.target.name for u in self.spec.updates)}
        self._totals.taken |= {symbol.name for symbol in self.spec.symbols | {*self.spec.flags}}
        for update in carried_out(self.spec):
            name = update.target.name
            equation = self.text.equation(update)
            self._totals.update = name, equation
            value = self._where([when[name]] if name in when else [], update.value)
            is_slot = name in self.old
            if name in when:
                value = apply(ops.SELECT, when[name], value, Absent() if is_slot else ZERO)
            type_ = self.old[name].type if is_slot else value.type
            if name in shared:
                type_ = replace(type_, turn=value.type.turn)
            self.new[name] = Name(f"{name}[t]" if is_slot else name, type_)
            self._totals.add(Assign(self.new[name], value, equation))
        return Program(
            spec=self.spec.name,
            slots=tuple(
                Slot(old, self.new[name], when.get(name), is_global=name in shared)
                for name, old in self.old.items()
            ),
            body=self._totals.ordered(),
            optional=tuple(h.name for h in self.spec.hyperparameters if h.optional),
            derived=tuple(
                (h.name, self.node(h.derived))
                for h in self.spec.hyperparameters
                if h.derived is not None
            ),
            gradient=GRADIENT,
            inputs=tuple(
                Given(self.new[i.name], None if i.when == true else self.node(i.when))
                for i in sorted(self.spec.inputs, key=lambda i: i.is_random)
            ),
        )


def _reads_no_stored(e: Basic) -> bool:
    """For sorting: what reads a stored value comes first, and is then updated in place."""
    return not any(v.lag for v in e.atoms(Value))
