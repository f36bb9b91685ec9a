r"""Formulas of proofs: a spec's notation, and beside it what stands in no spec.

Identities have finite sums, limits, functions nobody defines and matrices in them; they are
written in the notation of the specs that they are about.
"""

from collections.abc import Sequence

from sympy import Basic, Derivative, Expr, Limit, MatrixBase, Mul, Sum
from sympy.core.function import AppliedUndef

from ....specs.language import Spec
from ....specs.language.heads import enclosed
from ...backends.latex.binding import ATOM, POWER, PRODUCT
from ...backends.latex.notation import Names, Notation, script
from ...backends.latex.printer import LatexPrinter

_CLAIMED = {
    "sigma2": r"\sigma^2",
    "covariance": r"\mathrm{Cov}",
    "g'": "g'",
}
"""How the names are written that claims have for themselves and that do not read as they are."""


class _NamesOfSeveral(Names):
    """The notation of several specs: where two have a name, the first one's."""

    def __init__(self, specs: Sequence[Spec]) -> None:
        self._declared = dict(_CLAIMED)
        for spec in reversed(specs):
            self._declared |= Names(spec)._declared


class ProofPrinter(LatexPrinter):
    """Prints the expressions of a proof.

    Args:
        specs: those whose notation is used; the first one's order as well.
        display: stack fractions; otherwise, as within another fraction, use a slash.
    """

    def __init__(self, specs: Sequence[Spec], *, display: bool = True) -> None:
        super().__init__(specs[0], display=display)
        self.names = _NamesOfSeveral(specs)
        self._inline = ProofPrinter(specs, display=False) if display else self

    def inline(self, e: Basic) -> str:
        """The expression with slashes for fractions."""
        return self._inline.expression(e)

    def _print(self, e: Basic) -> tuple[str, int]:
        match e:
            case Sum():
                return self._total(e), PRODUCT
            case Limit():
                function, variable, to, _ = e.args
                under = rf"{self.expression(variable)} \to {self.expression(to)}"
                return rf"\lim_{{{under}}} {self._within(function, PRODUCT)}", PRODUCT
            case AppliedUndef():
                return self._applied(e)
            case Derivative():
                return self._derivative(e), POWER
            case MatrixBase():
                rows = (e.row(i).tolist()[0] for i in range(e.rows))
                body = r" \\ ".join(" & ".join(map(self.expression, row)) for row in rows)
                return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}", ATOM
        return super()._print(e)

    def _total(self, e: Sum) -> str:
        signs = (
            rf"\sum_{{{self.expression(index)}={self.expression(low)}}}"
            + script("^", self._inline.expression(high))
            for index, low, high in e.limits
        )
        return f"{' '.join(signs)} {self._within(e.function, PRODUCT)}"

    def _applied(self, e: AppliedUndef) -> tuple[str, int]:
        """``f(x)``; of whole numbers, a sequence: ``g_i``."""
        name = self.names.of(e.func.__name__)
        listed = ", ".join(self._inline.expression(a) for a in e.args)
        if all(a.is_integer for a in e.args):
            return name.at(listed).tex, ATOM
        return name.tex + enclosed(listed), POWER

    def _product(self, e: Expr) -> tuple[str, int]:
        """A sum over something stands behind the fraction of all else: a mean is 1/N of it."""
        (subtracted, _), *_ = self._order.terms(e)
        above, below = self._order.factors(e)
        totals = [f for f in above if isinstance(f, Sum)]
        if subtracted or not below or len(totals) != 1:
            return super()._product(e)
        rest = Mul(*(f for f in above if f is not totals[0])) / Mul(*below)
        front = self.expression(rest)
        return f"{front} {self.expression(totals[0])}", PRODUCT

    def _derivative(self, e: Derivative) -> str:
        function, variable, order = e.expr, e.variables[0], e.derivative_count
        if not isinstance(function, AppliedUndef) or function.args != (variable,):
            raise NotImplementedError(f"no LaTeX for {type(e).__name__}: {e}")
        name = self.names.of(function.func.__name__)
        return Notation(name.base, name.sub, r"\prime" * int(order)).tex + enclosed(
            self._inline.expression(variable)
        )

    def _row(self, factors: Sequence[Expr]) -> str:
        # A sum takes in all that follows it, so it comes last, and needs no parentheses there.
        ordered = sorted(factors, key=lambda f: isinstance(f, Sum))
        if len(ordered) < 2 or not isinstance(ordered[-1], Sum):
            return super()._row(factors)
        return f"{super()._row(ordered[:-1])} {self.expression(ordered[-1])}"
