"""Settle claims: a verdict each, with the obligations met or the witness found."""

import time
from dataclasses import dataclass

from ...specs.language.claims import Equivalence, Verdict
from .induction import Obligation, obligations
from .witness import Witness, find_witness


@dataclass(frozen=True)
class Settled:
    """A claim and what became of it."""

    claim: Equivalence
    verdict: Verdict
    obligations: tuple[Obligation, ...]
    witness: Witness | None
    seconds: float

    @property
    def is_as_expected(self) -> bool:
        return self.verdict is self.claim.expected


def prove(claim: Equivalence) -> Settled:
    """Settle one claim.

    Raises:
        SpecError: the map names a quantity that is not there.
    """
    start = time.perf_counter()
    found = tuple(obligations(claim))
    witness = None
    if all(o.is_met for o in found):
        verdict = Verdict.PROVED
    else:
        witness = find_witness(claim)
        verdict = Verdict.UNKNOWN if witness is None else Verdict.REFUTED
    return Settled(claim, verdict, found, witness, time.perf_counter() - start)
