"""What a generated class declares of its rule: a few tables, and the rule's own functions."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any, ClassVar

from ._arguments import counts, declared, flags_of, omissible
from ._clipping import TRANSFORMS
from ._intervals import Member, members
from ._scalars import Start, Step, plain
from ._shapes import LAST_TWO, Axes, Facts, View


class Declared(ABC):
    """The tables and functions that a generated class fills in, as far as they are its rule's."""

    _tensor_states: ClassVar[tuple[str, ...]] = ()
    _scalar_states: ClassVar[tuple[str, ...]] = ()
    _global_states: ClassVar[tuple[str, ...]] = ()
    """Those that are one for all parameters, and made of totals over them."""
    _new_globals: ClassVar[dict[str, str]] = {}
    """The names of their new values in a step."""
    _totals: ClassVar[tuple[dict[str, str], ...]] = ()
    """Of each turn, what comes together of the parts of all parameters by name, and how."""
    _axes: ClassVar[dict[str, Axes]] = {}
    """The shapes of states that are not like their parameter, by name."""
    _facts: ClassVar[tuple[str, ...]] = ()
    """What the rule must know of a parameter's shape and dtype."""
    _viewing: ClassVar[tuple[str, ...]] = ()
    """The arguments that say how it sees a parameter, and nothing else."""
    _domains: ClassVar[dict[str, str | tuple[str, ...]]] = {}
    """By hyperparameter, what it must satisfy; of a tuple, each of its numbers."""
    _scratch: ClassVar[int] = 0
    """How many scratch arrays the rule takes."""
    _inputs: ClassVar[dict[str, str]] = {}
    """What a step is given beside the gradient, by name: the loss, a number, a number for each
    element, the gradient at another point."""
    seed: int = 0
    """Of random numbers."""
    _random: ClassVar[dict[str, str]] = {}
    """What a step draws itself, by name, and what kind of random numbers."""
    _points: ClassVar[dict[str, Any]] = {}
    """By such an input, the class whose step leads to the point."""
    _whole: ClassVar[tuple[str, ...]] = ()
    """The hyperparameters that are whole numbers."""
    _words: ClassVar[dict[str, tuple[str, ...]]] = {}
    """By choice, its words; None means the first."""
    _outputs: ClassVar[tuple[str, ...]] = ()
    """The names of outputs, each of which a method computes: ``_output_averaged``."""
    _kernel: ClassVar[str] = ""
    """The module of the compiled kernel; empty where there is none."""
    _no_kernel: ClassVar[str] = ""
    """Why there is none, as the rest of a sentence."""
    _is_whole: ClassVar[bool] = False
    """Whether the rule needs all elements of a tensor at once."""
    _fingerprint: ClassVar[str] = ""
    """Of the spec; that of the kernel is the same."""
    _rounds: ClassVar[bool] = False
    """Whether the rule rounds to what is stored."""
    _on_matrices: ClassVar[bool] = False
    """Whether the rule multiplies or transposes them: an array is one, or a batch of them."""
    _factorises: ClassVar[bool] = False
    """Whether the rule takes matrices apart by what NumPy has of LAPACK."""

    # Read off the constructor, and the domains.
    _numbers: ClassVar[dict[str, int]] = {}
    """How many numbers each hyperparameter has, that are a tuple; 0 where it is one number."""
    _omissible: ClassVar[frozenset[str]] = frozenset()
    """The numbers among them that can be left out, as messages call them."""
    _options: ClassVar[tuple[str, ...]] = ()
    _bounded: ClassVar[tuple[Member, ...]] = ()
    _given: ClassVar[tuple[str, ...]] = ()
    """All that the constructor takes."""
    _all_of: ClassVar[Callable[[Any], tuple[Any, ...]]]
    """Gives all arguments of an optimizer that are checked; of its class, not of itself."""
    _sees: ClassVar[bool] = False
    """Whether it sees some parameters otherwise than by their last two axes."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "_rule" in vars(cls):  # it is a rule's own, and its constructor has the rule's arguments
            seed = ("seed",) if cls._random else ()
            own = declared(cls.__init__, {*TRANSFORMS, "error_if_nonfinite", "engine", *seed})
            others = {name: own[name] for name in own if name not in cls._words}
            cls._numbers = counts(others)
            cls._omissible = omissible(others)
            cls._options = tuple(name for name in others if name not in cls._numbers)
            cls._bounded = members(cls._domains)
            cls._sees = "_view" in vars(cls)
            cls._given = tuple(declared(cls.__init__, ()))
            cls._all_of = attrgetter(*own, *TRANSFORMS, "error_if_nonfinite", *seed)

    def _check(self, lr: float | None) -> None:  # noqa: B027 (most rules have none)
        """Raise ValueError for arguments that do not go together.

        A rate is None before the step at which a schedule gives it.
        """

    @abstractmethod
    def _initial(self, *_: Any, **__: Any) -> Mapping[str, Start | None]:
        """What every state starts as; None where it does not exist under these options.

        Takes the rate of this step, and by name what the rule must know of a parameter's shape.
        """

    def _view(self, ndim: int) -> View:
        """How the rule sees a parameter of so many axes."""
        return LAST_TWO

    def _reads(self, t: int, lr: float) -> dict[str, bool]:
        """Of inputs that not every step reads, whether step t does, at its rate."""
        return {}

    @staticmethod
    @abstractmethod
    def _coefficients(*_: Any, **scalars: Any) -> tuple[float, ...] | None:
        """Give a step the scalars that arrays meet in it; the new values of scalar states.

        Takes the step, which has the options already, and by name its count, the scalar states, the
        hyperparameters, the inputs that are numbers, and what it must know of a parameter's shape.
        """

    @staticmethod
    @abstractmethod
    def _rule(*_: Any, **__: Any) -> Any:
        """Update a block of a parameter and its states in place; in turns, if it needs totals.

        Takes the step, the parameter, its gradient, its states (None for one that does not exist),
        its inputs (None for one that is not read), given ones first, and scratch arrays like it.
        """

    @staticmethod
    def _shared(step: Step) -> Iterator[None]:
        """Compute what is one for all parameters, turn by turn: from totals, in a step."""
        del step
        return iter(())

    @staticmethod
    def _own(step: Step) -> Iterator[None]:
        """The same of the scalars of a step that follow from it."""
        del step
        return iter(())

    @property
    def _over_time(self) -> tuple[str, ...]:
        """The arguments that can be functions of the step."""
        return *self._numbers, *TRANSFORMS

    @property
    def _kept_numbers(self) -> tuple[str, ...]:
        """The states that are one number for all parameters."""
        return *self._scalar_states, *self._global_states

    def _existing(self, lr: float, known: Facts) -> dict[str, Start]:
        """What states start as that exist, of parameters of whose shape this is known."""
        starts = self._initial(lr, **known)
        return {name: start for name, start in starts.items() if start is not None}

    def _given_flags(self) -> dict[str, bool]:
        """The options, and of each word of a choice whether it is the one."""
        flags = {n: getattr(self, n) for n in self._options if n not in self._viewing}
        for name, words in self._words.items():
            if name in self._viewing:
                continue
            flags |= flags_of(name, words, getattr(self, name))
        return flags

    def _given_numbers(self, lr: float) -> dict[str, Any]:
        """The hyperparameters, as Python's floats: NumPy's would promote arrays of float32."""
        numbers: dict[str, Any] = {}
        for name, count in self._numbers.items():
            if name in self._viewing:
                continue
            value: Any = lr if name == "lr" else getattr(self, name)
            numbers[name] = tuple(map(plain, value)) if count else plain(value)
        return numbers
