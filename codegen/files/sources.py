"""What generated files follow from beside their specs: the generator's source, what is installed.

It is told from bytes and names, without importing any of it.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from .cache import digest

_CODEGEN = Path(__file__).parent.parent
_PACKAGE = __name__.partition(".codegen.")[0]
_ABOVE = frozenset({"bench", "device.py", "handbook", "prove", "verify"})
"""The rooms of ``codegen`` that read what is generated."""
_NO_RULES = frozenset({"claims", "peers"})
"""Packages of ``specs`` from which nothing is generated."""
_RULES = frozenset({"optimizers", "schedules"})
"""Those in which a file is of some specs, and no other follows from it."""


@dataclass(frozen=True)
class Sources:
    """Digests of what files follow from.

    Args:
        generator: of what the files of a spec follow from, beside that spec.
        whole: of the same and all built-in specs.
    """

    generator: str
    whole: str


def sources() -> Sources:
    """The digests as of now."""
    found = find_spec(f"{_PACKAGE}.specs")
    specs = Path((found and found.origin) or "").parent
    generator = digest(*_texts(_CODEGEN, _ABOVE), *_texts(specs, _NO_RULES | _RULES), *_installed())
    built_in = (part for name in sorted(_RULES) for part in _texts(specs / name, frozenset()))
    return Sources(generator, digest(generator, *built_in))


def _texts(folder: Path, without: frozenset[str]) -> Iterator[str | bytes]:
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        if path.parts[0] not in without and "__pycache__" not in path.parts and file.is_file():
            yield path.as_posix()
            yield file.read_bytes()


def _installed() -> Iterator[str]:
    """Python, and every distribution with its version."""
    yield sys.version
    for place in map(Path, sys.path):
        yield from sorted(info.name for info in place.glob("*.*-info"))
