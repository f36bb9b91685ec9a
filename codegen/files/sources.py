"""What generated files follow from beside their specs: the generator's source, what is installed.

So it is with verdicts about them. It is told from bytes and names, without importing any of it.
"""

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from .cache import digest

_CODEGEN = Path(__file__).parent.parent
_PACKAGE = __name__.partition(".codegen.")[0]
_ABOVE = frozenset({"bench", "device.py", "handbook", "prove", "verify"})
"""The rooms of ``codegen`` that read what is generated."""
_BESIDE_VERDICTS = frozenset({"bench", "handbook"})
"""Those that no verdict about what is generated depends on."""
_PRINTERS = ("jinja2-", "ruff-", "sympy-")
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
    specs = _specs()
    generator = digest(*_texts(_CODEGEN, _ABOVE), *_texts(specs, _NO_RULES | _RULES), *_installed())
    built_in = (part for name in sorted(_RULES) for part in _texts(specs / name, frozenset()))
    return Sources(generator, digest(generator, *built_in))


@cache
def sources_of_texts() -> str:
    """The digest of what the files of a rule follow from beside it: as of the first call.

    Of what is installed it holds what prints and orders: other things may come and go.
    """
    own = *_texts(_CODEGEN, _ABOVE), *_texts(_specs(), _NO_RULES | _RULES)
    return digest(*own, *(each for each in _installed() if each.lower().startswith(_PRINTERS)))


@cache
def sources_of_verdicts() -> str:
    """The digest of what a verdict follows from beside what it is about: as of the first call."""
    own = _texts(_CODEGEN, _BESIDE_VERDICTS), _texts(_specs(), _RULES | {"peers"})
    return digest(*own[0], *own[1], *_installed(), platform.platform())


def _specs() -> Path:
    found = find_spec(f"{_PACKAGE}.specs")
    return Path((found and found.origin) or "").parent


def _texts(folder: Path, without: frozenset[str]) -> Iterator[str | bytes]:
    """The files below a folder, by name and content; hundreds, so without an object for each."""
    for place, folders, files in os.walk(folder):
        below = os.path.relpath(place, folder)
        left_out = {"__pycache__"} | (without if below == os.curdir else frozenset())
        folders[:] = sorted(set(folders) - left_out)
        for name in sorted(set(files) - left_out):
            with open(os.path.join(place, name), "rb") as file:
                yield f"{below}/{name}"
                yield file.read()


def _installed() -> Iterator[str]:
    """Python, and every distribution with its version.

    But for this one's, which lies in a checkout and is seen from there alone, and for what a
    package carries within it: setuptools puts its own on the path of a process that imports it.
    """
    yield sys.version
    for place in map(Path, sys.path):
        if (place.parent / "__init__.py").exists():
            continue
        found = sorted(info.name for info in place.glob("*.*-info"))
        yield from (name for name in found if name != f"{_PACKAGE}.egg-info")
