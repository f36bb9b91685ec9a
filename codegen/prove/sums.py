"""Sums, powers and undefined functions as symbols, so that a normal form decides the rest.

A sum up to t (or near it) is brought to one up to t - 1 by peeling terms off, and the factors
that do not depend on its index are pulled out. A power whose exponent is not a number is split
along its exponent: ``b**(t - i)`` is ``b**t/b**i``. For a given t what is claimed of such powers is
rational in b, so what holds for every b but 0 holds for 0, where both sides are defined there.
"""

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
    sympify,
)
from sympy.core.function import AppliedUndef

from ...specs.language import GradientAt, SpecError, Value, t

_INDEX = Symbol("i", integer=True, positive=True)
_OPAQUE = (Value, GradientAt, AppliedUndef, Derivative)


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
                value = e.doit()
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
        """A sum to t - 1 of what depends on the index, and the terms beyond that."""
        if len(e.limits) != 1:
            raise self._error(e, "it runs over more than one index", "Sum over one index")
        index, low, high = e.limits[0]
        term = e.function.xreplace({index: _INDEX})

        def at(k: Expr) -> Expr:
            return self.of(term.xreplace({_INDEX: k}))

        if low.is_Integer and high.is_Integer:
            return Add(*(at(Integer(k)) for k in range(int(low), int(high) + 1)))
        beyond = expand(high - (t - 1))
        # The term at t may be peeled off where the sum is not empty, at t = 1 as later.
        if not (beyond.is_Integer and beyond >= 0 and low.is_Integer and low <= 1):
            raise self._error(e, "its ends are not taken off by steps", "Sum from 1 to t or t - 1")
        peeled = Add(*(at(t - 1 + k) for k in range(1, int(beyond) + 1)))
        return peeled + self._inner(self.of(term), low)

    def _inner(self, term: Expr, low: Expr) -> Expr:
        total: Expr = sympify(0)
        for summand in Add.make_args(expand(term)):
            factors = Mul.make_args(summand)
            inside = Mul(*(f for f in factors if self._varies(f)))
            outside = Mul(*(f for f in factors if not self._varies(f)))
            meaning = self.written_out(inside)
            total += outside * self._symbol(Sum(meaning, (_INDEX, low, t - 1)))
        return total

    def _error(self, e: Sum, problem: str, remedy: str) -> SpecError:
        return SpecError("sum", spec=self._name, where=str(e), problem=problem, remedy=remedy)

    def _varies(self, factor: Expr) -> bool:
        return _INDEX in self.written_out(factor).free_symbols
