"""Equations as LaTeX, in the order papers write their terms."""

import re
from collections.abc import Sequence

from sympy import (
    Abs,
    Basic,
    Expr,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    Rational,
    S,
    Symbol,
    atan,
    atan2,
    cos,
    erf,
    exp,
    floor,
    log,
    pi,
    sign,
    sin,
    tanh,
    true,
)
from sympy import Mod as Modulo
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne, Relational
from sympy.core.symbol import Str
from sympy.logic.boolalg import And, Boolean, Implies, Not, Or

from ....specs.language import (
    Choice,
    Function,
    GradientAt,
    Iterand,
    Spec,
    Update,
    Value,
    matmul,
)
from ....specs.language.heads import Head, enclosed
from ...notation.order import order_of
from .binding import ATOM, HEADS, POWER, PRODUCT, SUM
from .breadth import LONGEST_ROW, breadth
from .constancy import constants, varies
from .escape import code
from .factors import beside, common_factor, divides, stays_decimal
from .notation import Names, Notation, script
from .numerals import number
from .words import words

_CONSTANTS = {
    pi: (r"\pi", ATOM),
    S.Infinity: (r"\infty", ATOM),
    S.NegativeInfinity: (r"-\infty", SUM),
}

_RELATIONS = {Eq: "=", Ne: r"\ne", Lt: "<", Le: r"\le", Gt: ">", Ge: r"\ge"}


def equation(spec: Spec, update: Update) -> str:
    r"""One equation of a spec: ``m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t``."""
    return LatexPrinter(spec).equation(update)


def expression(spec: Spec, value: Basic) -> str:
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

    def __init__(self, spec: Spec, *, display: bool = True) -> None:
        self.names = Names(spec)
        self._spec = spec
        self._order = order_of(spec)
        self._constants = constants(spec)
        self._words = words(spec, self.names)
        self._positions = _positions(spec)
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
                # What is compared stands before what it is compared with.
                turned = self._varies(e.rhs) and not self._varies(e.lhs)
                left, right = (e.rhs, e.lhs) if turned else (e.lhs, e.rhs)
                relation = _RELATIONS[type(e.reversed if turned else e)]
                return f"{self.expression(left)} {relation} {self.expression(right)}"
            case Symbol():
                return self._words.get(e.name, code(e.name))
        raise NotImplementedError(f"no LaTeX for the condition {type(e).__name__}: {e}")

    def _operand(self, e: Basic) -> str:
        text = self.condition(e)
        return f"({text})" if isinstance(e, And | Or | Implies) else text

    def _varies(self, e: Basic) -> bool:
        return varies(self._spec, e, self._constants)

    def _condition_rank(self, e: Basic) -> tuple[list[tuple[int, int]], str]:
        last = (len(self._positions), 0)
        return sorted(self._positions.get(str(s), last) for s in e.free_symbols), str(e)

    def _within(self, e: Basic, level: int) -> str:
        text, binding = self._print(e)
        return text if binding >= level else enclosed(text)

    def _print(self, e: Basic) -> tuple[str, int]:
        match e:
            case Rational():
                return self._number(e)
            case Value() if e.name in self._constants:
                return _symbol(self.names.of(e.name))
            case Value():
                index = self._inline.expression(e.index).replace(" ", "")
                return _symbol(self.names.of(e.name).at(index))
            case GradientAt():
                function = r"\nabla f" if e.name == "grad" else self.names.of(e.name).tex
                return function + enclosed(self._inline.expression(e.point)), POWER
            case Symbol() if e.name in self._words:
                return self._words[e.name], ATOM
            case Iterand() | Str():
                return e.name, ATOM
            case Symbol():
                return _symbol(self.names.of(e.name))
            case Piecewise():
                return self._cases(e), SUM
            case Boolean() | Relational():
                return self.condition(e), SUM
            case _ if e in _CONSTANTS:
                return _CONSTANTS[e]
            case Modulo():
                dividend, divisor = (self._within(a, POWER) for a in e.args)
                return rf"{dividend} \bmod {divisor}", PRODUCT
            case floor():
                return enclosed(self.expression(e.args[0]), r"\lfloor", r"\rfloor"), ATOM
            case Max() | Min():
                listed = ", ".join(self.expression(a) for a in self._order.arguments(e))
                return rf"\{e.func.__name__.lower()}{enclosed(listed)}", POWER
            case Abs():
                return enclosed(self.expression(e.args[0]), r"\lvert", r"\rvert"), ATOM
            case exp() | log() | cos() | sin() | tanh():
                return rf"\{e.func.__name__}{enclosed(self.expression(e.args[0]))}", POWER
            case atan():
                return rf"\arctan{enclosed(self.expression(e.args[0]))}", POWER
            case sign() | erf() | atan2():
                listed = ", ".join(map(self.expression, e.args))
                return rf"\operatorname{{{e.func.__name__}}}{enclosed(listed)}", POWER
            case Head():
                return self._head(e)
            case Pow() if e.exp == Rational(1, 2):
                return rf"\sqrt{{{self.expression(e.base)}}}", POWER
            case Pow() if not (e.exp.is_number and e.exp.is_negative):
                return self._within(e.base, ATOM) + script("^", self._exponent(e.exp)), POWER
            case Expr() if e.is_Add:
                factor = common_factor(e)
                if factor != 1:
                    return self._product(Mul(factor, e / factor, evaluate=False))
                return self._sum(e), SUM
            case Expr() if e.is_Mul or e.is_Pow:
                return self._product(e)
        raise NotImplementedError(f"no LaTeX for {type(e).__name__}: {e}")

    def _number(self, e: Rational) -> tuple[str, int]:
        text = number(e)
        if e < 0:
            return text, SUM
        if "/" in text:
            return (rf"\frac{{{e.p}}}{{{e.q}}}" if self._display else text), PRODUCT
        if r"\cdot" in text:
            return text, PRODUCT
        return text, ATOM if re.fullmatch(r"[\d.]+", text) else POWER

    def _exponent(self, e: Expr) -> str:
        if isinstance(e, Rational) and divides(e):
            return f"{e.p}/{e.q}"
        return self._inline.expression(e)

    def _head(self, e: Head) -> tuple[str, int]:
        if type(e).tex is Head.tex:
            raise NotImplementedError(f"no LaTeX for {type(e).__name__}: it has no tex method")
        # Of a head it does not know the printer assumes the worst on both sides.
        binding, levels = HEADS.get(type(e), (SUM, [ATOM] * len(e.args)))
        if isinstance(e, matmul):  # a product in a product is that of all their matrices
            levels = [PRODUCT if isinstance(a, matmul) else POWER for a in e.args]
        arguments = [self._within(a, level) for a, level in zip(e.args, levels, strict=False)]
        return e.tex(arguments), binding

    def _sum(self, e: Expr) -> str:
        text = ""
        for subtracted, term in self._order.terms(e):
            operator = (" - " if subtracted else " + ") if text else ("-" if subtracted else "")
            text += operator + self._within(term, PRODUCT)
        return text

    def _product(self, e: Expr) -> tuple[str, int]:
        (subtracted, magnitude), *_ = self._order.terms(e)
        if subtracted:
            return f"-{self._within(magnitude, PRODUCT)}", SUM
        coefficient, rest = e.as_coeff_Mul()
        if isinstance(coefficient, Rational) and stays_decimal(coefficient):
            return beside(number(coefficient), self._within(rest, PRODUCT)), PRODUCT
        above, below = self._order.factors(e)
        if not below:
            return self._row(above), PRODUCT
        if not self._display:
            several = len(below) > 1
            divisor = enclosed(self._row(below)) if several else self._within(below[0], POWER)
            return f"{self._row(above) or '1'}/{divisor}", PRODUCT
        front, above, back = self._beside_fraction(above, below)
        numerator = self._inline._alone(above) or "1"
        fraction = rf"\frac{{{numerator}}}{{{self._inline._alone(below)}}}"
        return " ".join(filter(None, (self._row(front), fraction, self._row(back)))), PRODUCT

    def _alone(self, factors: Sequence[Expr]) -> str:
        """Factors with nothing beside them: a single one needs no parentheses."""
        return self.expression(factors[0]) if len(factors) == 1 else self._row(factors)

    def _beside_fraction(
        self, above: list[Expr], below: Sequence[Expr]
    ) -> tuple[list[Expr], list[Expr], list[Expr]]:
        """What stands before, on and after the bar: the step size, a ratio, what it scales.

        A fraction of numbers stands before sums.
        """
        if all(f.is_number for f in below) and any(f.is_Add for f in above):
            return [], [f for f in above if f.is_number], [f for f in above if not f.is_number]
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
            piece = self._within(factor, POWER)
            text = beside(text, piece) if text else piece
        return text

    def _cases(self, e: Piecewise) -> str:
        rows = [row for pair in e.args for row in self._case(*pair.args)]
        # Stacked fractions would touch.
        line_break = r" \\[2ex] " if any(r"\frac" in row for row in rows) else r" \\ "
        return rf"\begin{{cases}} {line_break.join(rows)} \end{{cases}}"

    def _case(self, value: Basic, test: Basic) -> list[str]:
        """The rows of one case: of a condition too long for one, a row for each of its parts."""
        text = self.expression(value)
        if r"\frac" in text:
            text = rf"\displaystyle {text}"
        if test == true:
            return [rf"{text} & \text{{otherwise}}"]
        condition = self.condition(test)
        word = "or" if isinstance(test, Or) else "and"
        if breadth(text) + breadth(condition) <= LONGEST_ROW or not isinstance(test, And | Or):
            return [rf"{text} & \text{{if }} {condition}"]
        first, *others = sorted(test.args, key=self._condition_rank)
        rows = [rf"& \text{{{word} }} {self._operand(other)}" for other in others]
        return [rf"{text} & \text{{if }} {self._operand(first)}", *rows]


def _positions(spec: Spec) -> dict[str, tuple[int, int]]:
    """Where an argument stands, and each of the conditions it can be asked for."""
    positions: dict[str, tuple[int, int]] = {}
    for i, argument in enumerate(spec.hyper):
        asked: list[str] = [argument.name]
        if isinstance(argument, Choice):
            asked = [flag.name for flag in argument.flags.values()]
        elif isinstance(argument, Function):
            asked.append(argument.flag.name)
        positions |= {name: (i, j) for j, name in enumerate(asked)}
    return positions


def _symbol(notation: Notation) -> tuple[str, int]:
    """A symbol; one with a superscript cannot take a power as it stands."""
    return notation.tex, POWER if notation.sup else ATOM
