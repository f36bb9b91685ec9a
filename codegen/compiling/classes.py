"""``steprule.compile``: a text or a spec to a class."""

import os
from threading import RLock
from typing import Any

from . import entries
from .known import FOLDERS, Made, asked, known, remember

_ONE_AT_A_TIME = RLock()


def class_of(rule: Any, backend: str) -> type:
    """See ``steprule.compile``."""
    if backend not in FOLDERS:
        raise ValueError(f"backend={backend!r} is not one of {', '.join(FOLDERS)}")
    with _ONE_AT_A_TIME:
        if isinstance(rule, str | os.PathLike):
            return _of_text(os.fspath(rule)).of(backend)
        from .making import made_of_spec

        return made_of_spec(rule).of(backend)


def _of_text(text: str) -> Made:
    now = asked(text)
    before = known(now)
    if before and (not before.mark or entries.find(before.mark, again=True)):
        return before
    from .making import made_of_text

    made, read = made_of_text(text)
    remember(now, read, made)
    return made
