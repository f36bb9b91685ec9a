"""The courses that an equation can take are gone through in seconds; a flag makes twice as many.

Those of equations that do not ask for the same add up, and are not multiplied.
"""

from collections.abc import Iterator

from ....specs.language.occurrences import nodes
from ..fault import Fault
from ..subject import Subject

CODE = "courses"

MOST = 100_000
"""Courses times what stands in an equation. The largest of this package has a tenth."""


def check(subject: Subject) -> Iterator[Fault]:
    for update in subject.updates:
        courses = subject.courses.distinctions.count(subject.courses.settled(update))
        if courses > 1 and courses * sum(1 for _ in nodes(update.value)) > MOST:
            yield Fault(
                "hyper",
                f"by options, and by hyperparameters that are 0 or not, {update.target} can take "
                f"{courses} courses, more than the generator gets through in seconds",
                "Leave out options, write several optimizers, or name parts of the equation that "
                "ask for some of the options each",
            )
