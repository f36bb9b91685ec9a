"""The ranges of all values of a step, case by case."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from sympy import Basic, sympify

from ...specs.language import Optimizer, Schedule, State, Update
from . import intervals
from .cases import Case
from .counterexamples import Counterexamples, depending_on_tensors, depends, describe
from .intervals import Range
from .ranges import Evaluator, Hazard


@dataclass(frozen=True)
class _Found:
    """What an equation can yield, and the hazards met in it."""

    update: Update
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
        self, spec: Optimizer | Schedule, ordered: Sequence[Update], cases: Sequence[Case]
    ) -> None:
        self.hazards: list[tuple[Update, Hazard]] = []
        self.results: list[tuple[State, Update, Range]] = []
        self.outside: list[tuple[State, Update, str]] = []
        self.initial: list[tuple[State, Range]] = []
        self.initial_hazards: list[tuple[State, Hazard]] = []
        self._ordered = ordered
        self._states = {s.name: s for s in spec.states}
        self._stored = {s.name: intervals.over(s.domain) for s in spec.states}
        self._given = {i.name: intervals.over(i.domain) for i in spec.inputs}
        self._of_tensors = depending_on_tensors(spec, ordered)
        # Of a schedule, whose arguments have few defaults, those are all that they can be.
        whole = not isinstance(spec, Schedule)
        doubts = [list(self._doubtful(case)) if whole else [] for case in cases]
        for case, doubted in zip(cases, doubts, strict=True):
            if not whole or doubted or not _has_defaults_inside(case):
                self._survey_step(case)
            if case.first is not False:
                self._survey_start(case)
        if whole and not self.hazards and not self.initial_hazards:
            for case, doubted in zip(cases, doubts, strict=True):
                self._search_step(case, doubted)
                if case.first is not False:
                    self._search_start(case)

    def _live(self, case: Case) -> list[Update]:
        """The updates of a case, in execution order."""
        live = case.live()
        return [update for update in self._ordered if update.target.name in live]

    def _doubtful(self, case: Case) -> Iterator[_Found]:
        """The equations in which something may go wrong for hyperparameters of some size."""
        computed = dict(self._given)
        for update in self._live(case):
            name = update.target.name
            evaluator = Evaluator(case, case.admissible, self._stored, computed)
            if name in self._of_tensors:
                evaluator = _OfTensors(
                    case, case.inside, self._stored, computed, of_tensors=self._of_tensors
                )
            computed[name] = found = evaluator.range(update.value)
            state = self._states.get(name)
            if evaluator.hazards or (state and not found.within(state.domain)):
                yield _Found(update, found, evaluator.hazards)

    def _survey_step(self, case: Case) -> None:
        computed = dict(self._given)
        for update in self._live(case):
            name = update.target.name
            evaluator = Evaluator(case, case.chosen, self._stored, computed)
            computed[name] = evaluator.range(update.value)
            self.hazards += [(update, hazard) for hazard in evaluator.hazards]
            if name in self._states:
                self.results.append((self._states[name], update, computed[name]))

    def _survey_start(self, case: Case) -> None:
        for state in self._initialised(case):
            evaluator = Evaluator(case, case.chosen, {}, {})
            self.initial.append((state, evaluator.range(sympify(state.init))))
            self.initial_hazards += [(state, hazard) for hazard in evaluator.hazards]

    def _initialised(self, case: Case) -> list[State]:
        return [s for s in self._states.values() if s.init is not None and case.exists(s)]

    def _search_step(self, case: Case, doubts: Sequence[_Found]) -> None:
        searches = {
            on_tensors: Counterexamples(case, self._ordered, on_tensors=on_tensors)
            for on_tensors in (False, True)
        }
        for doubt in doubts:
            update, name = doubt.update, doubt.update.target.name
            for hazard in doubt.hazards:
                search = searches[depends(hazard.operand, self._of_tensors)]
                if point := search.of_operation((name, *hazard.key)):
                    where = describe(point, hazard.operand, self._ordered)
                    self.hazards.append((update, replace(hazard, example=where)))
            state = self._states.get(name)
            search = searches[name in self._of_tensors]
            if state and (point := search.of_value(name, state.domain)):
                self.outside.append((state, update, describe(point, update.value, self._ordered)))

    def _search_start(self, case: Case) -> None:
        search = Counterexamples(case, self._ordered, on_tensors=False, at_start=True)
        for state in self._initialised(case):
            evaluator = Evaluator(case, case.admissible, {}, {})
            evaluator.range(sympify(state.init))
            for hazard in evaluator.hazards:
                if point := search.of_operation((state.name, *hazard.key)):
                    where = describe(point, hazard.operand, ())
                    self.initial_hazards.append((state, replace(hazard, example=where)))


@dataclass
class _OfTensors(Evaluator):
    """With hyperparameters inside their domains, but for operands that no tensor is part of.

    Who sets an eps to the end of its domain, 0, wants what then becomes of a zero gradient; but a
    denominator of hyperparameters alone has no such reason to be 0.
    """

    of_tensors: set[str] = field(default_factory=set)

    def require(self, kind: str, operand: Basic, found: Range) -> None:
        if not depends(operand, self.of_tensors):
            whole = Evaluator(self.case, self.case.admissible, self.stored, self.computed)
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
