"""Arguments can be written down: tuples in one piece, keyword-only ones last."""

from collections.abc import Iterator

from ....specs.language import Hyper
from ....specs.language.schedule import Argument
from ..fault import Fault
from ..subject import Subject, declared

CODE = "argument"


def check(subject: Subject) -> Iterator[Fault]:
    yield from _scattered(subject)
    keyword: Argument | None = None
    for declaration in subject.spec.hyper:
        if getattr(declaration, "keyword", False):
            keyword = declaration
        elif keyword is not None:
            yield Fault(
                declared(declaration),
                f"it follows {declared(keyword)}, which is passed by keyword only",
                f"Move it before {keyword.name}",
            )


def _scattered(subject: Subject) -> Iterator[Fault]:
    finished: set[str] = set()
    current = ""
    for declaration in subject.spec.hyper:
        argument = declaration.argument if isinstance(declaration, Hyper) else ""
        if argument != current:
            finished.add(current)
        if argument and argument in finished:
            yield Fault(
                declared(declaration),
                f"it is a member of {argument}, but does not stand next to the others",
                f"Declare all members of {argument} in a row",
            )
        current = argument
