"""The gradient is taken at the stored parameter, where the framework evaluates the loss."""

from collections.abc import Iterator

from ....specs.language import GradientAt, t, theta
from ..fault import Fault
from ..occurrences import nodes
from ..subject import Subject

CODE = "look-ahead"


def check(subject: Subject) -> Iterator[Fault]:
    for update in subject.spec.updates:
        for node in nodes(update.value):
            if isinstance(node, GradientAt) and node.point != theta[t - 1]:
                yield Fault(
                    subject.equation(update),
                    f"the gradient is taken at {subject.text(node.point)}, but it is only known "
                    "at theta[t-1]",
                    "Relate the rule by a change of variables to a form with grad(theta[t - 1]), "
                    "and write that form",
                )
