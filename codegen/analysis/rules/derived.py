"""What an argument follows from that is left out is known of every parameter before a step.

Declarations are carried out before it is, and so cannot read it.
"""

from collections.abc import Iterator

from sympy import Basic, Symbol

from ....specs.language import Fact, machine_epsilon
from ..fault import Fault
from ..subject import Subject, declared

CODE = "derived"


def check(subject: Subject) -> Iterator[Fault]:
    given = [h for h in subject.spec.hyperparameters if h.derived is not None]
    followed: set[Basic] = {h.symbol for h in given}
    for hyper in given:
        read = hyper.derived.atoms(Symbol) if hyper.derived is not None else set[Symbol]()
        for symbol in sorted(read, key=str):
            if isinstance(symbol, Fact) or symbol in followed | {*subject.flags}:
                yield Fault(
                    declared(hyper),
                    f"it follows from {symbol}, where it is left out",
                    f"Derive it from hyperparameters that are given and {machine_epsilon} alone",
                )
    for where, expression in subject.host_parts():
        if where.startswith("derived of"):
            continue
        for symbol in sorted(expression.free_symbols & followed, key=str):
            yield Fault(
                where,
                f"it reads {symbol}, which can be left out, and is then known within a step only",
                f"Read it in equations alone, or give {symbol} a default in place of derived",
            )
