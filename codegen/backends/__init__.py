"""What a backend is, and how it is found.

A backend turns specs into the text of files; it never writes them. It is an object that
meets :class:`Backend`, announced through the entry-point group ``steprule.backends``, so a
package of anyone's can add one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Protocol

from ..program.compiled import Compiled


@dataclass(frozen=True)
class Entry:
    """One generated optimizer or schedule, as the files that list them all see it."""

    name: str
    module: str
    is_schedule: bool = False


class Backend(Protocol):
    """The printer of one target language.

    Attributes:
        name: the folder its files are written to, and its name in ``show --as``.
        comment: what starts a comment in its files; the header line is written with it.
    """

    name: str
    comment: str

    def files(self, compiled: Compiled) -> Mapping[str, str]:
        """The files of one spec: path in the backend's folder to unformatted text.

        Args:
            compiled: the spec, and its programs: each is compiled when the first backend reads it,
                and all others are given the same. Of a transform it is those of the shared files
                it is in.

        Raises:
            NotImplementedError: there is no form for an operation in the spec.
        """
        ...

    def shared(self, entries: Sequence[Entry]) -> Mapping[str, str]:
        """The files all specs of a folder share, given every spec in it."""
        ...


def backends() -> dict[str, Backend]:
    """All installed backends by name."""
    found = entry_points(group="steprule.backends")
    return {point.name: point.load() for point in sorted(found, key=lambda point: point.name)}
