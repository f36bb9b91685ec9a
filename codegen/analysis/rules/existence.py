"""A state is only read where it exists."""

from collections.abc import Iterator

from sympy import Symbol

from ..fault import Fault
from ..subject import Subject

CODE = "existence"


def check(subject: Subject) -> Iterator[Fault]:
    for case in subject.cases:
        missing = {n: s for n, s in subject.states.items() if not case.exists(s)}
        for update in case.live().values():
            if update.target.name in missing:
                continue  # not carried out; at fault is what reads it
            for value in case.reads(update.value):
                if value.name in missing:
                    when = missing[value.name].when
                    yield Fault(
                        subject.equation(update),
                        f"{subject.text(value)} is read when "
                        f"{case.describe(set(when.atoms(Symbol)))}, and {value.name} only exists "
                        f"when {subject.text(when)}",
                        f"Read it in a case of a Piecewise with the condition "
                        f"{subject.text(when)}, or let {value.name} exist always",
                    )
