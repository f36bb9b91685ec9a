"""Named heads on what a schedule is given beside numbers: lists, functions, other schedules.

A list, a function or a schedule is a plain symbol in the equations; these heads say what is
done with it. Their meaning (``formula``) is what the oracle computes on exact numbers.
"""

from collections.abc import Sequence

from sympy import Symbol

from .heads import Head, enclosed
from .misuse import Flag


def indexed(tex: str, index: str) -> str:
    """An entry, of a list whose own notation may have scripts."""
    base = f"{{{tex}}}" if "_" in tex or "^" in tex else tex
    return f"{base}_{index}" if len(index) == 1 else f"{base}_{{{index}}}"


def of_momentum(schedule: str) -> str:
    """A schedule's momentum, as a function of the step."""
    base = f"{{{schedule}}}" if "^" in schedule else schedule
    return rf"{base}^{{\mu}}"


class passed(Head):
    """How many of the increasing whole numbers of a list a step has reached."""

    nargs = (2,)
    formula = "the number of entries <= step"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        entries, at = args
        return rf"\#\{{ i : {indexed(entries, 'i')} \le {at} \}}"


class size(Head):
    """The length of a list."""

    nargs = (1,)
    formula = "len(entries)"

    @classmethod
    def text(cls, args: Sequence[str]) -> str:
        return f"len({args[0]})"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return enclosed(args[0], r"\lvert", r"\rvert")


class item(Head):
    """An entry of a list, counted from 0."""

    nargs = (2,)
    formula = "entries[index]"

    @classmethod
    def text(cls, args: Sequence[str]) -> str:
        return f"{args[0]}[{args[1]}]"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        entries, index = args
        return indexed(entries, index)


class completed_cycles(Head):
    """How many cycles of lengths first, first*ratio, first*ratio**2, ... end by a step.

    All three are whole numbers, first and ratio at least 1.
    """

    nargs = (3,)
    formula = "the largest n with first*(1 + ratio + ... + ratio**(n - 1)) <= step"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        at, first, ratio = args
        return rf"\max \Bigl\{{ n : \textstyle\sum_{{i<n}} {first} \, {ratio}^i \le {at} \Bigr\}}"


class call(Head):
    """The value of a function at a whole number."""

    nargs = (2,)
    formula = "function(argument)"

    @classmethod
    def text(cls, args: Sequence[str]) -> str:
        return f"{args[0]}({args[1]})"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        function, argument = args
        return function + enclosed(argument)


class running_product(Head):
    """The product of a function's values at 1, 2, ..., n; 1 for n = 0."""

    nargs = (2,)
    formula = "function(1) * ... * function(n)"

    @classmethod
    def text(cls, args: Sequence[str]) -> str:
        return f"product({args[0]}(1), ..., {args[0]}({args[1]}))"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        function, count = args
        return rf"\prod_{{i=1}}^{{{count}}} {function}(i)"


class rate_of(Head):
    """What another schedule makes of a starting rate at a step."""

    nargs = (3,)
    formula = "schedule(step, lr)"

    @classmethod
    def text(cls, args: Sequence[str]) -> str:
        return f"{args[0]}({args[1]}, {args[2]})"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        schedule, at, start = args
        return schedule + enclosed(f"{at}, {start}")


class chained(Head):
    """What several schedules make of a starting rate, each of what the one before it gives."""

    nargs = (3,)
    formula = "schedules[n](step, ... schedules[0](step, lr))"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        schedules, at, start = args
        each = [rf"{indexed(schedules, i)}({at}, \cdot)" for i in ("n", "0")]
        return rf"({each[0]} \circ \dots \circ {each[1]}){enclosed(start)}"


class momentum_of(Head):
    """The momentum another schedule sets at a step; absent where it sets none."""

    nargs = (2,)
    formula = "schedule.momentum(step)"

    @classmethod
    def text(cls, args: Sequence[str]) -> str:
        return f"{args[0]}.momentum({args[1]})"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        schedule, at = args
        return of_momentum(schedule) + enclosed(at)


class chained_momentum(Head):
    """The momentum that the last of several schedules to set any sets at a step."""

    nargs = (2,)
    formula = "the last schedule.momentum(step) that is not absent"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        schedules, at = args
        return of_momentum(schedules) + enclosed(at)


def given(argument: Symbol) -> Symbol:
    """Whether an argument that can be left out is there: a condition, as a flag is."""
    return Flag(f"{argument.name}_is_given")
