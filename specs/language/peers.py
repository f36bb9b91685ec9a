"""What other libraries have under the name of a rule or a schedule, and where it differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .declarations import Update


@dataclass(frozen=True)
class Difference:
    """One difference.

    Args:
        words: what differs.
        equations: as the peer has them, in the symbols of the spec; none where words say it all.
        claim: the name of the claim that settles it, if one does.
    """

    words: str
    equations: Sequence[Update] = ()
    claim: str = ""


@dataclass(frozen=True)
class Peer:
    """A class or a function of another library.

    Args:
        of: the name of the spec it is compared with.
        library: its library.
        version: of the library, that all of this was read off; empty where tests compare it
            with the one that is installed.
        name: its path there.
        defaults: its defaults where they are not the spec's, by the spec's names, as exact text;
            empty where it has to be given. What the peer does not have is left out.
        differences: in what it computes, with the same arguments.
    """

    of: str
    library: str
    version: str
    name: str
    defaults: Mapping[str, str] = field(default_factory=dict[str, str])
    differences: Sequence[Difference] = ()
