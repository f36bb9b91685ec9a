"""Names are Python identifiers that neither Python nor generated code uses otherwise."""

from collections.abc import Iterator

from ..fault import Fault
from ..reserved import another, class_objection, objection
from ..subject import Subject, declared

CODE = "name"


def check(subject: Subject) -> Iterator[Fault]:
    spec = subject.spec
    if reason := class_objection(spec.name):
        yield Fault(
            "its name", f"{spec.name!r} {reason}", 'Give it the name of a class, such as "Adam"'
        )
    for where, name in subject.named():
        if reason := objection(name, type(spec)):
            yield Fault(where, f"the name {name!r} {reason}", _remedy(another(name, type(spec))))
    keys = [(f"key of {declared(s)}", s.key) for s in spec.states]
    if spec.step_key:
        keys.append(("step_key", spec.step_key))
    for where, key in keys:
        if not key.isidentifier():
            yield Fault(where, f"{key!r} is no Python identifier", "Give it a name such as exp_avg")


def _remedy(free: str) -> str:
    if not free:
        return "Rename it"
    return f'Rename it, as to {free}; "Writing a rule" in the handbook lists what is taken'
