"""What other libraries compute under the name of a rule or a schedule, where it differs.

Declared are equations, and claims. Everything else that is told of a library is found by audits of
it (:mod:`steprule.codegen.loading.audited`), as is that these are all there is to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .declarations import State, Update


@dataclass(frozen=True)
class Difference:
    """One difference, with the same arguments.

    Args:
        words: what differs.
        equations: as the peer has them, in the symbols of the spec; none where a claim says it.
        claim: the name of the claim that settles it, if one does.
        states: those that it keeps beside the spec's.
    """

    words: str
    equations: Sequence[Update] = ()
    claim: str = ""
    states: Sequence[State] = ()


@dataclass(frozen=True)
class Peer:
    """A class or a function of another library.

    Args:
        of: the name of the spec it is compared with.
        name: its path.
        differences: in what it computes.
    """

    of: str
    name: str
    differences: Sequence[Difference]
