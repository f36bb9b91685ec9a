"""What is rounded to what is stored is of a step: a transform of gradients stores nothing."""

from collections.abc import Iterator

from ....specs.language import stored
from ..fault import Fault
from ..subject import Subject

CODE = "storage"


def check(subject: Subject) -> Iterator[Fault]:
    """Of the rule that a transform makes."""
    for update in subject.spec.updates:
        for found in sorted(update.value.atoms(stored), key=str):
            yield Fault(
                subject.equation(update),
                f"{subject.text(found)} rounds to what a parameter is kept in, and what becomes of "
                "a gradient is kept nowhere",
                "Leave stored out, or write it into the equations of a rule",
            )
