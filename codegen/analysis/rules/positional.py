"""What torch's class takes by position are options, each once."""

from collections.abc import Iterator

from ..fault import Fault
from ..subject import Subject

CODE = "positional"

_LAUNCHING = ("foreach", "capturable", "differentiable", "fused")


def check(subject: Subject) -> Iterator[Fault]:
    known = [*(o.name for o in subject.spec.options if o.keyword), *_LAUNCHING]
    given = subject.spec.positional
    for i, name in enumerate(given):
        if name not in known or name in given[:i]:
            problem = "stands there twice" if name in known else "is no option by keyword alone"
            yield Fault(
                "positional", f"{name!r} {problem}", f"List some of {', '.join(known)}, each once"
            )
