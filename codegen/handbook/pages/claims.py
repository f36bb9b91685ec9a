"""The pages of claims: one a module of declarations, and one that lists them all."""

from collections import Counter
from collections.abc import Mapping

from ....specs.language.claims import Verdict
from ...forks import shared_out
from ...loading.load import transforms
from ...prove.discover import modules
from ...prove.prove import Settled
from ..edition import Edition
from ..markdown import environment, folded
from ..material import Material
from ..page import Page
from ..proofs.claims import badge, link, said, target
from ..proofs.derivation import argued, stated
from ..proofs.relations import relations
from .uses import uses


def claim_pages(material: Material, edition: Edition) -> list[Page]:
    """An index and a page a module; where specs were chosen, of the claims about them alone."""
    shown = _by_module(material)
    if not shown:
        return []
    words = edition.words["claims"]
    templates = environment(
        {
            "badge": lambda each: badge(each, edition),
            "argued": lambda each: argued(each, edition),
            "folded": folded,
            "joined": edition.words["tables"]["comma"].join,
            "link": link,
            "said": lambda text: said(text, edition),
            "stated": lambda each: stated(each, edition),
            "target": target,
        }
    )
    titles = claim_titles(material, edition)
    index = templates.get_template("claims_index.md.j2").render(
        counts=_counts(shown, edition), modules=shown, titles=titles, words=words
    )
    template = templates.get_template("claims.md.j2")
    used = uses(material, edition)

    def text(module: str) -> str:
        return template.render(title=titles[module], settled=shown[module], used=used, words=words)

    texts = zip(shown, shared_out(text, [*shown]), strict=True)
    return [Page("claims/index", index), *(Page(f"claims/{m}", text) for m, text in texts)]


def claim_titles(material: Material, edition: Edition) -> Mapping[str, str]:
    """The titles of the pages, by what they are called; those of files are the files' names."""
    own = {page: f"{page.removeprefix('of_')}.py" for page in material.own}
    return {**edition.words["claims"], **own}


def _by_module(material: Material) -> Mapping[str, list[Settled]]:
    """Those to be shown: all there are, or those on the specs chosen and what serves them.

    Of the files that the specs are from, all that they claim.
    """
    settled = material.settled
    subjects = (*material.specs, *(transforms().values() if material.optimizers else ()))
    chosen = {s.claim.name for spec in subjects for s in relations(spec, settled)}
    shown = {
        module: [
            settled[claim.name] for claim in claims if material.is_complete or claim.name in chosen
        ]
        for module, claims in modules().items()
    }
    shown |= {page: [settled[c.name] for c in claims] for page, claims in material.own.items()}
    return {module: found for module, found in shown.items() if found}


def _counts(shown: Mapping[str, list[Settled]], edition: Edition) -> str:
    every = [each for settled in shown.values() for each in settled]
    found = Counter(each.verdict for each in every)
    words = edition.words["claims"]
    said = words["counts"].format(
        total=len(every), **{verdict.value.lower(): found[verdict] for verdict in Verdict}
    )
    odd = sum(not each.is_as_expected for each in every)
    return f"{said} {words['not-as-expected'].format(count=odd)}" if odd else said
