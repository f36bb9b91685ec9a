"""What texts came to in earlier runs: told from bytes, without importing what reads them."""

import os
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

from ..files import cache
from ..files.sources import Sources, sources
from ..files.unchanged import are_as_before, contents_since

FOLDERS = {"numpy": "schedules", "torch": "lr_scheduler"}
"""The backends with classes, and where those of schedules are."""

PAGE = "page.json"
"""In an entry, what is shown of its classes."""

_BEGAN = time.time_ns()
_PACKAGE = __name__.partition(".codegen.")[0]


@dataclass(frozen=True)
class Made:
    """Where the classes of a spec are.

    Args:
        name: theirs.
        module: the last part of their modules' names, without the mark.
        is_schedule: what kind of spec it is.
        mark: of its entry; empty for what is this package's own.
    """

    name: str
    module: str
    is_schedule: bool
    mark: str

    def of(self, backend: str) -> type:
        """The class of a backend, imported."""
        folder = [FOLDERS[backend]] if self.is_schedule else []
        stem = f"{self.module}_{self.mark}" if self.mark else self.module
        module = import_module(".".join([_PACKAGE, backend, *folder, stem]))
        return getattr(module, self.name)


@dataclass(frozen=True)
class Asked:
    """A text, and what could be made of it when it was asked for."""

    text: str
    sources: Sources
    started: int

    @property
    def is_of_files(self) -> bool:
        return ".py" in self.text

    @property
    def key(self) -> str:
        where = (os.getcwd(), *sys.path) if self.is_of_files else ()
        return cache.digest("compile", self.text, *where)


def asked(text: str) -> Asked:
    """That a text is asked for now."""
    return Asked(text, sources(), time.time_ns())


def known(asked: Asked) -> Made | None:
    """What a text came to, if that would be the same now."""
    last = cache.found(asked.key)
    if last is None or last["sources"] != asked.sources.whole or not are_as_before(last["read"]):
        return None
    return Made(**last["made"])


def remember(asked: Asked, read: Iterable[Path], made: Made) -> None:
    """Keep what a text has come to.

    Args:
        asked: the text.
        read: the files that were read for it, and those that were before, by this process.
        made: what it has come to.
    """
    contents = contents_since(_BEGAN, read) if asked.is_of_files else {}
    if contents is not None and sources() == asked.sources:
        found = {"sources": asked.sources.whole, "read": contents, "made": asdict(made)}
        cache.keep(asked.key, found)
        cache.tidy()
