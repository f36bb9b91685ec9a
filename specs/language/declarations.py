"""What a spec says about its symbols: defaults, domains, argument names, initial values."""

from dataclasses import dataclass

from sympy import Basic, Expr, Symbol, latex, true

from .domains import REAL, Interval
from .misuse import expression
from .shapes import Shape
from .symbols import Series, Value, theta


@dataclass(frozen=True)
class Hyper:
    """A real hyperparameter.

    Args:
        symbol: the symbol in the equations; its name is the argument's.
        default: the exact default as text (``"1e-3"``), never a float; ``""`` where there is none.
            Of an optimizer's that is ``derived``, a number to try it with.
        domain: the values accepted; anything else is a ``ValueError`` at run time.
        doc: what it is, for a reader of the generated class.
        latex: its notation, where it is not SymPy's for the name.
        argument: the tuple argument it is a member of (``"betas"``), in declaration order.
        optional: 0 switches its terms off, and generated code then skips them.
        per_group: one number, or a list with one for each group of parameters.
        keyword: can be passed by keyword only.
        derived: what it follows from where it is left out, in place of a default; an optimizer's
            is then None by default, and follows from other hyperparameters and the dtype.
        omissible: it can be left out without a default, as others are derived from it alone.
    """

    symbol: Symbol
    default: str
    domain: Interval
    doc: str
    latex: str = ""
    argument: str = ""
    optional: bool = False
    per_group: bool = False
    keyword: bool = False
    derived: Expr | None = None
    omissible: bool = False

    @property
    def name(self) -> str:
        return self.symbol.name

    @property
    def is_required(self) -> bool:
        """Whether there is nothing to take in its place."""
        return not self.default and self.derived is None and not self.omissible

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are accepted."""
        return bool(self.symbol.is_integer)

    @property
    def tex(self) -> str:
        return self.latex or latex(self.symbol)


@dataclass(frozen=True)
class Option:
    """A flag that is on or off.

    Args:
        flag: its symbol, a condition in the equations.
        doc: what it switches, for a reader of the generated class.
        keyword: can be passed by keyword only.
        default: on if nothing is said.
    """

    flag: Symbol
    doc: str
    keyword: bool = False
    default: bool = False

    @property
    def name(self) -> str:
        return self.flag.name


@dataclass(frozen=True)
class State:
    """A quantity kept from one step to the next.

    Args:
        series: the state in the equations.
        init: its value before the first step: a number or an expression in hyperparameters,
            of which ``lr`` is the rate of that step; ``theta[0]`` for a copy of the parameter;
            None where the equations give the first value themselves, by a case for t = 1.
        key: its name in a torch checkpoint.
        when: the condition on options and hyperparameters under which it exists.
        shape: what it has a number for: each element (``Shape.TENSOR``), each tensor
            (``Shape.PER_TENSOR``), all tensors of a group (``Shape.SCALAR``), or some axes,
            ``(rows,)`` or ``(rows, rows)``; or all tensors of a step (``Shape.GLOBAL``).
        domain: the values it can take, by which roots and divisions are checked.
        latex: its notation, where it is not SymPy's for the name.
    """

    series: Series
    init: Basic | int | None
    key: str
    when: Basic = true
    shape: Shape = Shape.TENSOR
    domain: Interval = REAL
    latex: str = ""

    def __post_init__(self) -> None:
        if self.init is not None:
            object.__setattr__(self, "init", expression(self.init))
        object.__setattr__(self, "shape", Shape.of(self.shape))

    @property
    def name(self) -> str:
        return self.series.name

    @property
    def starts_as_parameter(self) -> bool:
        """Whether it is a copy of the parameter before the first step."""
        return self.init == theta[0]

    @property
    def tex(self) -> str:
        return self.latex or latex(self.series.symbol)


@dataclass(frozen=True)
class Update:
    """One equation: ``target`` takes the value of ``value``. Never evaluated, unlike ``Eq``."""

    target: Value
    value: Expr

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", expression(self.value))


@dataclass(frozen=True)
class Constraint:
    """A condition that hyperparameters and options must meet together, and what to say if not."""

    condition: Basic
    message: str
