"""The gradient is taken at the stored parameter, where the framework evaluates the loss."""

from collections.abc import Iterator

from ....specs.language import GradientAt, Source, Update, t, theta
from ....specs.language.occurrences import nodes
from ..fault import Fault
from ..subject import Subject

CODE = "look-ahead"


def check(subject: Subject) -> Iterator[Fault]:
    for update in subject.spec.updates:
        for node in nodes(update.value):
            if node is update.value and _is_taken(subject, update):
                continue
            if isinstance(node, GradientAt) and node.point != theta[t - 1]:
                yield Fault(
                    subject.equation(update),
                    f"the gradient is taken at {subject.text(node.point)}, but it is only known "
                    "at theta[t-1]",
                    "Relate the rule by a change of variables to a form with grad(theta[t - 1]), "
                    "and write that form; or declare Input(x, Source.GRADIENT, ...) with the "
                    "equation x[t] = grad(point), for which a step calls its closure once more",
                )


def _is_taken(subject: Subject, update: Update) -> bool:
    """Whether it says where an input is taken."""
    given = subject.inputs.get(update.target.name)
    return given is not None and given.source is Source.GRADIENT
