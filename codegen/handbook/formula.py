"""The formulas of claims as LaTeX: sums, limits and derivatives besides what rules are made of."""

from collections.abc import Sequence
from dataclasses import replace

from sympy import Basic, Derivative, Expr, Limit, Rational, Sum, Symbol, oo
from sympy.core.function import AppliedUndef

from ...specs.language import REAL, Hyper, Optimizer, Spec, Update
from ..backends.latex.binding import ATOM, POWER, PRODUCT, SUM
from ..backends.latex.notation import Names, Notation, script
from ..backends.latex.printer import LatexPrinter

_WRITTEN = {
    "lr": r"\gamma",
    "eps": r"\epsilon",
    "wd": r"\lambda",
    "max_norm": "c",
    "rate_decay": r"\eta",
    "sigma2": r"\sigma^2",
    "covariance": r"\mathrm{cov}",
    "weights": "w",
}
"""What claims do not say themselves, as the specs write it."""

_FIRST = "lr beta beta1 beta2 eps wd sigma2"
"""The scalars that stand first in a product, in order."""

_SMALL = Rational(1, 9)
"""What is negative where all symbols are this is written as subtracted."""


class _Names(Names):
    def of(self, name: str) -> Notation:
        if name in _WRITTEN and name not in self._declared:
            return Notation.parse(_WRITTEN[name])
        return super().of(name)


class ClaimPrinter(LatexPrinter):
    """Prints what stands in a claim.

    Args:
        spec: the formulation it belongs to; without one, the notation is that of all claims.
        display: as for any printer.
    """

    def __init__(self, spec: Spec | None = None, *, display: bool = True) -> None:
        super().__init__(spec or _anything(), display=display)
        self.names = _Names(spec or _anything())

    def rows(self, updates: Sequence[Update]) -> list[str]:
        """Equations, aligned at their equals signs."""
        return [f"{self.expression(u.target)} &= {self.expression(u.value)}" for u in updates]

    def primed(self, quantity: str) -> str:
        """A quantity at t, with a prime to tell it from another of its name."""
        notation = self.names.of(quantity)
        return replace(notation, sup=notation.sup + r"\prime").at("t").tex

    def polynomial(self, e: Expr, variable: Symbol) -> str:
        """A polynomial by falling powers, its coefficients as they are written."""
        degree = e.as_poly(variable).degree()  # pyright: ignore[reportOptionalMemberAccess]
        text = ""
        for k in range(degree, -1, -1):
            coefficient = e.coeff(variable, k)
            if coefficient == 0:
                continue
            small = {symbol: _SMALL for symbol in coefficient.free_symbols}
            is_subtracted = bool(coefficient.xreplace(small) < 0)
            magnitude = -coefficient if is_subtracted else coefficient
            level = PRODUCT if k or is_subtracted else SUM
            factor = "" if magnitude == 1 and k else self._within(magnitude, level)
            power = self.expression(variable**k) if k else ""
            sign = "-" if is_subtracted else "+"
            text += f" {sign} " if text else ("-" if is_subtracted else "")
            text += f"{factor} {power}".strip()
        return text

    def _print(self, e: Basic) -> tuple[str, int]:
        match e:
            case Sum():
                ends = [(self.expression(i), *map(self.expression, ab)) for i, *ab in e.limits]
                sums = "".join(rf"\sum_{{{i}={a}}}^{{{b}}} " for i, a, b in reversed(ends))
                return sums + self._within(e.function, PRODUCT), POWER
            case Limit():
                term, variable, towards, _ = e.args
                end = r"\infty" if towards == oo else self.expression(towards)
                below = rf"\lim_{{{self.expression(variable)} \to {end}}}"
                return f"{below} {self._within(term, PRODUCT)}", PRODUCT
            case Derivative() if isinstance(e.expr, AppliedUndef):
                ((_, order),) = e.variable_count
                return self._call(e.expr, r"\prime" * int(order)), POWER
            case AppliedUndef():
                argument = e.args[0]
                if argument.is_integer:
                    index = self._inline.expression(argument).replace(" ", "")
                    return self.names.of(e.func.__name__).at(index).tex, ATOM
                return self._call(e, ""), POWER
        return super()._print(e)

    def _row(self, factors: Sequence[Expr]) -> str:
        # Behind a sum, everything would belong to it.
        return super()._row(sorted(factors, key=lambda f: isinstance(f, Sum)))

    def _call(self, e: AppliedUndef, primes: str) -> str:
        name = self.names.of(e.func.__name__).tex + script("^", primes)
        return f"{name}({self._inline.expression(e.args[0])})"


def _anything() -> Optimizer:
    """A spec that declares nothing but the order of scalars."""
    scalars = [Hyper(Symbol(n, real=True), "0", REAL, "") for n in _FIRST.split()]
    return Optimizer("Claim", "", "", hyper=scalars, states=(), updates=())
