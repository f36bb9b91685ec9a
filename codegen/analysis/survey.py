"""The ranges of all values of a step, case by case."""

from collections.abc import Sequence

from sympy import sympify

from ...specs.language import Optimizer, Schedule, State, Update
from . import intervals
from .cases import Case
from .intervals import Range
from .ranges import Evaluator, Hazard


class Survey:
    """What every equation of a spec can yield, by induction over the steps.

    Stored states are taken to lie in their declared domains, hyperparameters to have their
    defaults, the gradient and the parameter to be any real. ``results`` then says whether
    the states stay in their domains, and so whether the assumption holds at every step.

    Attributes:
        hazards: operations whose operands can leave their domain, with their equations.
        results: the range of each state's new value, with its equation.
        initial: the range of each state's first stored value.
        initial_hazards: as ``hazards``, in the states' first values.
    """

    def __init__(
        self, spec: Optimizer | Schedule, ordered: Sequence[Update], cases: Sequence[Case]
    ) -> None:
        self.hazards: list[tuple[Update, Hazard]] = []
        self.results: list[tuple[State, Update, Range]] = []
        self.initial: list[tuple[State, Range]] = []
        self.initial_hazards: list[tuple[State, Hazard]] = []
        self._states = {s.name: s for s in spec.states}
        self._stored = {s.name: intervals.over(s.domain) for s in spec.states}
        for case in cases:
            self._survey_step(case, ordered)
            if case.first is not False:
                self._survey_start(case)

    def _survey_step(self, case: Case, ordered: Sequence[Update]) -> None:
        live = case.live()
        computed: dict[str, Range] = {}
        for update in ordered:
            name = update.target.name
            if name not in live:
                continue
            evaluator = Evaluator(case, self._stored, computed)
            computed[name] = evaluator.range(update.value)
            self.hazards += [(update, hazard) for hazard in evaluator.hazards]
            if name in self._states:
                self.results.append((self._states[name], update, computed[name]))

    def _survey_start(self, case: Case) -> None:
        for state in self._states.values():
            if state.init is not None and case.exists(state):
                evaluator = Evaluator(case, {}, {})
                self.initial.append((state, evaluator.range(sympify(state.init))))
                self.initial_hazards += [(state, hazard) for hazard in evaluator.hazards]
