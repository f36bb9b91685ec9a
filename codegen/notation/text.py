"""Equations as plain text in reading order: ``m[t] = beta1*m[t-1] + (1 - beta1)*g[t]``.

Used in terminals, and in generated code as the comment that says where a line came from.
"""

from sympy import (
    Abs,
    Basic,
    Expr,
    Integer,
    Max,
    Min,
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
)
from sympy import Mod as Modulo
from sympy.core.relational import Relational
from sympy.core.symbol import Str
from sympy.logic.boolalg import And, Boolean, Not, Or

from ...specs.language import GradientAt, Optimizer, Schedule, Update, Value
from ...specs.language.heads import Head
from .memo import once
from .order import order_of
from .words import words

_CASES, _SUM, _PRODUCT, _POWER, _ATOM = range(5)

_FUNCTIONS = (Max, Min, Abs, sign, exp, log, cos, sin, floor, tanh, erf, atan, atan2)
_CONSTANTS = {pi: "pi", S.Infinity: "inf", S.NegativeInfinity: "-inf"}


@once
def text_of(spec: Optimizer | Schedule) -> "TextPrinter":
    """The printer of a spec, one for all who write its equations."""
    return TextPrinter(spec)


class TextPrinter:
    """Prints the expressions of one spec as text that is also valid Python where it can be."""

    def __init__(self, spec: Optimizer | Schedule) -> None:
        self._order = order_of(spec)
        self._words = words(spec)
        self._printed: dict[Basic, tuple[str, int]] = {}

    def equation(self, update: Update) -> str:
        return f"{self.expression(update.target)} = {self.expression(update.value)}"

    def expression(self, expression: Basic) -> str:
        return self._print(expression)[0]

    def _within(self, expression: Basic, level: int) -> str:
        text, binding = self._print(expression)
        return text if binding >= level else f"({text})"

    def _print(self, e: Basic) -> tuple[str, int]:
        """The text, and how much it binds."""
        if e not in self._printed:
            self._printed[e] = self._anew(e)
        return self._printed[e]

    def _anew(self, e: Basic) -> tuple[str, int]:
        match e:
            case Rational():
                text = decimal(e)
                return text, _SUM if e < 0 else _PRODUCT if "/" in text else _ATOM
            case Value():
                return f"{e.name}[{self.expression(e.index).replace(' ', '')}]", _ATOM
            case GradientAt():
                return f"{e.name}({self.expression(e.point)})", _ATOM
            case Symbol() | Str():
                return e.name, _ATOM
            case Piecewise():
                return self._cases(e), _CASES
            case Boolean() | Relational():
                return self.condition(e), _CASES
            case _ if e in _CONSTANTS:
                return _CONSTANTS[e], _ATOM
            case Modulo():
                dividend, divisor = (self._within(a, _POWER) for a in e.args)
                return f"{dividend} % {divisor}", _PRODUCT
            case Head():
                return e.text([self.expression(a) for a in e.args]), _ATOM
            case Expr() if isinstance(e, _FUNCTIONS):
                arguments = self._order.arguments(e) if isinstance(e, Max | Min) else e.args
                name = {"Max": "max", "Min": "min", "Abs": "abs"}.get(e.func.__name__)
                listed = ", ".join(self.expression(a) for a in arguments)
                return f"{name or e.func.__name__}({listed})", _ATOM
            case Pow() if e.exp == Rational(1, 2):
                return f"sqrt({self.expression(e.base)})", _ATOM
            case Pow() if not (e.exp.is_number and e.exp.is_negative):
                return f"{self._within(e.base, _ATOM)}**{self._within(e.exp, _ATOM)}", _POWER
            case Expr() if e.is_Add:
                return self._sum(e), _SUM
            case Expr() if e.is_Mul or e.is_Pow:
                return self._product(e)
        raise NotImplementedError(f"no text for {type(e).__name__}: {e}")

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
        above, below = self._order.factors(e)
        text = "*".join(self._within(f, _POWER) for f in above) or "1"
        for factor in below:
            text += f"/{self._within(factor, _POWER)}"
        return text, _PRODUCT

    def _cases(self, e: Piecewise) -> str:
        *cases, (otherwise, _) = [pair.args for pair in e.args]
        text = "".join(
            f"{self._within(value, _SUM)} if {self.condition(test)} else " for value, test in cases
        )
        return text + self.expression(otherwise)

    def condition(self, e: Basic) -> str:
        match e:
            case And() | Or():
                word = " and " if isinstance(e, And) else " or "
                return word.join(
                    f"({self.condition(a)})" if isinstance(a, And | Or) else self.condition(a)
                    for a in sorted(e.args, key=str)
                )
            case Not():
                return f"not {self.condition(e.args[0])}"
            case Relational():
                relation: str = e.rel_op  # pyright: ignore[reportAttributeAccessIssue]
                return f"{self._within(e.lhs, _SUM)} {relation} {self._within(e.rhs, _SUM)}"
            case Symbol():
                return self._words.get(e.name, e.name)
        raise NotImplementedError(f"no text for the condition {e}")


def decimal(number: Rational) -> str:
    """A rational as a decimal where that is exact and short, else as a fraction."""
    if isinstance(number, Integer):
        return str(number)
    rest = number.q
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    text = f"{float(number)!r}"
    exact = rest == 1 and Rational(text) == number and len(text) <= 10
    return text if exact else f"{number.p}/{number.q}"
