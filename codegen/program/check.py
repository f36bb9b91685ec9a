"""Hold a program against its spec at random exact points: a wrong rewrite cannot survive."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol, TypeAlias

import numpy as np

from ...specs.language import Optimizer, Spec
from ..notation.memo import once
from ..oracle.exact import Number, same
from .evaluate import evaluate
from .nodes import Program
from .points import optimizer_points
from .schedule_points import schedule_points

POINTS = 16

Run: TypeAlias = Callable[[Program, Mapping[str, Any]], Mapping[str, Any]]


class RewriteError(Exception):
    """A pass changed what a program computes: a fault of this package, not of a spec."""


class Point(Protocol):
    """Arguments, states and a step, and what the equations make of them."""

    @property
    def values(self) -> Mapping[str, Any]: ...

    def expected(self, computed: Collection[str]) -> Mapping[str, Any]:
        """The values by the equations, of what exists and is asked for."""
        ...


class Checker:
    """Evaluates programs of one spec beside its equations, at the same random points."""

    def __init__(self, spec: Spec, points: int = POINTS) -> None:
        self._spec = spec
        self._points: list[Point] = [
            *(
                optimizer_points(spec, points)
                if isinstance(spec, Optimizer)
                else schedule_points(spec, points)
            )
        ]

    def check(self, program: Program, *, after: str, run: Run = evaluate) -> None:
        """Compare the program with the spec.

        Args:
            program: the program.
            after: the pass that made it.
            run: gives the new values of its slots.

        Raises:
            RewriteError: they differ; ``after`` names the pass to blame.
        """
        for point in self._points:
            try:
                actual = run(program, point.values)
            except KeyError as error:
                (name,) = error.args
                raise RewriteError(
                    f"{self._spec.name}: {after} reads {name} where it is not known"
                ) from error
            expected = point.expected(actual.keys())
            if actual.keys() != expected.keys():
                raise RewriteError(f"{self._spec.name}: {after} changed which states exist")
            for name, value in expected.items():
                if not agree(actual[name], value):
                    difference = f"{actual[name]} is not {value}"
                    raise RewriteError(f"{self._spec.name}: {after} changed {name}: {difference}")


@once
def checker(spec: Spec) -> Checker:
    """What holds programs of a spec against it."""
    return Checker(spec)


def held_against(spec: Spec, made: Mapping[str, Program]) -> None:
    """See whether what passes have made of a spec is still what it says.

    Args:
        spec: analysed.
        made: the program after each pass, by its name. The last is evaluated; where it is wrong,
            so are the others, to find the pass to blame.

    Raises:
        RewriteError: a pass changed the program's meaning; a fault of this package.
    """
    *_, last = made
    try:
        checker(spec).check(made[last], after=last)
    except RewriteError:
        for name, program in made.items():
            checker(spec).check(program, after=name)
        raise


def agree(actual: Any, expected: Any) -> bool:
    """Whether two numbers, or arrays of them, are the same, as far as their digits tell."""
    # A scalar stands for a tensor of that many: before ``fill``, and where the spec says so.
    agreeing = np.frompyfunc(_agree, 2, 1)(actual, expected)
    return np.shape(agreeing) == np.shape(expected) and bool(np.all(agreeing))


def _agree(a: Number | None, b: Number | None) -> bool:
    return a is b if a is None or b is None else same(a, b)
