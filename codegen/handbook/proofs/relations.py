"""Which claims a spec's page shows, and how: their statement, verdict and witness."""

from collections.abc import Mapping, Sequence

from ....specs.language import Operator, Optimizer, Schedule, Spec, Transform
from ....specs.language.claims import Claim, Equivalence, Identity, Stability
from ...loading.ours import is_builtin
from ...prove.discover import builtin_claims
from ...prove.prove import Settled
from ..edition import Edition
from .claims import badge, link, said
from .derivation import broken
from .witness import witnessed


def relations(spec: Spec | Transform | Operator, settled: Mapping[str, Settled]) -> list[Settled]:
    """The claims about a spec, in the order of their declaration.

    Built-in claims are about built-in specs, not about one of one's own that has the name of one.
    """
    is_own = isinstance(spec, Optimizer | Schedule) and not is_builtin(spec)
    left_out = builtin_claims() if is_own else ()
    return [
        each
        for name, each in settled.items()
        if name not in left_out and spec.name in subjects(each.claim)
    ]


def related(each: Settled, edition: Edition) -> str:
    """A claim in short: statement, verdict, a refuted one's witness, where its proof stands."""
    words = edition.words["claims"]
    where = link(each.claim, words["refutation" if each.witness else "proof"])
    lines = [f"{said(each.claim.statement, edition)} {badge(each, edition)} ({where})"]
    lines += [part for part in (broken(each, edition) or witnessed(each, edition),) if part]
    return "\n\n".join(lines) + "\n"


def subjects(claim: Claim) -> list[str]:
    """The names of what a claim is about."""
    about = (*claim.about, *_sides(claim))
    return [*dict.fromkeys(each if isinstance(each, str) else each.name for each in about)]


def _sides(claim: Claim) -> Sequence[Spec]:
    match claim:
        case Equivalence():
            return (claim.left.spec, claim.right.spec)
        case Stability():
            return (claim.side.spec,)
        case Identity():
            return ()
