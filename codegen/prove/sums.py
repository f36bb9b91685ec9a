"""Sums, powers and undefined functions as symbols, so that a normal form decides the rest.

A sum up to t (or near it) is brought to one up to t - 1 by peeling terms off, one up to another
whole number N to N itself. A sum of sums is split, and the factors that do not depend on the
index are pulled out: what is left of a constant is the number of terms, and a double sum of
products is a product of sums. A power whose exponent is not a number is split
along its exponent: ``b**(t - i)`` is ``b**t/b**i``. For a given t what is claimed of such powers is
rational in b, so what holds for every b but 0 holds for 0, where both sides are defined there.
"""

from collections.abc import Sequence

from sympy import (
    Add,
    Basic,
    Derivative,
    Dummy,
    Expr,
    Integer,
    Limit,
    Mul,
    Pow,
    Sum,
    Symbol,
    cancel,
    expand,
    expand_power_base,
)
from sympy.core.function import AppliedUndef

from ...specs.language import GradientAt, SpecError, Value, t

_INDEX = Symbol("i", integer=True, positive=True)
_OPAQUE = (Value, GradientAt, AppliedUndef, Derivative)


def taken(e: Limit) -> Basic:
    """The value of a limit; itself where SymPy knows none."""
    try:
        return e.doit()
    except NotImplementedError:
        return e


class Canonical:
    """Expressions over one set of opaque symbols, so that equal things are equal symbols.

    Args:
        name: the claim's, for what is said of a sum that cannot be taken.
    """

    def __init__(self, name: str = "") -> None:
        self._name = name
        self._symbols: dict[Basic, Symbol] = {}
        self._meaning: dict[Symbol, Basic] = {}

    def of(self, e: Basic) -> Expr:
        """The expression with every sum, power with a symbolic exponent and function opaque."""
        match e:
            case Limit():
                value = taken(e)
                return self._symbol(value) if isinstance(value, Limit) else self.of(value)
            case Sum():
                return self._sum(e)
            case Pow() if not e.exp.is_number:
                return self._power(e)
        if isinstance(e, _OPAQUE):
            return self._symbol(e)
        if not e.args:
            return e  # pyright: ignore[reportReturnType]
        return e.func(*(self.of(a) for a in e.args))  # pyright: ignore[reportReturnType]

    def written_out(self, e: Expr) -> Expr:
        """The expression with the opaque symbols' meanings put in again."""
        while (step := e.xreplace(self._meaning)) != e:
            e = step  # pyright: ignore[reportAssignmentType]
        return e

    def _symbol(self, node: Basic) -> Symbol:
        if node not in self._symbols:
            symbol = Dummy(str(node), real=True)
            self._symbols[node] = symbol
            self._meaning[symbol] = node
        return self._symbols[node]

    def _power(self, e: Pow) -> Expr:
        factors: list[Expr] = []
        mark = Dummy()
        for part in Mul.make_args(expand_power_base(Pow(e.base, mark))):
            inner, times = part.as_base_exp()
            base = self.written_out(cancel(self.of(inner)))
            for exponent in Add.make_args(expand(e.exp * times / mark)):
                count, rest = exponent.as_coeff_Mul()
                if rest == 1:
                    factors.append(self.of(base) ** count)
                elif count.is_Integer:
                    factors.append(self._symbol(Pow(base, rest)) ** count)
                else:
                    factors.append(self._symbol(Pow(base, exponent)))
        return Mul(*factors)

    def _sum(self, e: Sum) -> Expr:
        """Sums to t - 1 or N of products that depend on the index, and the terms beyond that."""
        *inner, (named, low, high) = e.limits
        index = Dummy(integer=True, positive=True)
        # An inner sum may use the same name for its index; subs leaves that alone.
        function = Sum(e.function, *inner) if inner else e.function
        term = function.subs(named, index)

        def at(k: Expr) -> Expr:
            return self.of(term.xreplace({index: k}))

        if low.is_Integer and high.is_Integer:
            return Add(*(at(Integer(k)) for k in range(int(low), int(high) + 1)))
        end = _end(high)
        beyond = expand(high - end)
        # The term at t may be peeled off where the sum is not empty, at t = 1 as later.
        if not (beyond.is_Integer and beyond >= 0 and low.is_Integer and low <= 1):
            raise self._error(
                e,
                "its ends are not taken off by steps",
                "Sum from 1 to t or t - 1, or to a positive whole number",
            )
        peeled = Add(*(at(end + k) for k in range(1, int(beyond) + 1)))
        return peeled + self._to_end(self.of(term), index, low, end)

    def _to_end(self, term: Expr, index: Symbol, low: Expr, end: Expr) -> Expr:
        total: list[Expr] = []
        for summand in Add.make_args(expand(term)):
            factors = Mul.make_args(summand)
            inside = self.written_out(Mul(*(f for f in factors if self._varies(f, index))))
            outside = Mul(*(f for f in factors if not self._varies(f, index)))
            if inside == 1:
                total.append(outside * (end - low + 1))
                continue
            # The name depends on nothing but the term, so that equal sums are equal.
            name = _INDEX
            while name in inside.atoms(Symbol):
                name = Symbol(name.name + "'", integer=True, positive=True)
            total.append(
                outside * self._symbol(Sum(inside.xreplace({index: name}), (name, low, end)))
            )
        return Add(*total)

    def _error(self, e: Sum, problem: str, remedy: str) -> SpecError:
        return SpecError("sum", spec=self._name, where=str(e), problem=problem, remedy=remedy)

    def _varies(self, factor: Expr, index: Symbol) -> bool:
        return index in self.written_out(factor).free_symbols


def common_end(sides: Sequence[Basic]) -> Symbol | None:
    """The whole number that all sums run to, or to near it; None where there is no one such.

    In a limit it goes to infinity, and is none.
    """
    if any(side.has(Limit) for side in sides):
        return None
    sums = [each for side in sides for each in side.atoms(Sum)]
    symbols = {s for each in sums for _, _, high in each.limits for s in high.free_symbols}
    n = symbols.pop() if len(symbols) == 1 else None
    return n if n is not None and n.is_integer and n.is_positive else None


def _end(high: Expr) -> Expr:
    """What sums with a limit like this are brought to: N for N + 1, but t - 1 for t."""
    n = next((s for s in high.free_symbols if s.is_integer and s.is_positive), t)
    return t - 1 if n == t else n
