"""Decide whether an expression is zero, by normal form.

What is not rational becomes a symbol: roots with their side relation r**2 = radicand,
powers ``beta**t`` with t split off (``beta**(t + 1)`` is ``beta*beta**t``), and functions such
as maximum, sign and absolute value of arguments in normal form. What remains is a
quotient of polynomials, which is zero if its numerator expands to zero modulo the
relations of the roots.
"""

from sympy import (
    Abs,
    Basic,
    Dummy,
    Expr,
    Max,
    Min,
    Pow,
    Rational,
    Symbol,
    cancel,
    expand,
    factor_list,
    fraction,
    prod,
    sign,
    sympify,
    together,
)
from sympy.polys.polytools import reduced

from ...specs.language import GradientAt, Value
from ...specs.language.heads import Head

HALF = Rational(1, 2)


class NormalForm:
    """Normal forms over one set of opaque symbols, so that equal things are equal symbols.

    Radicands and what is under an absolute value are taken to be where the roots exist.
    """

    def __init__(self) -> None:
        self._opaque: dict[Basic, Symbol] = {}
        self._relations: list[Expr] = []
        self._squares: dict[Symbol, Expr] = {}

    def is_zero(self, expression: Expr) -> bool:
        return self.numerator(expression) == 0

    def numerator(self, expression: Expr) -> Expr:
        """The numerator of the normal form: zero where, and only where, the expression is."""
        rational = self._rational(sympify(expression))
        # A radicand that is a symbol is its root's square wherever it stands.
        while (step := rational.xreplace(self._squares)) != rational:
            rational = step
        numerator, _ = fraction(cancel(together(rational)))
        numerator = expand(numerator)
        relations = [r.xreplace(self._squares) for r in self._relations]
        if relations and numerator.free_symbols:
            symbols = sorted(
                set().union(numerator.free_symbols, *(r.free_symbols for r in relations)), key=str
            )
            roots = [s for s in symbols if s.name.startswith("root_")]
            others = [s for s in symbols if s not in roots]
            _, numerator = reduced(numerator, relations, *roots, *others, order="lex")
        return expand(numerator)

    def readable(self, expression: Expr) -> Expr:
        """The expression in lowest terms, with the opaque symbols written out again."""
        back = {symbol: node for node, symbol in self._opaque.items()}
        result = cancel(together(self._rational(sympify(expression))))
        while (step := result.xreplace(back)) != result:
            result = step
        return result

    def _rational(self, e: Basic) -> Expr:
        match e:
            case Value() | GradientAt():
                return self._symbol(e, str(e))
            case Pow() if e.exp == HALF:
                return self._root(e.base)
            case Pow() if e.exp == -HALF:
                return 1 / self._root(e.base)
            case Pow() if not e.exp.is_Integer:
                return self._power(e)
            case Max() | Min() | Abs() | sign() | Head():
                args = [cancel(together(self._rational(a))) for a in e.args]
                node = e.func(*args)
                return self._symbol(node, str(node))
        if not e.args:
            return e  # pyright: ignore[reportReturnType]
        return e.func(*(self._rational(a) for a in e.args))  # pyright: ignore[reportReturnType]

    def _power(self, e: Pow) -> Expr:
        base = self._rational(e.base)
        exponent = expand(e.exp)
        whole, rest = exponent.as_coeff_Add()
        node = Pow(base, rest, evaluate=False)
        return base**whole * self._symbol(node, str(node))

    def _root(self, radicand: Basic) -> Expr:
        """A root as the product of the roots of its radicand's factors."""
        numerator, denominator = fraction(cancel(together(self._rational(radicand))))
        return self._product_of_roots(numerator) / self._product_of_roots(denominator)

    def _product_of_roots(self, polynomial: Expr) -> Expr:
        constant, factors = factor_list(polynomial)
        parts = [f**k for f, k in factors]
        if constant != 1:
            parts.append(constant)
        return prod(self._root_of_factor(p) for p in parts)

    def _root_of_factor(self, factor: Expr) -> Expr:
        base, exponent = factor.as_base_exp()
        if exponent.is_Integer and exponent % 2 == 0:
            return base ** (exponent / 2)
        key = Pow(factor, HALF, evaluate=False)
        known = key in self._opaque
        root = self._symbol(key, f"root_{len(self._opaque)}")
        if not known:
            if isinstance(factor, Symbol):
                self._squares[factor] = root**2
            else:
                self._relations.append(root**2 - factor)
        return root

    def _symbol(self, node: Basic, name: str) -> Symbol:
        return self._opaque.setdefault(
            node, Dummy(name) if not name.startswith("root_") else Symbol(name)
        )
