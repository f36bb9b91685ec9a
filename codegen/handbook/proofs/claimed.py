"""What chapters say of claims, each place relying on a verdict and shown broken under another.

A chapter's sentences are written for one verdict. A coefficient changed in a spec may turn it;
the handbook is built all the same, and every place that relied on the old verdict says so.
"""

from collections.abc import Iterator, Sequence

from ....specs.language.claims import Verdict
from ...prove.prove import Settled
from ..edition import Edition
from ..markdown import capital, directive
from .claims import assumed, link, said
from .witness import witnessed


def reference(found: Sequence[Settled], relied_on: Verdict, edition: Edition) -> str:
    """Within a line: the claims a sentence rests on, in brackets."""
    words = edition.words["tables"]
    links = words["semicolon"].join(_link(s, relied_on, edition) for s in found)
    return rf"\[{_shown(relied_on, edition)}{words['colon']}{links}\]"


def statement(settled: Settled, relied_on: Verdict, edition: Edition) -> str:
    """On its own: what is claimed, under what assumptions, and the numbers that refute it."""
    body = "\n\n".join(filter(None, _body(settled, edition)))
    colon = edition.words["tables"]["colon"]
    title = f"{capital(_shown(settled.verdict, edition))}{colon}{link(settled.claim)}"
    kind = settled.verdict.value.lower()
    box = directive("admonition", title, f":class: {kind}\n\n{body}")
    return caution(settled, relied_on, edition) + box


def caution(settled: Settled, relied_on: Verdict, edition: Edition) -> str:
    """What stands above a claim whose verdict has turned; nothing where it has not."""
    if settled.verdict is relied_on:
        return ""
    return directive("danger", "", _broken(settled, relied_on, edition)) + "\n"


def _body(settled: Settled, edition: Edition) -> Iterator[str]:
    claim, words = settled.claim, edition.words["chapters"]
    yield said(claim.statement, edition)
    if listed := assumed(claim, edition):
        yield words["assuming"].format(assumptions=listed)
    yield witnessed(settled, edition)


def _link(settled: Settled, relied_on: Verdict, edition: Edition) -> str:
    if settled.verdict is relied_on:
        return link(settled.claim)
    return f"**{_broken(settled, relied_on, edition)}**"


def _broken(settled: Settled, relied_on: Verdict, edition: Edition) -> str:
    return edition.words["chapters"]["broken"].format(
        claim=link(settled.claim),
        relied_on=_word(relied_on, edition),
        verdict=_word(settled.verdict, edition),
    )


def _shown(verdict: Verdict, edition: Edition) -> str:
    """How what is written is shown: it is the negation of a claim that is refuted."""
    return edition.words["chapters"][f"shown-{verdict.value}"]


def _word(verdict: Verdict, edition: Edition) -> str:
    return edition.words["chapters"][verdict.value]
