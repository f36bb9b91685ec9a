"""A state is only read where it exists."""

from collections.abc import Iterator

from sympy import Symbol, true

from ....specs.language.occurrences import values
from ..fault import Fault
from ..subject import Subject

CODE = "existence"


def check(subject: Subject) -> Iterator[Fault]:
    for update in subject.updates:
        read = {v.name: v for v in values(update.value) if v.name in subject.states}
        kept = [s for name, s in subject.states.items() if name in read and s.when != true]
        own = subject.states.get(update.target.name)
        also = [s.when for s in (*kept, *([own] if own else []))]
        for case in subject.courses.of(update, *also) if kept else ():
            if own and not case.exists(own):
                continue  # not carried out; at fault is what reads it
            reads = {v.name: v for v in case.reads(update.value)}
            for state in kept:
                if state.name in reads and not case.exists(state):
                    yield Fault(
                        subject.equation(update),
                        f"{subject.text(reads[state.name])} is read when "
                        f"{case.describe(set(state.when.atoms(Symbol)))}, and {state.name} only "
                        f"exists when {subject.text(state.when)}",
                        f"Read it in a case of a Piecewise with the condition "
                        f"{subject.text(state.when)}, or let {state.name} exist always",
                    )
