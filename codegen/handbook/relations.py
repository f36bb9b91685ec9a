"""Which claims a spec's page shows, and how: their statement, verdict and witness."""

from collections.abc import Mapping, Sequence

from ...specs.language import Spec, Transform
from ...specs.language.claims import Claim, Equivalence, Identity, Stability
from ..prove.prove import Settled
from .claims import badge, link, said
from .derivation import broken
from .edition import Edition
from .witness import witnessed


def relations(spec: Spec | Transform, settled: Mapping[str, Settled]) -> list[Settled]:
    """The claims about a built-in spec, in the order of their declaration.

    A spec of one's own has none, even where it has a built-in one's name.
    """
    return [each for each in settled.values() if _is_about(each.claim, spec)]


def related(each: Settled, edition: Edition) -> str:
    """A claim in short: verdict, statement, a refuted one's witness, where its proof stands."""
    words = edition.words["claims"]
    where = link(each.claim, words["refutation" if each.witness else "proof"])
    lines = [f"{badge(each, edition)} {said(each.claim.statement, edition)} ({where})"]
    lines += [part for part in (broken(each, edition) or witnessed(each, edition),) if part]
    return "\n\n".join(lines) + "\n"


def _is_about(claim: Claim, spec: Spec | Transform) -> bool:
    return spec.name in claim.about or any(side.name == spec.name for side in _sides(claim))


def _sides(claim: Claim) -> Sequence[Spec]:
    match claim:
        case Equivalence():
            return (claim.left.spec, claim.right.spec)
        case Stability():
            return (claim.side.spec,)
        case Identity():
            return ()
