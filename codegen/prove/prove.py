"""Settle claims: a verdict each, with the obligations met or the witness found."""

import time
from dataclasses import dataclass, replace

from ...specs.language.claims import Claim, Equivalence, Verdict
from .identity import IdentityWitness, prove_identity
from .induction import Obligation, obligations
from .search import IDENTITY, LINEAR, candidates
from .witness import Witness, find_witness


@dataclass(frozen=True)
class Settled:
    """A claim and what became of it."""

    claim: Claim
    verdict: Verdict
    obligations: tuple[Obligation, ...]
    witness: Witness | IdentityWitness | None
    seconds: float
    tried: tuple[str, ...] = ()
    """The maps that were tried where none was given, in words."""

    @property
    def is_as_expected(self) -> bool:
        """Whether the verdict is the author's; PROVED where none is stated."""
        return self.verdict is (self.claim.expected or Verdict.PROVED)


def prove(claim: Claim) -> Settled:
    """Settle one claim.

    Raises:
        SpecError: the map names a quantity that is not there, or what is claimed has no
            normal form.
    """
    start = time.perf_counter()
    witness: Witness | IdentityWitness | None = None
    if isinstance(claim, Equivalence):
        found = obligations(claim)
        if not all(o.is_met for o in found):
            witness = find_witness(claim)
    else:
        found, witness = prove_identity(claim)
    if all(o.is_met for o in found):
        verdict = Verdict.PROVED
    else:
        verdict = Verdict.UNKNOWN if witness is None else Verdict.REFUTED
    return Settled(claim, verdict, tuple(found), witness, time.perf_counter() - start)


def prove_without_map(claim: Equivalence) -> Settled:
    """Settle a claim by the first map found under which it holds.

    Where none does, the last one tried is reported.
    """
    start = time.perf_counter()
    tried: list[str] = []
    settled: Settled | None = None
    for what, candidate in candidates(claim):
        tried.append(what)
        settled = prove(candidate)
        if settled.verdict is Verdict.PROVED:
            break
    if settled is None:
        return Settled(
            claim, Verdict.UNKNOWN, (), None, time.perf_counter() - start, (IDENTITY, LINEAR)
        )
    return replace(settled, seconds=time.perf_counter() - start, tried=tuple(dict.fromkeys(tried)))
