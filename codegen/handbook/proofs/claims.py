"""What every page says of a claim in the same way: its statement, its verdict, where it stands."""

from collections.abc import Mapping, Sequence
from functools import cache

from ....specs.language import Schedule, Spec
from ....specs.language.claims import Claim, Equivalence, Stability, Verdict
from ...loading.load import all_builtin, transforms
from ...prove.prove import Settled
from ..edition import Edition
from ..markdown import capital, escaped
from .printer import ProofPrinter

_COLOURS = {Verdict.PROVED: "success", Verdict.REFUTED: "secondary", Verdict.UNKNOWN: "warning"}


def said(text: str, edition: Edition) -> str:
    """What a claim says, as Markdown: with its formulas set, where the edition has them set."""
    return edition.words["statements"].get(text) or escaped(edition.said(text))


def cited(source: str, edition: Edition) -> str:
    """Where a claim or a formulation stands, in the same way."""
    return edition.words["statements"].get(source) or escaped(edition.cited(source))


def assumed(claim: Claim, edition: Edition) -> str:
    """What a claim assumes, one after the other; nothing where it assumes nothing."""
    apart = edition.words["tables"]["semicolon"]
    return apart.join(said(each, edition) for each in claim.assumptions)


def verdict(settled: Settled, edition: Edition) -> str:
    """The verdict in a word."""
    return edition.words["claims"][settled.verdict.value.lower()]


def shown(settled: Settled, edition: Edition) -> str:
    """How what is written is known: of a claim that is refuted it is the negation, and true."""
    return edition.words["chapters"][f"shown-{settled.verdict.value}"]


def badge(settled: Settled, edition: Edition) -> str:
    """How it is known on a coloured ground; a verdict that is not as expected in red."""
    if not settled.is_as_expected:
        return f"{{bdg-danger}}`{verdict(settled, edition)}`"
    return f"{{bdg-{_COLOURS[settled.verdict]}}}`{capital(shown(settled, edition))}`"


def target(claim: Claim) -> str:
    """The name of the claim's place in the handbook."""
    return f"claim-{claim.name}"


def link(claim: Claim, text: str = "") -> str:
    """A link to it, by its name if by no other text."""
    return f"[{text or escaped(claim.name)}](#{target(claim)})"


def printer(claim: Claim) -> ProofPrinter:
    """Prints what stands in the claim, in the notation of what it is about."""
    match claim:
        case Equivalence():
            return ProofPrinter([claim.left.spec, claim.right.spec])
        case Stability():
            return ProofPrinter([claim.side.spec])
    return ProofPrinter(subjects(claim.about) or [_PLAIN])


_PLAIN = Schedule("Plain", summary="", source="", hyper=[], updates=[], example={})
"""In whose notation stands what is about nothing in particular: that of the names themselves."""


def subjects(about: Sequence[str | Spec]) -> list[Spec]:
    """The specs that these are or name; of transforms their rules, of operators nothing."""
    named = (_builtin().get(each) if isinstance(each, str) else each for each in about)
    return [spec for spec in named if spec is not None]


@cache
def _builtin() -> Mapping[str, Spec]:
    return {**all_builtin(), **{name: each.rule for name, each in transforms().items()}}
