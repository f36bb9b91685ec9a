"""A schedule that follows a metric keeps its rate, and is asked for no step."""

from collections.abc import Iterator

from ....specs.language import Schedule, eta, step
from ....specs.language.occurrences import nodes
from ..fault import Fault
from ..subject import Subject, declared

CODE = "metric"

KEY = "current_lr"
"""What the rate is called in checkpoints, and to users."""


def check(subject: Subject) -> Iterator[Fault]:
    spec = subject.spec
    if not isinstance(spec, Schedule):
        return
    if not spec.takes_metric:
        for state in spec.states:
            yield Fault(
                declared(state),
                "no equation reads metric, and without one a rate follows from the step alone",
                "Write the rate in terms of step, or read metric",
            )
        return
    if kept := subject.states.get(eta.name):
        if kept.key != KEY:
            problem = f"its key is {kept.key!r}, and whoever follows a metric has its rate as {KEY}"
            yield Fault(declared(kept), problem, f'Write key="{KEY}"')
    else:
        yield Fault(
            "states",
            "what follows a metric goes on from the rate before it, which is not kept here",
            f'Declare State(eta, init=lr, key="{KEY}", domain=NON_NEGATIVE), whose equation may '
            "read eta[step - 1]",
        )
    for update in spec.updates:
        if step in nodes(update.value):
            yield Fault(
                subject.equation(update),
                "step is read, and who follows a metric is told no step",
                "Count metrics in a state: Update(n[step], n[step - 1] + 1)",
            )
