"""Whatever is declared or computed has an effect."""

from collections.abc import Iterator

from sympy import Symbol, sympify

from ....specs.language import Choice, Function, Option, Schedule, eta, mu
from ....specs.language.occurrences import nodes, values
from ....specs.language.schedule import Argument
from ..fault import Fault
from ..subject import Subject, declared

CODE = "unused"


def check(subject: Subject) -> Iterator[Fault]:
    spec = subject.spec
    effective = [u.value for u in spec.updates] + [s.when for s in spec.states]
    effective += [sympify(s.init) for s in spec.states if s.init is not None]
    effective += [o.value for o in subject.outputs]
    effective += [i.when for i in subject.inputs.values()]
    effective += [e for _, e in subject.view_parts()]
    effective += [h.derived for h in spec.hyperparameters if h.derived is not None]
    if isinstance(spec, Schedule):
        effective += [] if spec.momentum_when is None else [spec.momentum_when]
    symbols = {n for e in effective for n in nodes(e) if isinstance(n, Symbol)}
    for hyper in spec.hyper:
        if not symbols & _symbols(hyper):
            yield Fault(declared(hyper), "no equation depends on it", "Use it, or remove it")
    read = {v.name for u in spec.updates for v in values(u.value) if v.name != u.target.name}
    read |= {v.name for o in subject.outputs for v in values(o.value)}
    results = {eta.name, mu.name} if isinstance(spec, Schedule) else set[str]()
    for state in spec.states:
        if state.name not in read | results:
            yield Fault(
                declared(state),
                "no equation but its own reads it",
                f"Use {state.name}[{spec.clock} - 1] or {state.name}[{spec.clock}] in the step, or "
                "remove the state",
            )
    for name, given in subject.inputs.items():
        if name not in read:
            yield Fault(
                declared(given),
                "no equation reads it",
                f"Use {name}[{spec.clock}] in the step, or remove the input",
            )
    for update in spec.updates:
        name = update.target.name
        if name in subject.intermediates and name not in read | results:
            yield Fault(
                subject.equation(update),
                f"{update.target} is computed but never read",
                "Use it in another equation, or remove this one",
            )


def _symbols(argument: Argument) -> set[Symbol]:
    """The symbols by which equations depend on an argument."""
    match argument:
        case Option():
            return {argument.flag}
        case Choice():
            return {*argument.flags.values()}
        case Function():
            return {argument.symbol, argument.flag}
    return {argument.symbol}
