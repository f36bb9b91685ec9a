"""One name, one thing."""

from collections import defaultdict
from collections.abc import Iterator

from ....specs.language import Iterand, Schedule, lr
from ..fault import Fault
from ..reserved import BACKENDS, SCHEDULES, TRANSFORMS
from ..subject import Subject, declared

CODE = "duplicate"


def check(subject: Subject) -> Iterator[Fault]:
    spec = subject.spec
    if isinstance(spec, Schedule) and [h.name for h in spec.hyperparameters].count(lr.name) > 1:
        yield Fault(
            f"hyperparameter {lr.name}",
            "every schedule has it already, as its first argument",
            "Leave it out of hyper",
        )
    beside = (*spec.inputs, *subject.outputs)
    named = [(d.name, declared(d)) for d in (*spec.hyper, *spec.states, *beside)]
    named += [(n, f"intermediate {n}") for n in subject.intermediates]
    arguments = dict.fromkeys(h.argument for h in spec.hyperparameters if h.argument)
    named += [(a, f"argument {a}") for a in arguments]
    iterands = {n for u in spec.updates for n in u.value.atoms(Iterand)}
    named += [(name, f"argument {name} of iterate") for name in sorted({i.name for i in iterands})]
    yield from _clashes(named, "name")
    keys = [(s.key, declared(s)) for s in spec.states]
    keys += [(spec.step_key, "step count")] if spec.step_key else []
    yield from _clashes(keys, "checkpoint key")
    names = BACKENDS | SCHEDULES | TRANSFORMS
    arguments_of_all = dict.fromkeys(names, "arguments of all optimizers")
    entries = {d.name: declared(d) for d in spec.hyper} | {a: f"argument {a}" for a in arguments}
    entries |= arguments_of_all
    for state in subject.states.values():
        if state.shape.is_global and state.key in entries:
            yield Fault(
                declared(state),
                f"it is kept in groups, where {state.key} is already that of the "
                f"{entries[state.key]}",
                "Give it another key",
            )


def _clashes(named: list[tuple[str, str]], what: str) -> Iterator[Fault]:
    holders: dict[str, list[str]] = defaultdict(list)
    for name, holder in named:
        holders[name].append(holder)
    for name, (first, *others) in holders.items():
        if others:
            yield Fault(
                others[0],
                f"the {what} {name} is already that of the {first}",
                f"Rename one of the two, or declare {name} once",
            )
