"""Whatever is declared or computed has an effect."""

from collections.abc import Iterator

from sympy import Symbol, sympify

from ....specs.language import Hyper
from ..fault import Fault
from ..occurrences import nodes, values
from ..subject import Subject, declared

CODE = "unused"


def check(subject: Subject) -> Iterator[Fault]:
    spec = subject.spec
    effective = [u.value for u in spec.updates] + [s.when for s in spec.states]
    effective += [sympify(s.init) for s in spec.states if s.init is not None]
    symbols = {n for e in effective for n in nodes(e) if isinstance(n, Symbol)}
    for hyper in spec.hyper:
        if (hyper.symbol if isinstance(hyper, Hyper) else hyper.flag) not in symbols:
            yield Fault(declared(hyper), "no equation depends on it", "Use it, or remove it")
    read = {v.name for u in spec.updates for v in values(u.value) if v.name != u.target.name}
    for state in spec.states:
        if state.name not in read:
            yield Fault(
                declared(state),
                "no equation but its own reads it",
                f"Use {state.name}[t - 1] or {state.name}[t] in the step, or remove the state",
            )
    for update in spec.updates:
        name = update.target.name
        if name in subject.intermediates and name not in read:
            yield Fault(
                subject.equation(update),
                f"{name}[t] is computed but never read",
                "Use it in another equation, or remove this one",
            )
