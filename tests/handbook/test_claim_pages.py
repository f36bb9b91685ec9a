"""The pages of claims: each claim stands on one of them, and the index counts them all."""

import re
from collections import Counter
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from steprule.codegen.handbook.edition import edition
from steprule.codegen.handbook.material import Material
from steprule.codegen.handbook.pages.claims import claim_pages
from steprule.codegen.handbook.proofs.claims import printer, said
from steprule.codegen.handbook.proofs.relations import relations
from steprule.codegen.loading.load import all_builtin
from steprule.codegen.prove.discover import builtin_claims, modules
from steprule.codegen.prove.identity import parts_of
from steprule.codegen.prove.prove import prove
from steprule.specs import claims
from steprule.specs.language import (
    POSITIVE,
    Hyper,
    Schedule,
    Update,
    eta,
    hyperparameters,
    lr,
    step,
)
from steprule.specs.language.claims import Claim, Equivalence, Identity, Part, Verdict

EDITION = edition()


def material(settled, *names: str) -> Material:
    known = all_builtin()
    return Material(
        specs=tuple(known[name] for name in names),
        builtin=frozenset(known),
        is_complete=False,
        code={},
        module=import_module,
        settled=settled,
    )


@pytest.fixture(scope="session")
def texts(pages):
    return {name: page.text for name, page in pages.items() if name.startswith("claims/")}


def test_an_identity_of_ones_own():
    """About a schedule of one's own it stands in its notation, else in the names' own."""
    (half_life,) = hyperparameters("half_life")
    mine = Schedule(
        "Mine",
        summary="The rate by how long it takes to fall.",
        source="nobody",
        hyper=[Hyper(half_life, "10", POSITIVE, "steps", latex="H")],
        updates=[Update(eta[step], lr / half_life)],
        example={"lr": "0.1"},
    )
    part = Part("the rate", half_life * lr / half_life, lr)
    free = Identity("of-nothing", "It cancels.", (part,), Verdict.PROVED)
    about = replace(free, name="of-mine", about=(mine,))
    proved = {claim.name: prove(claim) for claim in (free, about)}
    own = replace(material(proved, "AdamW"), specs=(mine,), own={"of_mine": [free, about]})
    pages = {page.name: page.text for page in claim_pages(own, EDITION)}
    assert targets(pages["claims/of_mine"]) == ["of-nothing", "of-mine"]
    assert printer(about).expression(half_life) == "H"
    assert printer(free).expression(half_life) != "H"
    assert [each.claim.name for each in relations(mine, proved)] == ["of-mine"]


def targets(text: str) -> list[str]:
    return re.findall(r"^\(claim-(.+)\)=$", text, re.MULTILINE)


def test_every_claim_has_one_place(texts, settled):
    everywhere = [name for text in texts.values() for name in targets(text)]
    assert sorted(everywhere) == sorted(settled)


def test_a_claim_stands_with_the_module_that_declares_it():
    folder = Path(claims.__path__[0])
    for module, declared in modules().items():
        source = (folder / f"{module}.py").read_text()
        assert all(f'"{claim.name}"' in source for claim in declared)
    assert sum(map(len, modules().values())) == len(builtin_claims())


def test_a_page_begins_with_its_title_and_folds_what_it_proves(texts):
    for name, text in texts.items():
        assert text.startswith("# ")
        if name != "claims/index":
            assert text.count("{dropdown} Proof\n") + text.count("{dropdown} Derivation\n") == len(
                targets(text)
            )


def test_a_claim_leads_to_where_it_is_used(texts):
    (used,) = re.findall(
        r"\(claim-nesterov\)=.*?^Used in (.*)\.$", texts["claims/momentum"], re.M | re.S
    )[:1]
    assert "[](/nesterov.md)" in used
    assert "[SGD](/optimizers/sgd.md)" in used
    assert "[Adam]" not in used


def test_the_index_lists_and_counts_all(texts, settled):
    index = texts["claims/index"]
    assert sorted(re.findall(r"\]\(#claim-(.+?)\)", index)) == sorted(settled)
    found = Counter(claim.expected for claim in builtin_claims().values())
    proved, refuted = found[Verdict.PROVED], found[Verdict.REFUTED]
    assert (
        f"Of {len(settled)} claims, {proved} are proved and {refuted} are shown by counterexample;"
        in index
    )
    assert "not as their authors expect" not in index
    assert index.count("{bdg-success}") == proved
    assert index.count("{bdg-secondary}") == refuted


def test_a_broken_claim_is_counted_and_red(settled):
    name = "adamax-limit"
    flipped = replace(settled[name].claim, expected=Verdict.REFUTED)
    broken = settled | {name: replace(settled[name], claim=flipped)}
    texts = {page.name: page.text for page in claim_pages(material(broken, "Adamax"), EDITION)}
    assert "1 of them are not as their authors expect" in texts["claims/index"]
    assert "{bdg-danger}`Proved`" in texts["claims/index"]
    assert "expected **Refuted**, found **Proved**" in texts["claims/limits"]


def test_of_chosen_specs_only_their_claims_are_shown(settled):
    pages = claim_pages(material(settled, "Adamax"), EDITION)
    # Clipping serves every optimizer, and so has its page beside them.
    shown = {"claims/index", "claims/averages", "claims/clipping", "claims/limits"}
    assert {page.name for page in pages} == shown
    assert "nesterov" not in "".join(page.text for page in pages)


def test_specs_without_claims_have_no_such_pages(settled):
    assert claim_pages(material(settled, "ConstantLR"), EDITION) == []


def _texts(claim: Claim) -> list[str]:
    parts = [] if isinstance(claim, Equivalence) else [part.what for part in parts_of(claim)]
    sides = [claim.left.spec, claim.right.spec] if isinstance(claim, Equivalence) else []
    sources = [claim.source, *(side.source for side in sides)]
    return [claim.statement, *claim.assumptions, *parts, *sources]


def test_texts_with_their_formulas_set_are_those_of_claims():
    spoken = {text for claim in builtin_claims().values() for text in _texts(claim)}
    assert EDITION.words["statements"].keys() <= spoken


def test_set_texts_have_the_numbers_of_the_plain_ones():
    """A digit that is lost or added between the two is a slip of the pen."""
    for plain, text in EDITION.words["statements"].items():
        assert sorted(re.findall(r"\d", plain)) == sorted(re.findall(r"\d", text)), plain


def test_what_no_formula_is_in_is_escaped():
    assert said("clip_grad_norm_ of 2 * 3", EDITION) == r"clip\_grad\_norm\_ of 2 \* 3"
