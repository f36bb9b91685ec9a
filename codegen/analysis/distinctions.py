"""What the steps of a spec differ in, and the cases that settle some of it.

Options and zeros of hyperparameters that no condition asks for, and that no default is, decide
nothing and are no distinctions. Nor is a comparison whose sides settle it wherever these are
settled; of the others, those are that all tensors of a step answer alike: of t, hyperparameters,
scalar states and totals. What a comparison of elements says is known in the branch it guards alone;
and so it is in schedules, of which every equation that is read is carried out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import islice, product
from math import prod
from typing import Any

from sympy import Basic, Eq, Symbol
from sympy.core.relational import Relational

from ...specs.language import (
    FACTS,
    Fact,
    GradientAt,
    Hyper,
    Optimizer,
    Schedule,
    Shape,
    Update,
    Value,
    t,
    theta,
)
from ...specs.language.occurrences import conditions, counts_steps, nodes
from ...specs.language.over_tensors import OverTensors
from . import intervals
from .cases import FIRST, SHAPE, Case, Distinction, Kind
from .conditions import asked
from .intervals import ZERO


class Distinctions:
    """The distinctions of a spec.

    Args:
        spec: the spec.
        ordered: its updates in execution order.
    """

    def __init__(self, spec: Optimizer | Schedule, ordered: Sequence[Update]) -> None:
        self.spec = spec
        self._ordered = ordered
        self._within: dict[Basic, frozenset[Distinction]] = {}
        deciding = [c for u in ordered for c in conditions(u.value)]
        deciding += [s.when for s in spec.states]
        symbols = {n for c in deciding for n in nodes(c) if isinstance(n, Symbol)}
        compared = [r for c in deciding for r in _comparisons(c)]
        sides = {n for r in compared for n in nodes(r) if isinstance(n, Symbol)}
        fresh = any(s.init is None for s in spec.states)
        found = [FIRST] if fresh or any(map(counts_steps, deciding)) else []
        found += [SHAPE] if symbols & {*FACTS} else []
        found += [Distinction(Kind.FLAG, flag) for flag in spec.flags if flag in symbols]
        found += [
            Distinction(Kind.ZERO, h.symbol)
            for h in spec.hyperparameters
            if _holds_zero(h) and (h.symbol in sides or _is_zero(h.default))
        ]
        self.all: tuple[Distinction, ...] = tuple(found)
        if isinstance(spec, Schedule):
            return
        questions = dict.fromkeys(asked(r)[0] for r in compared if self._is_common(r))
        self.all += (*_compared([q for q in questions if not self._is_settled(q)]),)
        self._within.clear()  # what was found before the comparisons were among them

    def within(self, e: Basic) -> frozenset[Distinction]:
        """Those that matter to an expression by itself, whatever it reads."""
        if e not in self._within:
            read = {*nodes(e)}
            asks = {asked(r)[0] for c in conditions(e) for r in _comparisons(c)}
            asks |= {asked(r)[0] for r in _comparisons(e)}
            matter = {
                Kind.FIRST: lambda _: t in read,
                Kind.SHAPE: lambda _: any(isinstance(n, Fact) for n in read),
                Kind.FLAG: lambda d: d.of in read,
                Kind.ZERO: lambda d: d.of in read,
                Kind.HELD: lambda d: not asks.isdisjoint(d.questions),
            }
            self._within[e] = frozenset(d for d in self.all if matter[d.kind](d))
        return self._within[e]

    def deciding(self, e: Basic) -> frozenset[Distinction]:
        """Those that matter to the conditions in an expression."""
        return frozenset(d for c in conditions(e) for d in self.within(c))

    def cases(
        self, settling: Iterable[Distinction], given: Mapping[Distinction, Any] | None = None
    ) -> Iterator[Case]:
        """The cases that settle some distinctions, but for those that constraints rule out.

        Args:
            settling: the distinctions.
            given: what some of them are settled as.
        """
        given = given or {}
        chosen = [d for d in self.all if d in {*settling}]
        choices = [(given[d],) if d in given else d.choices for d in chosen]
        for choice in product(*choices):
            case = Case(self.spec, dict(zip(chosen, choice, strict=True)))
            if self._is_admissible(case):
                yield case

    def count(self, settling: Iterable[Distinction]) -> int:
        """How many cases settle some distinctions, those included that constraints rule out."""
        return prod(len(d.choices) for d in settling)

    def linked(self, settling: Iterable[Distinction]) -> frozenset[Distinction]:
        """Distinctions, and those by which constraints rule out some of their combinations."""
        found = {*settling}
        for linked in self._links:
            if len(found & linked) > 1:
                found |= linked
        return frozenset(found)

    @cached_property
    def _links(self) -> list[frozenset[Distinction]]:
        """The distinctions that constraints and choices of words link with one another."""
        groups = [self.within(c.condition) for c in self.spec.constraints]
        groups += [
            frozenset(Distinction(Kind.FLAG, flag) for flag in choice.flags.values())
            for choice in self.spec.choices
        ]
        joined: list[frozenset[Distinction]] = []
        for group in groups:
            for other in [g for g in joined if g & group]:
                joined.remove(other)
                group |= other
            joined.append(group & {*self.all})
        return joined

    def _is_admissible(self, case: Case) -> bool:
        for choice in self.spec.choices:
            on = [case.flags[flag] for flag in choice.flags.values() if flag in case.flags]
            if sum(on) > 1 or (len(on) == len(choice.words) and not any(on)):
                return False
        if any(case.decide(question) is not answer for question, answer in case.held.items()):
            return False  # what the rest of the case says of a comparison
        return all(case.decide(c.condition) is not False for c in self.spec.constraints)

    def _is_settled(self, question: Relational) -> bool:
        """Whether each case of what else it asks for decides a comparison."""
        return all(case.decide(question) is not None for case in self.cases(self.within(question)))

    def _is_common(self, e: Basic) -> bool:
        """Whether it is one number for all tensors of a step."""
        match e:
            case OverTensors():
                return True
            case Value():
                return e.name in self._common
            case GradientAt() | Fact():
                return False
        return all(map(self._is_common, e.args))

    @cached_property
    def _common(self) -> set[str]:
        """The names of values that are."""
        states = self.spec.states
        found = {s.name for s in states if s.shape in (Shape.SCALAR, Shape.GLOBAL)}
        found |= {i.name for i in self.spec.inputs if not i.is_tensor}
        self.__dict__["_common"] = found  # what earlier equations yield is known in later ones
        kept = {s.name for s in states} | {theta.name}
        for update in self._ordered:
            if update.target.name not in kept and self._is_common(update.value):
                found.add(update.target.name)
        return found


def sampled(cases: Iterator[Case], most: int) -> list[Case]:
    """So many of the cases at most, from all parts of their order."""
    found = [*islice(cases, most**2)]
    return found[:: max(1, -(-len(found) // most))]


def _comparisons(condition: Basic) -> Iterator[Relational]:
    """The comparisons that a condition is made of."""
    if isinstance(condition, Relational):
        yield condition
    elif not isinstance(condition, Symbol | Value):
        for argument in condition.args:
            yield from _comparisons(argument)


def _compared(questions: Iterable[Relational]) -> Iterator[Distinction]:
    """By each question, but those together that ask whether one value is another number."""
    alike: dict[Basic, list[Relational]] = {}
    for question in questions:
        number, compared = question.args
        of = compared if isinstance(question, Eq) and number.is_number else question
        alike.setdefault(of, []).append(question)
    for of, group in alike.items():
        yield Distinction(Kind.HELD, of, (*group,))


def _is_zero(default: str) -> bool:
    return default != "" and Fraction(default) == 0


def _holds_zero(hyper: Hyper) -> bool:
    return intervals.over(hyper.domain).meet(ZERO) is not None
