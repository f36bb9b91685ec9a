"""Inputs are handed over, not computed, and read in the steps that are given them."""

from collections.abc import Iterator
from dataclasses import replace

from sympy import And, Basic, Not, Piecewise, Symbol, true

from ....specs.language import Fact, GradientAt, Input, Optimizer, Source, Value, points, t, theta
from ....specs.language.occurrences import nodes, pairs
from ..fault import Fault
from ..subject import Subject, declared
from . import shape

CODE = "input"


def check(subject: Subject) -> Iterator[Fault]:
    losses = [i for i in subject.inputs.values() if i.source is Source.LOSS]
    for other in losses[1:]:
        yield Fault(
            declared(other),
            f"the loss of a step is already {losses[0].name}",
            f"Read {losses[0].name}[t] in its place, or declare it Source.NUMBER",
        )
    for update in subject.spec.updates:
        given = subject.inputs.get(update.target.name)
        if given is not None and given.source is Source.GRADIENT:
            if not isinstance(update.value, GradientAt):
                yield Fault(
                    subject.equation(update),
                    f"{given.name} is the gradient at a point, and this is something else",
                    f"Write Update({given.name}[t], grad(point)), and the rest in other equations",
                )
        elif given is not None:
            how = "draws" if given.is_random else "is given"
            yield Fault(
                subject.equation(update),
                f"{given.name} is an input, which a step {how}, and this computes it",
                f"Remove the equation, or the declaration of {given.name}",
            )
    for given in subject.inputs.values():
        if given.source is Source.GRADIENT and given.name not in subject.assigned:
            yield Fault(
                declared(given),
                "no equation says at which point the gradient is taken",
                f"Add Update({given.name}[t], grad(point))",
            )
        if given.is_random:
            yield from _random(subject, given)
        yield from _known(subject, given)
        if given.when != true:
            yield from _read_where_given(subject, given)
        else:
            yield from _given_where_read(subject, given)
    yield from _misplaced(subject)


def _random(subject: Subject, given: Input) -> Iterator[Fault]:
    """What is wrong with random numbers."""
    own = Input(given.series, given.source, given.doc).domain
    if given.domain != own:
        yield Fault(
            f"domain of {declared(given)}",
            f"{given.domain.describe(given.name)} is declared, and it is drawn from "
            f"{own.describe(given.name)}",
            "Leave the domain out, and let an equation make of the number what you need",
        )
    if isinstance(subject.spec, Optimizer) and not subject.spec.step_key:
        yield Fault(
            declared(given),
            "random numbers follow from the count of steps, and step_key is empty, so none is kept",
            'Set step_key="step"',
        )


def _misplaced(subject: Subject) -> Iterator[Fault]:
    """What is wrong with the points that gradients are taken at."""
    if not isinstance(subject.spec, Optimizer):
        return
    ordered = replace(subject.spec, updates=subject.updates)
    for name, rule in points(ordered).items():
        *needed, last = rule.updates
        if theta.name in {u.target.name for u in needed}:
            yield Fault(
                f"the point of {name}",
                f"it needs theta[t], and the step is taken after {name} is known",
                "Name what it needs as an intermediate, or read theta[t - 1]",
            )
            continue
        for fault in shape.check(Subject(rule)):
            if fault.where.startswith("theta[t] ="):
                yield Fault(
                    f"the point of {name}: {subject.text(last.value)}",
                    "it is to stand for the parameter, and has another shape",
                    "Let it depend on theta[t - 1], or on the gradient, element by element",
                )


def _known(subject: Subject, given: Input) -> Iterator[Fault]:
    """What cannot be known before a step, in the condition under which it reads an input."""
    for node in nodes(given.when):
        if isinstance(node, Value | GradientAt | Fact):
            yield Fault(
                f"when of {declared(given)}",
                f"{subject.text(node)} is not known before a step is given its inputs",
                "Use t, options, hyperparameters and numbers alone",
            )
            return


def _read_where_given(subject: Subject, given: Input) -> Iterator[Fault]:
    needed = _parts(given.when)
    for update in subject.updates:
        fails = False
        for case in subject.courses.of(update, given.when):
            decided = case.decide(given.when)
            if decided is None:
                reads = _reads(update.value, frozenset(), given.name)
                fails |= not all(needed <= known for known in reads)
            elif not decided:
                fails |= given.name in {v.name for v in case.reads(update.value)}
        if fails:
            when = subject.text(given.when)
            yield Fault(
                subject.equation(update),
                f"{given.name}[t] is read, and a step is given it when {when} alone",
                f"Read it in a case of a Piecewise with the condition {when}, or let every step "
                "be given it",
            )


def _given_where_read(subject: Subject, given: Input) -> Iterator[Fault]:
    """That it is handed over at steps which are known not to read it: it may take long to find."""
    reads = [r for u in subject.updates for r in _reads(u.value, frozenset(), given.name)]
    shared = frozenset[Basic].intersection(*reads) if reads else frozenset[Basic]()
    of_steps = [c for c in shared if t in c.free_symbols and not c.atoms(Value, GradientAt, Fact)]
    for condition in sorted(of_steps, key=subject.text)[:1]:
        when = subject.text(condition)
        yield Fault(
            declared(given),
            f"every step is to be given it, and it is read when {when} alone",
            f"Say so, Input({given.name}, ..., when={condition})",
        )


def _reads(e: Basic, known: frozenset[Basic], name: str) -> Iterator[frozenset[Basic]]:
    """The conditions that are known to hold, at each place that reads a value of a name."""
    if isinstance(e, Value):
        if e.name == name:
            yield known
    elif isinstance(e, Piecewise):
        for value, test in pairs(e):
            yield from _reads(test, known, name)
            yield from _reads(value, known | _parts(test), name)
            known |= _parts(Not(test))
    elif not isinstance(e, Symbol):
        for child in (e.point,) if isinstance(e, GradientAt) else e.args:
            yield from _reads(child, known, name)


def _parts(condition: Basic) -> frozenset[Basic]:
    """What holds where a condition does, as branches say it."""
    return frozenset(map(_of_a_branch, And.make_args(condition)))


def _of_a_branch(condition: Basic) -> Basic:
    """A comparison as SymPy writes it in a Piecewise: n + 1 = 1 is n = 0 there."""
    branches = Piecewise((1, condition), (0, True))
    return branches.args[0].args[1] if isinstance(branches, Piecewise) else condition
