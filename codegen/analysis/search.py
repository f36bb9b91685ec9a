"""Which points are looked at for what ranges only suspect in a case.

What a case leaves open, as what ranges do not depend on, points may depend on: of options and
shapes that lead to a suspect, every combination is tried, or some where there are many.
"""

from collections.abc import Hashable, Iterator, Sequence

from sympy import Basic

from ...specs.language import Interval, State, Update
from ...specs.language.occurrences import conditions, values
from .cases import Case, Kind
from .counterexamples import Counterexamples, depends, leading_to
from .courses import Courses
from .distinctions import sampled
from .points import Point
from .ranges import Hazard

MOST = 16
"""Combinations that are tried."""


class Search:
    """Looks for points in the cases of a spec.

    Args:
        ordered: the updates in execution order.
        courses: where they are carried out.
        of_tensors: the names of values that depend on tensors.
    """

    def __init__(self, ordered: Sequence[Update], courses: Courses, of_tensors: set[str]) -> None:
        self._ordered = ordered
        self._courses = courses
        self._of_tensors = of_tensors
        self._known: dict[Hashable, Counterexamples] = {}

    def of_operation(self, update: Update, case: Case, hazard: Hazard) -> Point | None:
        """Where the operand of an operation is what that is not defined for, if anywhere."""
        key = (update.target.name, *hazard.key)
        on_tensors = depends(hazard.operand, self._of_tensors)
        reached = (hazard.operand, *conditions(update.value))
        return next(
            (
                point
                for each in self._complete(update, case, reached)
                if (point := self._in(each, on_tensors).of_operation(key))
            ),
            None,
        )

    def of_value(self, update: Update, case: Case, domain: Interval) -> Point | None:
        """Where a new value is outside a domain, if anywhere."""
        name = update.target.name
        on_tensors = name in self._of_tensors
        return next(
            (
                point
                for each in self._complete(update, case, (update.value,))
                if (point := self._in(each, on_tensors).of_value(name, domain))
            ),
            None,
        )

    def of_start(self, state: State, case: Case, hazard: Hazard) -> Point | None:
        """Where it is so of an operation in a state's first value."""
        search = Counterexamples(case, self._ordered, on_tensors=False, at_start=True)
        return search.of_operation((state.name, *hazard.key))

    def _in(self, case: Case, on_tensors: bool) -> Counterexamples:
        key = frozenset(case.settled.items()), on_tensors
        if key not in self._known:
            self._known[key] = Counterexamples(case, self._ordered, on_tensors=on_tensors)
        return self._known[key]

    def _complete(self, update: Update, case: Case, reached: Sequence[Basic]) -> Iterator[Case]:
        """The case with options and shapes settled that lead to what is reached in an equation."""
        distinctions = self._courses.distinctions
        asked = (*reached, *case.held)
        names = {v.name for e in asked for v in values(e) if v.lag == 0}
        leading = [u.value for u in leading_to(names, self._ordered)]
        within = {d for e in (*asked, *leading) for d in distinctions.within(e)}
        settling = {*case.settled} | {d for d in within if d.kind in (Kind.FLAG, Kind.SHAPE)}
        return iter(sampled(distinctions.cases(distinctions.linked(settling), case.settled), MOST))
