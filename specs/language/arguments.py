"""What a schedule can be given beside numbers and flags."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sympy import Symbol, latex

from .domains import REAL, Interval
from .misuse import Flag
from .sequences import given


@dataclass(frozen=True)
class Numbers:
    """A list of numbers.

    Args:
        symbol: the list in the equations; a whole symbol makes it a list of whole numbers.
        doc: what it is, for a reader of the generated class.
        domain: what each of them can be.
        increasing: each is larger than the one before it, or at least not smaller.
        latex: its notation, where it is not SymPy's for the name.
    """

    symbol: Symbol
    doc: str
    domain: Interval = REAL
    increasing: bool = False
    latex: str = ""

    @property
    def name(self) -> str:
        return self.symbol.name

    @property
    def is_whole(self) -> bool:
        return bool(self.symbol.is_integer)

    @property
    def tex(self) -> str:
        return self.latex or latex(self.symbol)


@dataclass(frozen=True)
class Choice:
    """One of several words. ``choice["min"]`` is the condition that it is that one.

    Args:
        name: the argument's.
        words: the words, the default first.
        doc: what it decides, for a reader of the generated class.
        omissible: its default is None, which means the first word.
        keyword: an optimizer's can be passed by keyword only.
    """

    name: str
    words: Sequence[str]
    doc: str
    omissible: bool = False
    keyword: bool = False

    @cached_property
    def flags(self) -> dict[str, Symbol]:
        """The condition of each word."""
        return {word: Flag(f"{self.name}_is_{word}") for word in self.words}

    @property
    def default(self) -> str:
        return self.words[0]

    def __getitem__(self, word: str) -> Symbol:
        """The condition that it is the word.

        Raises:
            ValueError: it is none of them.
        """
        if word not in self.words:
            raise ValueError(f"{self.name} has the words {', '.join(self.words)}, not {word!r}")
        return self.flags[word]


@dataclass(frozen=True)
class Function:
    """A function of one whole number.

    Args:
        symbol: the function in the equations.
        doc: what it is, for a reader of the generated class.
        optional: it can be left out; ``given(symbol)`` is the condition that it is there.
        per_group: one function, or a list with one for each group of parameters.
        latex: its notation, where it is not SymPy's for the name.
    """

    symbol: Symbol
    doc: str
    optional: bool = False
    per_group: bool = False
    latex: str = ""

    @property
    def name(self) -> str:
        return self.symbol.name

    @property
    def flag(self) -> Symbol:
        return given(self.symbol)

    @property
    def tex(self) -> str:
        return self.latex or latex(self.symbol)


@dataclass(frozen=True)
class Schedules:
    """Another schedule, or a list of them.

    Args:
        symbol: it in the equations.
        doc: what it is, for a reader of the generated class.
        many: it is a list, of at least one.
        latex: its notation, where it is not SymPy's for the name.
    """

    symbol: Symbol
    doc: str
    many: bool = False
    latex: str = ""

    @property
    def name(self) -> str:
        return self.symbol.name

    @property
    def tex(self) -> str:
        return self.latex or latex(self.symbol)
