"""A rule leaves to transforms what is theirs: their arguments."""

from collections.abc import Iterator

from ..fault import Fault
from ..reserved import TRANSFORMS
from ..subject import Subject

CODE = "transform"


def check(subject: Subject) -> Iterator[Fault]:
    for where, name in subject.named():
        if name in TRANSFORMS:
            yield Fault(
                where,
                f"{name} is an argument of every generated optimizer, which clips its gradients",
                "Remove it, or rename it if it is something else",
            )
