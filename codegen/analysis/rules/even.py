"""What a head goes over has its axes in every step, and is no number in some of them.

A choice by what is known before any tensor computes the case that is taken, and nothing else: a
number there stands for itself, where the other case has one for each row. Element by element that
comes to the same; of a sum, a norm or a product of matrices it does not. In the place of a whole
tensor a number stands for each element, as in an equation that gives it to a state.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sympy import Basic, Not, Piecewise
from sympy.logic.boolalg import And

from ....specs.language import GradientAt, Value, iterate
from ....specs.language.heads import Head
from ....specs.language.occurrences import pairs
from ....specs.language.over_tensors import OverTensors
from ....specs.language.shapes import ONE, WHOLE, Axes, broadcast
from ..fault import Fault
from ..shapes import (
    Kind,
    Kinds,
    axes_of,
    declared_kinds,
    kind_of,
    of_round,
    operands,
    within,
)
from ..subject import Subject

CODE = "uneven"


def check(subject: Subject) -> Iterator[Fault]:
    kinds = declared_kinds(subject)
    for update in subject.updates:
        kinds.setdefault(update.target.name, kind_of(update.value, kinds))
    everything = (each for u in subject.updates for each in within(u.value, kinds))
    if not any(_differs(*each) for each in everything):
        return
    steps = _Steps(kinds, {u.target.name: u.value for u in subject.updates})
    for update in subject.updates:
        name, where = update.target.name, subject.equation(update)
        state = subject.states.get(name)
        held = _parts(state.when) if state else frozenset[Basic]()
        for node, known, also in _reached(update.value, kinds, held):
            head = type(node).__name__
            for operand in node.args if isinstance(node, OverTensors) else operands(node):
                axes, least = kind_of(operand, known).axes, steps.fewest(operand, known, also)
                if not _is_even(node, axes, least):
                    yield Fault(
                        where,
                        f"{head} is taken of {_said(axes)}, which in some steps is "
                        f"{_said(least)}: {subject.text(node)}",
                        f"Take {head} within each case, or {_ALL_AXES}",
                    )
        least = steps.fewest(update.value, kinds, held)
        if name in subject.spec.results and len(least) > 1 and least != kinds[name].axes:
            yield Fault(
                where,
                f"{name} is {_said(kinds[name].axes)}, and its equation in some steps gives "
                f"{_said(least)}",
                _ALL_AXES.capitalize(),
            )


_ALL_AXES = "give each case a value of all axes, such as that of a state"


def _said(axes: Axes) -> str:
    return Kind(axes, is_beside=True).value


def _is_even(node: Basic, axes: Axes, fewest: Axes) -> bool:
    if len(axes) < 2 or axes == fewest:
        return True
    return axes == WHOLE and not fewest and not isinstance(node, OverTensors)


Held = frozenset[Basic]
"""Conditions that hold where an expression is computed."""


def _differs(e: Basic, kinds: Kinds) -> bool:
    """Whether it is a choice between values of several shapes."""
    return isinstance(e, Piecewise) and len({kind_of(v, kinds).axes for v, _ in pairs(e)}) > 1


def _reached(e: Basic, kinds: Kinds, held: Held) -> Iterator[tuple[Basic, Kinds, Held]]:
    """All within an expression, with what is known of it and of the steps that compute it."""
    yield e, kinds, held
    match e:
        case Piecewise():
            for value, condition in pairs(e):
                yield from _reached(condition, kinds, held)
                yield from _reached(value, kinds, held | _parts(condition))
                held |= {Not(condition)}
        case Value():
            pass
        case iterate():
            yield from _reached(e.start, kinds, held)
            yield from _reached(e.result, of_round(e, kinds), held)
        case _:
            for argument in e.args:
                yield from _reached(argument, kinds, held)


def _parts(condition: Basic) -> Held:
    return frozenset(condition.args if isinstance(condition, And) else [condition])


@dataclass(frozen=True)
class _Steps:
    """What values are in the steps that compute them.

    Args:
        kinds: of what has a name.
        given: by name, the right-hand sides of equations.
    """

    kinds: Kinds
    given: Mapping[str, Basic]

    def fewest(self, e: Basic, kinds: Kinds, held: Held) -> Axes:
        """The axes that a value has in every step in which some conditions hold."""
        match e:
            case Value() if e.lag == 0 and e.name in self.given:
                return self.fewest(self.given[e.name], self.kinds, held)
            case Piecewise():
                return self._of_cases(pairs(e), kinds, held)
            case Head() if e.category != "elementwise":
                return axes_of(e, kinds)
        if not e.args or isinstance(e, Value | GradientAt):
            return kind_of(e, kinds).axes
        return broadcast(self.fewest(a, kinds, held) for a in e.args)

    def _of_cases(self, cases: Sequence[tuple[Basic, Basic]], kinds: Kinds, held: Held) -> Axes:
        """Those of the case with the fewest, where one is taken; of all where elements choose."""
        (value, condition), *others = cases
        if others and Not(condition) in held:
            return self._of_cases(others, kinds, held)
        own = self.fewest(value, kinds, held | _parts(condition))
        if not others or _parts(condition) <= held:
            return own
        rest, asked = (
            self._of_cases(others, kinds, held | {Not(condition)}),
            kind_of(condition, kinds),
        )
        if asked.is_beside:
            return broadcast([own, rest, asked.axes])
        return min(own, rest, key=_count)


def _count(axes: Axes) -> int:
    return sum(axis != ONE for axis in axes)
