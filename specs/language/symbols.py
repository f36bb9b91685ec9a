"""Symbols with a role: the step, the parameter theta, its gradient, and what a spec adds.

A time-indexed quantity is a :class:`Series`; indexing it gives a :class:`Value`, the SymPy
expression the equations are made of. SymPy sees every value as an opaque real number and
so can neither split ``sqrt(v/c)`` nor cancel a state against itself.
"""

from functools import cache
from typing import ClassVar, NoReturn, cast

from sympy import Expr, Integer, Symbol, sympify

from .misuse import Flag, Names, Unindexed, expression

t = Symbol("t", integer=True, positive=True)
"""The step of an optimizer, counted from 1."""

step = Symbol("step", integer=True, nonnegative=True)
"""The step of a schedule, counted from 0: the rate at ``step`` is used by step ``t = step + 1``."""


class Value(Expr):
    """``x[t + k]``: the value of a series at a time.

    Its arguments are the series' symbol and the index, an expression ``t + k``.
    """

    is_commutative: ClassVar[bool] = True  # pyright: ignore[reportIncompatibleVariableOverride]
    is_real: ClassVar[bool] = True  # pyright: ignore[reportIncompatibleVariableOverride]

    def __new__(cls, symbol: Symbol, index: Expr) -> "Value":
        return Expr.__new__(cls, symbol, sympify(index))

    @property
    def name(self) -> str:
        return str(self.args[0])  # a number, where SymPy tries numbers for all symbols

    @property
    def index(self) -> Expr:
        return cast(Expr, self.args[1])

    @property
    def lag(self) -> int | None:
        """How many steps back the index is: k for ``t - k`` or ``step - k``, else None."""
        return _lag(self.index)

    def _sympystr(self, printer: object) -> str:
        return f"{self.name}[{self.index}]"


@cache
def _lag(index: Expr) -> int | None:
    lags = (clock - index for clock in (t, step))
    return next((int(lag) for lag in lags if isinstance(lag, Integer)), None)


class GradientAt(Expr):
    """``grad(point)``: the gradient of the loss at a point, an uninterpreted function of it."""

    is_commutative: ClassVar[bool] = True  # pyright: ignore[reportIncompatibleVariableOverride]
    is_real: ClassVar[bool] = True  # pyright: ignore[reportIncompatibleVariableOverride]

    def __new__(cls, symbol: Symbol, point: Expr) -> "GradientAt":
        return Expr.__new__(cls, symbol, sympify(point))

    @property
    def name(self) -> str:
        return cast(Symbol, self.args[0]).name

    @property
    def point(self) -> Expr:
        return cast(Expr, self.args[1])

    def _sympystr(self, printer: object) -> str:
        return f"{self.name}({self.point})"


class Series(Unindexed):
    """A quantity that has a value at every step: ``m[t]``, ``m[t - 1]``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.symbol = Symbol(name, real=True)

    def __getitem__(self, index: Expr | int) -> Value:
        at = expression(index)
        if not isinstance(at, Expr):
            raise TypeError(
                f"{self.name}[{index!r}] is at no time: write {self.name}[t] or {self.name}[t - 1]"
            )
        return Value(self.symbol, at)

    def __repr__(self) -> str:
        return f"Series({self.name!r})"


class Gradient(Unindexed):
    """The gradient as a function of the point it is taken at."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.symbol = Symbol(name, real=True)

    @property
    def instead(self) -> str:
        return f"{self.name} is a function of a point: write {self.name}(theta[t - 1])"

    def __getitem__(self, index: object) -> NoReturn:
        raise TypeError(self.instead)

    def __call__(self, point: Expr, *others: object) -> GradientAt:
        at = expression(point)
        if others or not isinstance(at, Expr):
            raise TypeError(self.instead)
        return GradientAt(self.symbol, at)


theta = Series("theta")
"""The parameter, one tensor of any shape."""

grad = Gradient("grad")
"""The gradient of the loss: ``grad(theta[t - 1])`` is what a framework hands over."""


def hyperparameters(names: str, *others: str) -> tuple[Symbol, ...]:
    """Real scalars the user sets, one for each name in the string."""
    return Names("hyperparameters", (names, *others), lambda n: Symbol(n, real=True))


def counts(names: str, *others: str) -> tuple[Symbol, ...]:
    """Whole numbers the user sets, one for each name in the string."""
    return Names("counts", (names, *others), lambda n: Symbol(n, integer=True))


def flags(names: str, *others: str) -> tuple[Symbol, ...]:
    """Options that are on or off; they stand as conditions in a ``Piecewise``."""
    return Names("flags", (names, *others), Flag)


def states(names: str, *others: str) -> tuple[Series, ...]:
    """Quantities kept from one step to the next."""
    return Names("states", (names, *others), Series)


def inputs(names: str, *others: str) -> tuple[Series, ...]:
    """Quantities a step is given beside the gradient."""
    return Names("inputs", (names, *others), Series)


def intermediates(names: str, *others: str) -> tuple[Series, ...]:
    """Quantities named within a step and forgotten after it."""
    return Names("intermediates", (names, *others), Series)
