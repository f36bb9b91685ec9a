"""The ranges of all values of a step, in every case that makes a difference to them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from sympy import Basic, sympify

from ...specs.language import Optimizer, Schedule, State, Update
from ...specs.language.occurrences import values
from . import intervals
from .cases import Case, Distinction, Kind
from .conditions import truth
from .counterexamples import depending_on_tensors, depends, describe
from .courses import Courses
from .intervals import Range
from .ranges import Evaluator, Hazard
from .search import Search
from .tables import Table, table
from .whole import Whole

MOST = 4096
"""Cases that a table is made of: of more, what values differ in that are read is let be."""


@dataclass(frozen=True)
class _Found:
    """What an equation can yield in a case, and the hazards met in it."""

    case: Case
    range: Range
    hazards: list[Hazard]


class Survey:
    """What every equation of a spec can yield, by induction over the steps.

    Stored states are taken to lie in their declared domains, the gradient and the parameter to
    be any real. Hyperparameters are taken to be anything in their domains; where something can
    then go wrong, it is a hazard if it can with the defaults, or if there is a point at which it
    does. ``results`` says whether the states stay in their domains, and so whether the
    assumption holds at every step.

    Attributes:
        hazards: operations whose operands can leave their domain, with their equations.
        results: the range of each state's new value at the defaults, with its equation, where
            it is in doubt.
        outside: a point at which a state's new value leaves its domain, in words, likewise.
        initial: the range of each state's first stored value.
        initial_hazards: as ``hazards``, in the states' first values.
    """

    def __init__(
        self, spec: Optimizer | Schedule, ordered: Sequence[Update], courses: Courses
    ) -> None:
        self.hazards: list[tuple[Update, Hazard]] = []
        self.results: list[tuple[State, Update, Range]] = []
        self.outside: list[tuple[State, Update, str]] = []
        self.initial: list[tuple[State, Range]] = []
        self.initial_hazards: list[tuple[State, Hazard]] = []
        self._ordered = ordered
        self._courses = courses
        self._states = {s.name: s for s in spec.states}
        # Of a schedule, whose arguments have few defaults, those are all that they can be.
        whole = not isinstance(spec, Schedule)
        of_tensors = depending_on_tensors(spec, ordered)
        is_whole = Whole(spec, ordered).holds
        anything = _Ranges(spec, ordered, courses, is_whole, of_tensors=of_tensors)
        chosen = _Ranges(spec, ordered, courses, is_whole, possible=anything)
        doubts = {u: self._doubtful(u, anything) for u in ordered} if whole else {}
        for update in ordered:
            if not whole or doubts[update] or not anything.hold_defaults(update):
                self._survey_step(update, chosen)
        self._survey_start()
        if whole and not self.hazards and not self.initial_hazards:
            self._search = Search(ordered, courses, of_tensors)
            for update, found in doubts.items():
                for doubt in found:
                    self._search_step(update, doubt)
            self._search_start()

    def _doubtful(self, update: Update, ranges: "_Ranges") -> list[_Found]:
        """The cases in which something may go wrong for hyperparameters of some size."""
        state = self._states.get(update.target.name)
        return [
            found
            for found in ranges.of(update)
            if found.hazards or (state and not found.range.within(state.domain))
        ]

    def _survey_step(self, update: Update, ranges: "_Ranges") -> None:
        state = self._states.get(update.target.name)
        for found in ranges.of(update):
            self.hazards += [(update, hazard) for hazard in found.hazards]
            if state:
                self.results.append((state, update, found.range))

    def _starts(self) -> Iterator[tuple[State, Case]]:
        """The states that have a first value, in the cases that this depends on."""
        within, cases = self._courses.distinctions.within, self._courses.distinctions.cases
        for state in self._states.values():
            if state.init is not None:
                settling = within(sympify(state.init)) | within(state.when)
                for case in cases(settling):
                    if case.first is not False and case.exists(state):
                        yield state, case

    def _survey_start(self) -> None:
        for state, case in self._starts():
            evaluator = Evaluator(case, case.chosen, {}, {})
            self.initial.append((state, evaluator.range(sympify(state.init))))
            self.initial_hazards += [(state, hazard) for hazard in evaluator.hazards]

    def _search_step(self, update: Update, doubt: _Found) -> None:
        for hazard in doubt.hazards:
            if point := self._search.of_operation(update, doubt.case, hazard):
                where = describe(point, hazard.operand, self._ordered)
                self.hazards.append((update, replace(hazard, example=where)))
        state = self._states.get(update.target.name)
        if state is None or doubt.range.within(state.domain):
            return
        if point := self._search.of_value(update, doubt.case, state.domain):
            self.outside.append((state, update, describe(point, update.value, self._ordered)))

    def _search_start(self) -> None:
        for state, case in self._starts():
            evaluator = Evaluator(case, case.admissible, {}, {})
            evaluator.range(sympify(state.init))
            for hazard in evaluator.hazards:
                if point := self._search.of_start(state, case, hazard):
                    where = describe(point, hazard.operand, ())
                    self.initial_hazards.append((state, replace(hazard, example=where)))


class _Ranges:
    """The range of every value, from the first equation to the last, each when it is asked for.

    Args:
        spec: the spec.
        ordered: its updates in execution order.
        courses: where they are carried out.
        is_whole: whether an expression is known to be a whole number.
        of_tensors: what depends on tensors, where hyperparameters are anything in their domains;
            None where they are their defaults.
        possible: of these, the ranges for hyperparameters that are anything in their domains.
    """

    def __init__(
        self,
        spec: Optimizer | Schedule,
        ordered: Sequence[Update],
        courses: Courses,
        is_whole: Callable[[Basic], bool],
        *,
        of_tensors: set[str] | None = None,
        possible: "_Ranges | None" = None,
    ) -> None:
        self._courses = courses
        self._is_whole = is_whole
        self._possible = possible or self
        self._equations = {u.target.name: u for u in ordered}
        self._of_tensors = of_tensors
        self._stored = {s.name: intervals.over(s.domain) for s in spec.states}
        self._given = {i.name: intervals.over(i.domain) for i in spec.inputs}
        self._found: dict[str, list[_Found]] = {}
        self._tables: dict[str, Table[Range]] = {}
        self._names: dict[str, list[str]] = {}

    def of(self, update: Update) -> list[_Found]:
        """What an equation yields, and meets, in the cases in which it is carried out."""
        name = update.target.name
        if name not in self._found:
            self._found[name] = [
                self._evaluated(update, case)
                for case in self._courses.of(update, self._on(update))
                if self._possible._is_possible(update, case)
            ]
        return self._found[name]

    def hold_defaults(self, update: Update) -> bool:
        """Whether what is so inside the domains is so at the defaults."""
        return all(_has_defaults_inside(found.case) for found in self.of(update))

    def _table(self, name: str) -> Table[Range]:
        if name not in self._tables:
            update = self._equations[name]
            entries = [(found.case, found.range) for found in self.of(update)]
            on = self._courses.settled(update, self._on(update))
            self._tables[name] = table(
                entries, [d for d in self._courses.distinctions.all if d in on]
            )
        return self._tables[name]

    def _read(self, update: Update) -> list[str]:
        name = update.target.name
        if name not in self._names:
            names = dict.fromkeys(v.name for v in values(update.value) if v.lag == 0)
            self._names[name] = [each for each in names if each in self._equations]
        return self._names[name]

    def _on(self, update: Update) -> set[Distinction]:
        """What the ranges of what an equation reads depend on, as far as it is not too much."""
        found: set[Distinction] = set()
        for each in sorted((self._table(name).on for name in self._read(update)), key=len):
            more = found | {*each}
            if self._courses.distinctions.count(self._courses.settled(update, more)) <= MOST:
                found = more
        return found

    def _is_possible(self, update: Update, case: Case) -> bool:
        """Whether the comparisons that a case settles can be as it settles them."""
        if not case.held:
            return True
        settled = {d: choice for d, choice in case.settled.items() if d.kind is not Kind.HELD}
        rest = Case(case.spec, settled)
        computed = self._computed(update, rest)
        evaluator = Evaluator(rest, rest.admissible, self._stored, computed, self._is_whole)
        return all(
            truth(question, evaluator.range, rest.flags.get) in (None, answer)
            for question, answer in case.held.items()
        )

    def _computed(self, update: Update, case: Case) -> dict[str, Range]:
        """The ranges of what an equation reads."""
        read = {
            name: self._table(name).at(case, Range.join, intervals.REAL)
            for name in self._read(update)
        }
        return self._given | read

    def _evaluated(self, update: Update, case: Case) -> _Found:
        computed = self._computed(update, case)
        evaluator = self._evaluator(update.target.name, case, computed)
        return _Found(case, evaluator.range(update.value), evaluator.hazards)

    def _evaluator(self, name: str, case: Case, computed: dict[str, Range]) -> Evaluator:
        if self._of_tensors is None:
            return Evaluator(case, case.chosen, self._stored, computed, self._is_whole)
        if name not in self._of_tensors:
            return Evaluator(case, case.admissible, self._stored, computed, self._is_whole)
        return _OfTensors(
            case,
            case.inside,
            self._stored,
            computed,
            self._is_whole,
            of_tensors=self._of_tensors,
        )


@dataclass
class _OfTensors(Evaluator):
    """With hyperparameters inside their domains, but for operands that no tensor is part of.

    Who sets an eps to the end of its domain, 0, wants what then becomes of a zero gradient; but a
    denominator of hyperparameters alone has no such reason to be 0.
    """

    of_tensors: set[str] = field(default_factory=set)

    def require(self, kind: str, operand: Basic, found: Range) -> None:
        if not depends(operand, self.of_tensors):
            allowed = self.case.admissible
            whole = Evaluator(self.case, allowed, self.stored, self.computed, self.is_whole)
            whole._known = self._known
            found = whole.range(operand)
        super().require(kind, operand, found)


def _has_defaults_inside(case: Case) -> bool:
    """Whether what is so inside the domains is so at the defaults."""
    return all(
        case.inside[h.symbol] == case.admissible[h.symbol]
        or intervals.point(Fraction(h.default)).meet(case.inside[h.symbol])
        for h in case.spec.hyperparameters
    )
