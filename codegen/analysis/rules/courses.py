"""The courses a step can take are gone through in seconds; each flag makes twice as many."""

from collections.abc import Iterator

from ....specs.language.occurrences import nodes
from ..cases import count
from ..fault import Fault
from ..subject import Subject

CODE = "courses"

MOST = 100_000
"""Courses times what stands in all equations. The largest rule of this package has a tenth."""


def check(subject: Subject) -> Iterator[Fault]:
    courses = count(subject.spec)
    size = sum(1 for update in subject.spec.updates for _ in nodes(update.value))
    if courses > 1 and courses * size > MOST:
        yield Fault(
            "hyper",
            f"by its options, and by hyperparameters that are 0 or not, a step can take {courses} "
            "courses, more than the generator gets through in seconds",
            "Leave out options, or write several optimizers",
        )
