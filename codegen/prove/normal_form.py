"""Decide whether an expression is zero, by normal form.

What is not rational becomes a symbol: roots with their side relation r**2 = radicand,
powers ``beta**t`` with t split off (``beta**(2*t + 1)`` is ``beta*(beta**t)**2``), pi and e,
conditions as numbers that are 0 or 1, by which cases become sums,
and functions such as maximum, sign, cosine and floor of arguments that are compared by the
same decision. What remains is a quotient of polynomials, which is zero if its numerator
expands to zero modulo the relations.
"""

from collections.abc import Callable, Collection
from math import floor

from sympy import (
    Abs,
    Add,
    And,
    Basic,
    Dummy,
    Eq,
    Expr,
    Ge,
    Gt,
    Integer,
    Le,
    Lt,
    Max,
    Min,
    Ne,
    Not,
    NumberSymbol,
    Or,
    Piecewise,
    Pow,
    Rational,
    S,
    Symbol,
    exp,
    expand,
    factor_list,
    factorrat,
    fraction,
    prod,
    sign,
    sympify,
    together,
)
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom
from sympy.polys.polytools import reduced

from ...specs.language import GradientAt, Value
from ...specs.language.heads import Head
from ...specs.language.reductions import mean, norm, total
from .conditions import can_hold
from .functions import OPAQUE, evaluated
from .quotients import at_small, lowest
from .reductions import factors, summands

HALF = Rational(1, 2)


class NormalForm:
    """Normal forms over one set of opaque symbols, so that equal things are equal symbols.

    The factors of a radicand are taken to be non-negative, as second moments, ``1 - beta``
    and ``1 - beta**t`` are; where a factor is squared its root is its absolute value.
    """

    def __init__(
        self, *, by_cases: bool = False, given: Basic = S.true, scalars: Collection[Symbol] = ()
    ) -> None:
        """Nothing is known yet but what is given.

        Args:
            by_cases: of what is not told apart by its cases beforehand, conditions are symbols.
            given: conditions on symbols that hold.
            scalars: symbols that are one number for all elements of a tensor.
        """
        self._scalars = scalars
        self._by_cases = by_cases
        self._given = given
        self._opaque: dict[Basic, Symbol] = {}
        self._relations: dict[Symbol, Expr] = {}
        """A root and what vanishes of it; what it is the root of has only roots before it."""
        self._positive = set[Basic]()
        self._arguments: list[Expr] = [Integer(0)]

    def is_zero(self, expression: Expr) -> bool:
        return self.numerator(expression) == 0

    def numerator(self, expression: Expr) -> Expr:
        """The numerator of the normal form: zero where, and only where, the expression is."""
        return self._numerator(self._rational(evaluated(sympify(expression))))

    def readable(self, expression: Expr) -> Expr:
        """The expression in lowest terms, with the opaque symbols written out again."""
        result = lowest(self._rational(evaluated(sympify(expression))))
        back = {symbol: node for node, symbol in self._opaque.items()}
        while (step := result.xreplace(back)) != result:
            result = step
        return result

    def _numerator(self, rational: Expr) -> Expr:
        numerator, _ = fraction(together(rational))
        return self._reduced(expand(numerator))

    def _reduced(self, polynomial: Expr) -> Expr:
        """The polynomial modulo the relations.

        Later roots come first, so that every relation leads with a power of its own root:
        leading terms without a common factor make the relations a Groebner basis.
        """
        reached, grown = set[Basic](), set[Basic](polynomial.free_symbols)
        while grown != reached:
            reached = grown
            known = [self._relations[r] for r in reached if r in self._relations]
            grown = reached.union(*(relation.free_symbols for relation in known))
        roots = [r for r in reversed(self._relations) if r in reached]
        if not roots:
            return polynomial
        relations = [self._relations[r] for r in roots]
        free = polynomial.free_symbols.union(*(r.free_symbols for r in relations))
        others = sorted(free.difference(roots), key=str)
        _, remainder = reduced(polynomial, relations, *roots, *others, order="lex")
        return expand(remainder)

    def _rational(self, e: Basic) -> Expr:
        match e:
            case Value() | GradientAt() | NumberSymbol():
                return self._symbol(e)
            case exp():
                return self._power(e.base, e.exp)
            case Pow() if not e.exp.is_Integer:
                return self._power(e.base, e.exp)
            case Abs():
                return self._by_factors(e.args[0], self._absolute_of)
            case sign():
                return self._by_factors(e.args[0], self._sign_of)
            case Min():
                return -self._rational(Max(*(-a for a in e.args)))
            case Max() | Head() | AppliedUndef():
                return self._function(e)
            case Piecewise() if self._by_cases:
                return self._cases(e)
        if isinstance(e, OPAQUE):
            return self._function(e)
        if not e.args:
            return e  # pyright: ignore[reportReturnType]
        return e.func(*(self._rational(a) for a in e.args))  # pyright: ignore[reportReturnType]

    def _cases(self, e: Piecewise) -> Expr:
        """The last case, and where a condition holds what another one differs from it by."""
        *cases, (otherwise, _) = [pair.args for pair in e.args]
        value = self._rational(otherwise)
        for chosen, condition in reversed(cases):
            value += self._holds(condition) * (self._rational(chosen) - value)
        return value

    def _holds(self, condition: Basic) -> Expr:
        """A number that is 1 where a condition holds and 0 where it does not.

        Comparisons are compared as the signs of differences, so that equal ones are one number.
        """
        match condition:
            case BooleanAtom():
                return Integer(bool(condition))
            case Not():
                return 1 - self._holds(condition.args[0])
            case And():
                return prod(map(self._holds, condition.args))
            case Or():
                return 1 - prod(1 - self._holds(a) for a in condition.args)
            case Ne():
                return 1 - self._holds(Eq(*condition.args))
            case Lt():
                return self._holds(Gt(condition.rhs, condition.lhs))
            case Le():
                return 1 - self._holds(Gt(condition.lhs, condition.rhs))
            case Ge():
                return 1 - self._holds(Gt(condition.rhs, condition.lhs))
            case Relational():
                difference = self._argument(condition.lhs - condition.rhs)
                condition = condition.func(difference, 0)
                if isinstance(condition, BooleanAtom):
                    return Integer(bool(condition))
        node = Piecewise((1, condition), (0, True), evaluate=False)
        return self._symbol(node, lambda holds: holds**2 - holds)

    def _function(self, e: Basic) -> Expr:
        node = e.func(*(self._argument(a) for a in e.args))
        match node:
            case mean() | total():
                of, *axes = node.args
                terms = summands(of, self._is_scalar)
                return Add(*(c * self._symbol(node.func(x, *axes)) for c, x in terms))
            case norm():
                of, *axes = node.args
                common, rest = factors(of, self._is_scalar)
                outside = prod(self._absolute_of(f, k) for f, k in common)
                return outside * self._symbol(norm(self._argument(rest), *axes))
        # Equal arguments may have made another function of it.
        return self._symbol(node) if isinstance(node, e.func) else self._rational(node)

    def _argument(self, e: Basic) -> Expr:
        """The argument, or the one before it that it equals."""
        if not isinstance(e, Expr):
            return e  # the word for an axis, of a reduction along it
        new = lowest(self._rational(e))
        if new in self._arguments:
            return new
        known = next((a for a in self._arguments if self._numerator(a - new) == 0), None)
        if known is None:
            self._arguments.append(new)
            return new
        return known

    def _power(self, base: Basic, exponent: Expr) -> Expr:
        constant, rest = expand(exponent).as_coeff_Add()
        if not constant.is_Rational:
            constant, rest = Integer(0), expand(exponent)
        result = self._rational_power(base, constant)
        for term in rest.as_ordered_terms() if rest else ():
            times, part = term.as_coeff_Mul()
            times, part = (times, part) if times.is_Rational else (Integer(1), term)
            node = Pow(self._argument(base), part, evaluate=False)
            result *= self._rational_power(self._symbol(node), times)
        return result

    def _rational_power(self, base: Basic, exponent: Expr) -> Expr:
        whole = Integer(floor(exponent))
        rest = exponent - whole
        result = self._rational(base) ** whole
        if rest == 0:
            return result
        if rest.q % 2 == 0:  # pyright: ignore[reportAttributeAccessIssue]
            return result * self._rational_power(self._root(base), 2 * rest)
        p, q = rest.p, rest.q  # pyright: ignore[reportAttributeAccessIssue]
        return result * self._symbol(Pow(self._argument(base), Rational(1, q), evaluate=False)) ** p

    def _root(self, radicand: Basic) -> Expr:
        return self._by_factors(radicand, self._root_of)

    def _by_factors(self, e: Basic, of: Callable[[Expr, int], Expr]) -> Expr:
        """A multiplicative function, from what it is of the powers of a quotient's factors.

        A factor is turned to be positive where all symbols are small and positive, so that
        ``1 - beta**t`` has one root and not two.
        """
        numerator, denominator = fraction(self._argument(e))
        constant, above = factor_list(numerator)
        divisor, below = factor_list(denominator)
        constant /= divisor
        powers: list[tuple[Expr, int]] = []
        for factor, k in (*above, *((f, -k) for f, k in below)):
            turned = expand(-factor) if at_small(factor) < 0 else factor
            constant *= 1 if turned == factor else (-1) ** abs(k)
            powers.append((turned, k))
        if constant == 0:
            return constant
        numbers = factorrat(constant).items()
        return prod(of(sympify(f), k) for f, k in (*numbers, *powers))

    def _root_of(self, factor: Expr, k: int) -> Expr:
        if k % 4 == 0:
            return factor ** (k // 2)
        if k % 2 == 0:
            return self._absolute_of(factor, k // 2)
        node = Pow(factor, HALF, evaluate=False)
        return factor ** (k // 2) * self._symbol(node, lambda root: root**2 - factor)

    def _absolute_of(self, factor: Expr, k: int) -> Expr:
        if k % 2 == 0 or factor.is_positive or factor in self._positive:
            return factor**k
        if self._holds_always(factor >= 0):
            return factor**k
        if factor.is_Number:
            return abs(factor) ** k
        node = Abs(factor, evaluate=False)
        absolute = self._symbol(node, lambda root: root**2 - factor**2)
        self._positive.add(absolute)
        return absolute**k

    def _sign_of(self, factor: Expr, k: int) -> Expr:
        if factor.is_Number:
            return sign(factor) ** k
        if self._holds_always(factor > 0):
            return Integer(1)
        symbol = self._symbol(sign(factor, evaluate=False), lambda s: s**3 - s)
        return symbol if k % 2 else symbol**2

    def _is_scalar(self, e: Expr) -> bool:
        """Whether an expression is one number for all elements, as far as is known."""
        meanings = {symbol: node for node, symbol in self._opaque.items()}
        return not e.has(Value, GradientAt) and all(
            s in self._scalars or (s in meanings and self._is_scalar(meanings[s]))
            for s in e.free_symbols
        )

    def _holds_always(self, condition: Basic) -> bool:
        """Whether what is given leaves a condition on symbols no choice."""
        return self._given != S.true and not can_hold(self._given, Not(condition))

    def _symbol(self, node: Basic, vanishing: Callable[[Symbol], Expr] | None = None) -> Symbol:
        if node not in self._opaque:
            symbol = Dummy(type(node).__name__.lower() if vanishing else str(node))
            self._opaque[node] = symbol
            if vanishing:
                self._relations[symbol] = vanishing(symbol)
        return self._opaque[node]
