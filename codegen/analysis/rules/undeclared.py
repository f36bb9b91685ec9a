"""Every symbol in an equation or declaration is declared."""

from collections.abc import Iterable, Iterator

from sympy import Basic, Symbol

from ....specs.language import GradientAt, Iterand, Optimizer, Value, grad, step, t, theta
from ....specs.language.occurrences import nodes
from ..fault import Fault
from ..nearby import either, near
from ..subject import Subject

CODE = "undeclared"


def check(subject: Subject) -> Iterator[Fault]:
    for where, expression in subject.parts():
        for node in nodes(expression):
            match node:
                case Value():
                    yield from _value(subject, where, node)
                case GradientAt() if node.args[0] != grad.symbol:
                    yield Fault(
                        where,
                        f"{node.name} is not the gradient a framework hands over",
                        "Use grad, from the language",
                    )
                case Iterand():
                    pass  # declared by the function that it is an argument of
                case Symbol() if node not in subject.symbols | subject.flags:
                    yield _symbol(subject, where, node)


def _value(subject: Subject, where: str, value: Value) -> Iterator[Fault]:
    stored = {theta.name} if isinstance(subject.spec, Optimizer) else set[str]()
    known = {*stored, *subject.states, *subject.inputs, *subject.assigned}
    if value.name not in known:
        if value.lag == 0:
            how = f"Add an equation for {value.name}[{subject.spec.clock}]"
            if isinstance(subject.spec, Optimizer):
                how += f", or Input({value.name}, ...) for what a step is given"
        else:
            how = f"Declare State({value.name}, ...)"
        yield Fault(where, _problem(value, value.name), _remedy(value.name, known, how))


def _symbol(subject: Subject, where: str, symbol: Symbol) -> Fault:
    numbers, flags = ({s.name for s in symbols} for symbols in (subject.symbols, subject.flags))
    if symbol.name in numbers | flags:
        whole = any(s.is_integer for s in subject.symbols if s.name == symbol.name)
        factory = "flags" if symbol.name in flags else "counts" if whole else "hyperparameters"
        return Fault(
            where,
            f"{symbol.name} has the name of a declared symbol but is another one",
            f'Make it once, with {factory}("{symbol.name}"), and use that everywhere',
        )
    if symbol.name in {*subject.states, *subject.inputs, *subject.assigned}:
        return Fault(
            where,
            f"{symbol.name} is a series and stands without a time",
            f"Write {symbol.name}[{subject.spec.clock}] or {symbol.name}[{subject.spec.clock} - 1]",
        )
    if symbol in (t, step):
        clock = subject.spec.clock
        return Fault(
            where,
            f"{symbol.name} counts the steps of {'a rule' if symbol == t else 'a schedule'}",
            f"Write {clock} for this one's, which are counted from {'0' if clock == step else '1'}",
        )
    how = f"Declare {symbol.name} in hyper, as a Hyper or an Option"
    return Fault(where, _problem(symbol, symbol.name), _remedy(symbol.name, numbers | flags, how))


def _problem(node: Basic, name: str) -> str:
    return f"{name} is not declared" if isinstance(node, Symbol) else f"{name} is given nowhere"


def _remedy(name: str, known: Iterable[str], how: str) -> str:
    close = near(name, known)
    return f"{how}, or write {either(close)}" if close else how
