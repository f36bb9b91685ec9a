"""What is known of a rule, on its page: a few claims as a list, many folded by theme.

In the book, where all claims have their part, one line names them.
"""

from collections.abc import Iterator, Sequence
from textwrap import indent

from ....specs.language import Operator, Spec, Transform
from ....specs.language.claims import Verdict
from ...prove.discover import modules
from ...prove.prove import Settled
from ..edition import Edition
from ..markdown import capital, directive, folded
from ..material import Material
from ..proofs.claims import link, shown
from ..proofs.relations import related, relations
from .claims import claim_titles

_FEW = 4
"""Claims that are not worth folding."""


def relations_section(
    spec: Spec | Transform | Operator, material: Material, edition: Edition
) -> str:
    """The body of the section; nothing where nothing is claimed."""
    found = relations(spec, material.settled)
    if not found:
        return ""
    about = edition.words["claims"]["about"]
    shown = _list(found, edition) if len(found) <= _FEW else _by_theme(found, material, edition)
    site = directive("only", "html", f"\n{about}\n\n{shown}")
    return site + "\n" + directive("only", "latex", f"\n{_in_a_line(found, edition)}\n")


def _list(found: Sequence[Settled], edition: Edition) -> str:
    texts = [related(each, edition) for each in found]
    return "\n".join("- " + indent(text, "  ").strip() + "\n" for text in texts)


def _by_theme(found: Sequence[Settled], material: Material, edition: Edition) -> str:
    words = edition.words["claims"]
    titles = claim_titles(material, edition)
    themes = {page: {claim.name for claim in of} for page, of in modules().items()}
    themes |= {page: {claim.name for claim in of} for page, of in material.own.items()}
    parts: list[str] = []
    for page, names in themes.items():
        its = [each for each in found if each.claim.name in names]
        if its:
            heading = words["theme"].format(title=titles[page], counts=_counts(its, edition))
            parts.append(folded(heading, _list(its, edition)))
    return "\n".join(parts)


def _counts(found: Sequence[Settled], edition: Edition) -> str:
    """How many of each verdict: ``3 proved, 1 by counterexample``."""
    words = edition.words["claims"]
    numbers = ((v, sum(each.verdict is v for each in found)) for v in Verdict)
    said = [words[f"count-{v.value.lower()}"].format(count=count) for v, count in numbers if count]
    return edition.words["tables"]["comma"].join(said)


def _in_a_line(found: Sequence[Settled], edition: Edition) -> str:
    return edition.words["tables"]["semicolon"].join(_names(found, edition)) + "."


def _names(found: Sequence[Settled], edition: Edition) -> Iterator[str]:
    words = edition.words["tables"]
    for kind in Verdict:
        its = [each for each in found if each.verdict is kind]
        if its:
            links = words["comma"].join(link(each.claim) for each in its)
            yield f"{capital(shown(its[0], edition))}{words['colon']}{links}"
