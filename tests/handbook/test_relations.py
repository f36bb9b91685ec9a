"""Which claims a spec's page shows."""

from dataclasses import replace

import pytest
from steprule.codegen.handbook.edition import edition
from steprule.codegen.handbook.proofs.claims import target
from steprule.codegen.handbook.proofs.relations import related, relations
from steprule.codegen.loading.load import all_builtin, transforms
from steprule.codegen.loading.stacks import operators
from steprule.codegen.prove.discover import builtin_claims
from steprule.specs.language import Update, t, theta
from steprule.specs.language.claims import Equivalence, Stability, Verdict

EDITION = edition()
KNOWN = all_builtin()


def names(spec, settled) -> list[str]:
    return [each.claim.name for each in relations(spec, settled)]


def test_every_claim_is_about_something_there_is():
    there = {*KNOWN, *transforms(), *operators()}
    for claim in builtin_claims().values():
        assert claim.about, claim.name
        assert set(claim.about) <= there, claim.name
        assert len(set(claim.about)) == len(claim.about), claim.name


def test_a_claim_with_a_built_in_side_is_about_it(settled):
    own = {id(spec): spec for spec in KNOWN.values()}
    for claim in builtin_claims().values():
        sides = []
        if isinstance(claim, Equivalence):
            sides = [claim.left.spec, claim.right.spec]
        if isinstance(claim, Stability):
            sides = [claim.side.spec]
        for side in sides:
            if id(side) in own:
                assert claim.name in names(side, settled)


@pytest.mark.parametrize(
    ("spec", "shown", "absent"),
    [
        (
            "SGD",
            "nesterov stability-momentum momentum-unrolled estimator-settled",
            "adam-rate-form",
        ),
        ("Adam", "average-corrected adam-is-not-adamw amsgrad-optax decay-adam", "nesterov"),
        ("AdamW", "adam-is-not-adamw adamw-decay-after", "amsgrad-optax"),
        ("Adamax", "adamax-limit", "adam-generated"),
        ("NAdam", "nadam-look-ahead average-unrolled", "nesterov"),
        ("RMSprop", "adam-rmsprop rmsprop-generated", "adagrad-generated"),
        ("CosineAnnealingLR", "cosine-period chain-to-a-floor", "step-of-exponential"),
        ("StepLR", "steps-between", "cosine-period"),
    ],
)
def test_what_specs_show(spec, shown, absent, settled):
    found = names(KNOWN[spec], settled)
    assert set(shown.split()) <= set(found)
    assert absent not in found


def test_a_transform_shows_its_claims(settled):
    found = names(transforms()["ClipByNorm"], settled)
    assert {"clip-generated", "clip-printed", "clip-shortens"} <= set(found)


def test_a_spec_of_ones_own_shows_none(settled):
    sgd = KNOWN["SGD"]
    assert relations(replace(sgd, name="MySGD"), settled) == []
    # Nor does one that only has the name: the claims are about other equations.
    *before, step = sgd.updates
    climbing = Update(step.target, 2 * theta[t - 1] - step.value)
    assert relations(replace(sgd, updates=[*before, climbing]), settled) == []


def test_a_proved_claim_in_short(settled):
    text = related(settled["nesterov"], EDITION)
    assert text == (
        "Nesterov's look-ahead is momentum with the difference of successive gradients added. "
        "{bdg-success}`Proved` ([proof](#claim-nesterov))\n"
    )
    assert target(settled["nesterov"].claim) == "claim-nesterov"


def test_a_refuted_claim_in_short_has_its_witness(settled):
    text = related(settled["average-uncorrected"], EDITION)
    statement, witness = text.strip().split("\n\n")
    assert statement.endswith("([derivation](#claim-average-uncorrected))")
    # (1 - (1/8)**5) * 5/8 by hand
    assert "$t = 5$, $\\beta_1 = 1/8$, $g = 5/8$" in witness
    assert "$163835/262144$" in witness
    assert "$5/8$" in witness


def test_a_broken_claim_in_short_is_an_error(settled):
    claim = replace(settled["average-uncorrected"].claim, expected=Verdict.PROVED)
    text = related(replace(settled["average-uncorrected"], claim=claim), EDITION)
    assert "{bdg-danger}`Refuted`" in text
    assert ":::{error}\nThis claim is broken: expected **Proved**, found **Refuted**." in text
    assert text.count("163835/262144") == 1
