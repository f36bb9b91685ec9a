"""A rule leaves to transforms what is theirs: their arguments, and what all tensors decide."""

from collections.abc import Iterator

from ....specs.language import global_norm
from ..fault import Fault
from ..occurrences import nodes
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
    for where, expression in subject.parts():
        for node in nodes(expression):
            if isinstance(node, global_norm):
                yield Fault(
                    where,
                    f"{subject.text(node)} depends on all tensors, and a rule sees one at a time",
                    "Use norm, or leave it to the argument global_clipnorm, which every optimizer "
                    "has",
                )
