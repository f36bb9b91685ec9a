"""What earlier runs have found, kept in the user's cache folder under what it follows from.

An entry is a file, written whole and sealed with the digest of its content: one that is torn, or is
somebody else's, is as none. So is one that cannot be read or written: a cache is never missed, but
for the time it saves.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from .whole import replacing

_DAYS = 30
"""After which an entry that nobody has asked for is removed."""


def digest(*parts: str | bytes) -> str:
    """A name for some texts, in their order."""
    sha = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        sha.update(len(content).to_bytes(8, "big"))
        sha.update(content)
    return sha.hexdigest()


class Memory:
    """What earlier runs have made of something, and what this one has.

    Args:
        basis: a digest of what all of it follows from; where it is empty, nothing is known.
    """

    def __init__(self, basis: str) -> None:
        self._basis = basis
        self._new: dict[str, Any] = {}

    def of(self, *parts: str) -> Any:
        """What was made of some texts; or None."""
        return found(self._key(parts)) if self._basis else None

    def add(self, made: Any, *parts: str) -> None:
        """What this run has made of some texts, kept from :meth:`save` on."""
        if self._basis:
            self._new[self._key(parts)] = made

    def save(self) -> None:
        for key, made in self._new.items():
            keep(key, made)
        if self._new:
            tidy()

    def _key(self, parts: Iterable[str]) -> str:
        return digest(self._basis, *parts)


def found(key: str) -> Any:
    """What is kept under a key, a digest; or None."""
    file = folder() / key
    with suppress(OSError, ValueError):
        made = unsealed(file.read_bytes())
        if made is not None:
            os.utime(file)
        return made
    return None


def keep(key: str, value: Any) -> None:
    """Keep under a key what JSON can say."""
    with suppress(OSError), replacing(folder() / key) as temporary:
        temporary.write_bytes(sealed(value))


def sealed(value: Any) -> bytes:
    """What JSON can say, behind the digest of that."""
    content = json.dumps(value).encode()
    return digest(content).encode() + b"\n" + content


def unsealed(content: bytes) -> Any:
    """What was sealed; None if it is not whole.

    Raises:
        ValueError: its first line is no text.
    """
    seal, _, rest = content.partition(b"\n")
    return json.loads(rest) if seal.decode() == digest(rest) else None


def tidy() -> None:
    """Remove what nobody has asked for in a long time, and what killed runs have left."""
    with suppress(OSError):
        for file in unasked(folder()):
            file.unlink()


def unasked(place: Path) -> Iterator[Path]:
    """What is in a folder and was asked for by nobody in a long time."""
    before = time.time() - _DAYS * 24 * 3600
    return (each for each in place.iterdir() if each.stat().st_mtime < before)


def folder() -> Path:
    """Where it is kept."""
    return user_cache_path("steprule") / "generated"
