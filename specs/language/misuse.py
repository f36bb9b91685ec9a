"""What is easily written by mistake, and says so: a series without a time, a flag in an ``if``."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NoReturn, TypeVar

from sympy import Basic, Expr, Symbol, sympify
from sympy.core.sympify import SympifyError
from sympy.logic.boolalg import Boolean

Any_ = TypeVar("Any_")


def expression(value: Any) -> Any:
    """A number or an expression as SymPy's; anything else as it is, for the rules to refuse."""
    try:
        made = sympify(value, strict=True)
    except SympifyError:
        return value
    return made if isinstance(made, Expr | Boolean) else value


def listed(value: Any) -> Any:
    """A list as a tuple; anything else as it is, for the rules to refuse."""
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


class NotAnExpression:
    """Of what is no expression, and no part of one: arithmetic says what to write instead."""

    _op_priority: ClassVar[float] = 1e6
    """SymPy then leaves its operations with one of these to it."""
    __array_ufunc__: ClassVar[None] = None
    """NumPy, too."""

    def _misused(self, *_: object) -> NoReturn:
        raise TypeError(self.instead)

    @property
    def instead(self) -> str:
        """What it is, and what to write."""
        raise NotImplementedError

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _misused
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _misused
    __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __neg__ = __pos__ = __abs__ = _misused
    __lt__ = __le__ = __gt__ = __ge__ = __float__ = __int__ = _sympy_ = _misused


class Unindexed(NotAnExpression):
    """A series before it has a time."""

    __iter__: ClassVar[None] = None
    """Python would otherwise iterate over m[0], m[1], ... for ever where SymPy is given m."""
    name: str

    @property
    def instead(self) -> str:
        name = self.name
        return f"{name} is a series and stands without a time: write {name}[t] or {name}[t - 1]"


class Names(NotAnExpression, tuple[Any_, ...]):
    """The symbols of texts of names; one alone is a tuple too, and has to be unpacked.

    Raises:
        TypeError: they are no texts of names.
    """

    _factory: str
    _names: tuple[str, ...]

    def __new__(
        cls, factory: str, texts: Sequence[str], make: Callable[[str], Any_]
    ) -> "Names[Any_]":
        if not all(isinstance(text, str) for text in texts):
            raise TypeError(f'{factory} takes a text of names: a, b = {factory}("a b")')
        names = tuple(name for text in texts for name in text.replace(",", " ").split())
        if odd := [name for name in names if not name.isidentifier()]:
            raise TypeError(f"{factory} takes names as Python has them, not {odd[0]!r}")
        found = super().__new__(cls, map(make, names))
        found._factory, found._names = factory, names
        return found

    @property
    def instead(self) -> str:
        names = ", ".join(self._names)
        left = f"({names},)" if len(self) == 1 else names
        call = f'{self._factory}("{" ".join(self._names)}")'
        return f"{call} gives a tuple, which has to be unpacked: {left} = {call}"

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, Basic):
            raise TypeError(self.instead)
        return super().__getitem__(index)

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(self.instead)


class Flag(Symbol):
    """A condition that is settled when generated code runs: Python cannot ask whether it holds."""

    def __bool__(self) -> bool:
        raise TypeError(
            f"{self.name} is an option, and Python cannot know whether it is on: write "
            f"Piecewise((x, {self.name}), (y, True)) for a choice, And, Or, Not for conditions"
        )

    def as_set(self) -> NoReturn:
        """Say that it is no condition on a number.

        SymPy takes a symbol for one that holds of every number, and then drops all other cases of
        a choice that is compared with something.
        """
        raise NotImplementedError(f"{self.name} is an option, and no condition on a number")
