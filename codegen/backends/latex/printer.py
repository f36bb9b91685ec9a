"""Equations as LaTeX, in the order papers write their terms."""

import re
from collections.abc import Sequence

from sympy import (
    Abs,
    Basic,
    Expr,
    Max,
    Min,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    exp,
    log,
    sign,
    true,
)
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne, Relational
from sympy.logic.boolalg import And, Boolean, Implies, Not, Or

from ....specs.language import GradientAt, Optimizer, Update, Value
from ....specs.language.heads import (
    Head,
    clip,
    enclosed,
    global_norm,
    lerp,
    matmul,
    mean,
    norm,
    one_minus_power,
    transpose,
)
from ...order import ReadingOrder
from .escape import code
from .notation import Names, Notation, script
from .numerals import number

_SUM, _PRODUCT, _POWER, _ATOM = range(4)

_HEADS: dict[type[Head], tuple[int, Sequence[int]]] = {
    one_minus_power: (_SUM, (_ATOM, _SUM)),
    lerp: (_SUM, (_PRODUCT, _PRODUCT, _PRODUCT)),
    clip: (_POWER, (_SUM, _SUM, _SUM)),
    norm: (_ATOM, (_SUM,)),
    global_norm: (_POWER, (_SUM,)),
    mean: (_POWER, (_SUM,)),
    matmul: (_PRODUCT, (_POWER, _POWER)),
    transpose: (_POWER, (_ATOM,)),
}
"""How tightly each head binds, and what its form expects of each argument."""

_LARGEST_DIVISOR = 10
"""Up to this denominator a factor divides, ``x/2``; beyond it a decimal stands in front."""

_RELATIONS = {Eq: "=", Ne: r"\ne", Lt: "<", Le: r"\le", Gt: ">", Ge: r"\ge"}


def equation(spec: Optimizer, update: Update) -> str:
    r"""One equation of a spec: ``m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t``."""
    return LatexPrinter(spec).equation(update)


def expression(spec: Optimizer, value: Basic) -> str:
    """An expression in the symbols of a spec, for use in math mode.

    Raises:
        NotImplementedError: a node has no LaTeX form.
    """
    return LatexPrinter(spec).expression(value)


class LatexPrinter:
    """Prints the expressions of one spec.

    Args:
        spec: whose notation and reading order are used.
        display: stack fractions; otherwise, as within another fraction, use a slash.
    """

    def __init__(self, spec: Optimizer, *, display: bool = True) -> None:
        self.names = Names(spec)
        self._order = ReadingOrder(spec)
        self._positions = {h.name: i for i, h in enumerate(spec.hyper)}
        self._flags = {h.name for h in spec.options}
        self._display = display
        self._inline = LatexPrinter(spec, display=False) if display else self

    def equation(self, update: Update) -> str:
        return f"{self.expression(update.target)} = {self.expression(update.value)}"

    def expression(self, e: Basic) -> str:
        return self._print(e)[0]

    def condition(self, e: Basic) -> str:
        """A condition in words, for use in math mode."""
        match e:
            case And() | Or():
                word = r" \text{ and } " if isinstance(e, And) else r" \text{ or } "
                return word.join(self._operand(a) for a in sorted(e.args, key=self._condition_rank))
            case Not():
                return rf"\text{{not }} {self._operand(e.args[0])}"
            case Implies():
                premise, conclusion = e.args
                return rf"{self._operand(premise)} \Rightarrow {self.condition(conclusion)}"
            case Relational() if type(e) in _RELATIONS:
                relation = _RELATIONS[type(e)]
                return f"{self.expression(e.lhs)} {relation} {self.expression(e.rhs)}"
            case Symbol():
                return code(e.name)
        raise NotImplementedError(f"no LaTeX for the condition {type(e).__name__}: {e}")

    def _operand(self, e: Basic) -> str:
        text = self.condition(e)
        return f"({text})" if isinstance(e, And | Or | Implies) else text

    def _condition_rank(self, e: Basic) -> tuple[list[int], str]:
        last = len(self._positions)
        return sorted(self._positions.get(str(s), last) for s in e.free_symbols), str(e)

    def _within(self, e: Basic, level: int) -> str:
        text, binding = self._print(e)
        return text if binding >= level else enclosed(text)

    def _print(self, e: Basic) -> tuple[str, int]:
        match e:
            case Rational():
                return self._number(e)
            case Value():
                index = self._inline.expression(e.index).replace(" ", "")
                return _symbol(self.names.of(e.name).at(index))
            case GradientAt():
                function = r"\nabla f" if e.name == "grad" else self.names.of(e.name).tex
                return function + enclosed(self._inline.expression(e.point)), _POWER
            case Symbol() if e.name in self._flags:
                return code(e.name), _ATOM
            case Symbol():
                return _symbol(self.names.of(e.name))
            case Piecewise():
                return self._cases(e), _SUM
            case Boolean() | Relational():
                return self.condition(e), _SUM
            case Max() | Min():
                listed = ", ".join(self.expression(a) for a in self._order.arguments(e))
                return rf"\{e.func.__name__.lower()}{enclosed(listed)}", _POWER
            case Abs():
                return enclosed(self.expression(e.args[0]), r"\lvert", r"\rvert"), _ATOM
            case exp() | log():
                return rf"\{e.func.__name__}{enclosed(self.expression(e.args[0]))}", _POWER
            case sign():
                return rf"\operatorname{{sign}}{enclosed(self.expression(e.args[0]))}", _POWER
            case Head():
                return self._head(e)
            case Pow() if e.exp == Rational(1, 2):
                return rf"\sqrt{{{self.expression(e.base)}}}", _POWER
            case Pow() if not (e.exp.is_number and e.exp.is_negative):
                return self._within(e.base, _ATOM) + script("^", self._exponent(e.exp)), _POWER
            case Expr() if e.is_Add:
                return self._sum(e), _SUM
            case Expr() if e.is_Mul or e.is_Pow:
                return self._product(e)
        raise NotImplementedError(f"no LaTeX for {type(e).__name__}: {e}")

    def _number(self, e: Rational) -> tuple[str, int]:
        text = number(e)
        if e < 0:
            return text, _SUM
        if "/" in text:
            return (rf"\frac{{{e.p}}}{{{e.q}}}" if self._display else text), _PRODUCT
        if r"\cdot" in text:
            return text, _PRODUCT
        return text, _ATOM if re.fullmatch(r"[\d.]+", text) else _POWER

    def _exponent(self, e: Expr) -> str:
        if isinstance(e, Rational) and 1 < e.q <= _LARGEST_DIVISOR:
            return f"{e.p}/{e.q}"
        return self._inline.expression(e)

    def _head(self, e: Head) -> tuple[str, int]:
        if type(e).tex is Head.tex:
            raise NotImplementedError(f"no LaTeX for {type(e).__name__}: it has no tex method")
        # Of a head it does not know the printer assumes the worst on both sides.
        binding, levels = _HEADS.get(type(e), (_SUM, [_ATOM] * len(e.args)))
        arguments = [self._within(a, level) for a, level in zip(e.args, levels, strict=True)]
        return e.tex(arguments), binding

    def _sum(self, e: Expr) -> str:
        text = ""
        for subtracted, term in self._order.terms(e):
            operator = (" - " if subtracted else " + ") if text else ("-" if subtracted else "")
            text += operator + self._within(term, _PRODUCT)
        return text

    def _product(self, e: Expr) -> tuple[str, int]:
        (subtracted, magnitude), *_ = self._order.terms(e)
        if subtracted:
            return f"-{self._within(magnitude, _PRODUCT)}", _SUM
        coefficient, rest = e.as_coeff_Mul()
        if isinstance(coefficient, Rational) and _stays_decimal(coefficient):
            return _beside(number(coefficient), self._within(rest, _PRODUCT)), _PRODUCT
        above, below = self._order.factors(e)
        if not below:
            return self._row(above), _PRODUCT
        if not self._display:
            several = len(below) > 1
            divisor = enclosed(self._row(below)) if several else self._within(below[0], _POWER)
            return f"{self._row(above) or '1'}/{divisor}", _PRODUCT
        front, above, back = self._beside_fraction(above, below)
        numerator = self._inline._alone(above) or "1"
        fraction = rf"\frac{{{numerator}}}{{{self._inline._alone(below)}}}"
        return " ".join(filter(None, (self._row(front), fraction, self._row(back)))), _PRODUCT

    def _alone(self, factors: Sequence[Expr]) -> str:
        """Factors with nothing beside them: a single one needs no parentheses."""
        return self.expression(factors[0]) if len(factors) == 1 else self._row(factors)

    def _beside_fraction(
        self, above: list[Expr], below: Sequence[Expr]
    ) -> tuple[list[Expr], list[Expr], list[Expr]]:
        """What stands before, on and after the bar: the step size, a ratio, what it scales."""
        tensors = [f for f in above if not self._order.is_scalar(f)]
        if not tensors or all(self._order.is_scalar(f) for f in below):
            return [], above, []
        front = [f for f in above if self._order.is_scalar(f)]
        if len(tensors) > 1 and isinstance(tensors[-1], Value):
            return front, tensors[:-1], tensors[-1:]
        return front, tensors, []

    def _row(self, factors: Sequence[Expr]) -> str:
        text = ""
        for factor in factors:
            piece = self._within(factor, _POWER)
            text = _beside(text, piece) if text else piece
        return text

    def _cases(self, e: Piecewise) -> str:
        pairs = (pair.args for pair in e.args)
        rows = [f"{self._case(value)} & {self._when(test)}" for value, test in pairs]
        # Stacked fractions would touch.
        line_break = r" \\[2ex] " if any(r"\frac" in row for row in rows) else r" \\ "
        return rf"\begin{{cases}} {line_break.join(rows)} \end{{cases}}"

    def _case(self, value: Basic) -> str:
        text = self.expression(value)
        return rf"\displaystyle {text}" if r"\frac" in text else text

    def _when(self, test: Basic) -> str:
        return r"\text{otherwise}" if test == true else rf"\text{{if }} {self.condition(test)}"


def _stays_decimal(coefficient: Rational) -> bool:
    return coefficient.q > _LARGEST_DIVISOR and "/" not in number(coefficient)


def _beside(left: str, right: str) -> str:
    """Two factors; digits side by side would read as one number, so they get a dot."""
    return rf"{left} \cdot {right}" if right[0].isdigit() else f"{left} {right}"


def _symbol(notation: Notation) -> tuple[str, int]:
    """A symbol; one with a superscript cannot take a power as it stands."""
    return notation.tex, _POWER if notation.sup else _ATOM
