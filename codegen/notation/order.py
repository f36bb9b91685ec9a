"""The order in which papers write terms and factors.

SymPy keeps sums and products in an order of its own. This module puts them back: the stored
state before the new gradient, ``beta1*m[t-1] + (1 - beta1)*g[t]``; what is added before
what is subtracted; scalars before tensors in a product. Printers and the lowering to code
share it, so that the formula and the code read alike.
"""

from typing import cast

from sympy import Add, Basic, Expr, Integer, Mul, Pow, Rational, Symbol, default_sort_key

from ...specs.language import GradientAt, Optimizer, Schedule, Value, step, t
from ...specs.language.over_tensors import OverTensors
from .memo import once


@once
def order_of(spec: Optimizer | Schedule) -> "ReadingOrder":
    """The order of a spec, one for all who write its equations."""
    return ReadingOrder(spec)


class ReadingOrder:
    """The order of terms and factors in one spec, by the roles its symbols play there."""

    def __init__(self, spec: Optimizer | Schedule) -> None:
        self._states = {s.name for s in spec.states}
        self._hyper = {h.name: i for i, h in enumerate(spec.hyper)}
        self._scalars = _scalar_series(spec)
        self._are_scalars: dict[Expr, bool] = {}
        self._ranks: dict[Expr, int] = {}

    def terms(self, expression: Expr) -> list[tuple[bool, Expr]]:
        """The terms of a sum as (is subtracted, magnitude), in reading order."""
        terms = [_signed(term) for term in Add.make_args(expression)]
        if len(terms) == 1:  # as of every product
            return terms
        if expression.free_symbols in ({t}, {step}):  # an index: "t - 1", "t + 1"
            return sorted(terms, key=lambda term: (term[0], term[1].is_number))
        return sorted(
            terms, key=lambda term: (term[0], self._term_rank(term[1]), default_sort_key(term[1]))
        )

    def factors(self, expression: Expr) -> tuple[list[Expr], list[Expr]]:
        """Numerators and denominators of a product, each in reading order, without ones."""
        above: list[Expr] = []
        below: list[Expr] = []
        for factor in Mul.make_args(expression):
            if isinstance(factor, Rational) and not isinstance(factor, Integer):
                above += [Integer(factor.p)] if factor.p != 1 else []
                below.append(Integer(factor.q))
            elif isinstance(factor, Pow) and _signed(factor.exp)[0]:
                below.append(Pow(factor.base, -factor.exp))
            elif factor != 1:
                above.append(factor)
        return sorted(above, key=self._factor_rank), sorted(below, key=self._factor_rank)

    def arguments(self, expression: Expr) -> list[Expr]:
        """The arguments of a maximum or minimum in reading order, a number last."""
        arguments = cast("tuple[Expr, ...]", expression.args)
        return sorted(
            arguments, key=lambda a: (a.is_number, self._term_rank(a), default_sort_key(a))
        )

    def is_scalar(self, expression: Expr) -> bool:
        """Whether no tensor occurs in the expression."""
        if expression not in self._are_scalars:
            self._are_scalars[expression] = _is_scalar(expression, self._scalars)
        return self._are_scalars[expression]

    def _term_rank(self, term: Expr) -> int:
        if term not in self._ranks:
            self._ranks[term] = self._rank(term)
        return self._ranks[term]

    def _rank(self, term: Expr) -> int:
        if term.is_number:
            return 0
        if self.is_scalar(term):
            return 6 if isinstance(term, Symbol | Value) else 7
        tensors = [v for v in term.atoms(Value) if v.name not in self._scalars]
        if any(v.name == "theta" for v in tensors):
            return 1 if isinstance(term, Value) else 5
        states = [v for v in tensors if v.name in self._states]
        if states and len(states) == len(tensors):
            return 2 if any(v.lag != 0 for v in states) else 3
        return 4

    def _factor_rank(self, factor: Expr) -> tuple[object, ...]:
        if factor.is_number:
            rank: tuple[int, int] = (0, 0)
        elif isinstance(factor, Symbol):
            rank = (1, self._hyper.get(factor.name, len(self._hyper)))
        elif self.is_scalar(factor):
            rank = (2, 0) if isinstance(factor, Value) else (3, 0)
        else:
            rank = (4, self._term_rank(factor))
        return *rank, default_sort_key(factor)


def _signed(term: Expr) -> tuple[bool, Expr]:
    coefficient, _ = term.as_coeff_Mul()
    return (True, -term) if coefficient.is_negative else (False, term)


def _scalar_series(spec: Optimizer | Schedule) -> set[str]:
    """Names of states and intermediates that hold one number for all tensors."""
    scalars = {s.name for s in spec.states if s.shape.is_number}
    scalars |= {i.name for i in spec.inputs if not i.is_tensor}
    pending = [u for u in spec.updates if u.target.name not in {s.name for s in spec.states}]
    changed = True
    while changed:
        changed = False
        for update in pending:
            name = update.target.name
            if name in scalars or name == "theta":
                continue
            if _is_scalar(update.value, scalars):
                scalars.add(name)
                changed = True
    return scalars


def _is_scalar(e: Basic, scalars: set[str]) -> bool:
    """Whether no tensor is met but within what goes over all of them."""
    if isinstance(e, OverTensors):
        return True
    if isinstance(e, Value):
        return e.name in scalars
    return not isinstance(e, GradientAt) and all(_is_scalar(a, scalars) for a in e.args)
