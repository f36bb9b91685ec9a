"""What is said in words can be written into any file, on any terminal."""

import unicodedata
from collections.abc import Iterator

from ..fault import Fault
from ..subject import Subject, declared

CODE = "text"

_LONGEST = 10_000


def check(subject: Subject) -> Iterator[Fault]:
    spec = subject.spec
    texts = [(field, getattr(spec, field)) for field in ("summary", "source", "peer")]
    beside = (*subject.outputs, *subject.inputs.values())
    for declaration in (*spec.hyper, *spec.states, *spec.constraints, *beside):
        for field in ("doc", "latex", "message"):
            if text := getattr(declaration, field, ""):
                texts.append((f"{field} of {declared(declaration)}", text))
    for where, text in texts:
        if len(text) > _LONGEST:
            yield Fault(where, f"it has {len(text)} letters", f"Write at most {_LONGEST}")
        # Lines may be broken; other controls, and halves of pairs of UTF-16, are no text.
        bad = [c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
        if bad:
            yield Fault(where, f"{bad[0]!a} in it is no letter", "Leave it out")
