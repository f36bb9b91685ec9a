"""States stay in their domains: checks of roots and divisions rely on it at every step."""

from collections.abc import Iterator

from ....specs.language import State
from ..fault import Fault
from ..subject import Subject, declared

CODE = "domain"


def check(subject: Subject) -> Iterator[Fault]:
    for state, found in subject.survey.initial:
        if not found.within(state.domain):
            yield Fault(
                f"init of {declared(state)}",
                f"{found} is not in its domain {_domain(state)}",
                "Change the initial value or the domain",
            )
    for state, update, found in subject.survey.results:
        if not found.within(state.domain):
            yield Fault(
                subject.equation(update),
                f"{state.name}[t] can leave its domain {_domain(state)}: it ranges over {found}",
                "Widen the domain, or keep the value inside it with Max, Min or Abs",
            )
    for state, update, where in subject.survey.outside:
        yield Fault(
            subject.equation(update),
            f"{state.name}[t] can leave its domain {_domain(state)}: it does at {where}",
            "Narrow the domains of the hyperparameters, widen that of the state, or keep the "
            "value inside it with Max, Min or Abs",
        )


def _domain(state: State) -> str:
    return state.domain.describe(state.name)
