"""What is declared of other libraries, and how audits of them are shown."""

from types import SimpleNamespace
from typing import cast

import pytest
from steprule.codegen.handbook import edition as editions
from steprule.codegen.handbook.edition import Edition
from steprule.codegen.handbook.markdown import code
from steprule.codegen.handbook.material import Material
from steprule.codegen.handbook.pages.elsewhere import elsewhere_page
from steprule.codegen.handbook.rules.peers import peers_list, shown
from steprule.codegen.handbook.writer import Writer
from steprule.codegen.loading.audited import audited
from steprule.codegen.loading.load import all_builtin, load
from steprule.codegen.prove.discover import builtin_claims
from steprule.specs.language.peers import Peer
from steprule.specs.peers import PEERS

SPECS = all_builtin()


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: f"{peer.name}-{peer.of}")
def test_differences_speak_of_the_spec(peer: Peer) -> None:
    (spec,) = load(peer.of)
    kept = [*spec.states, *(s for d in peer.differences for s in d.states)]
    computed = {u.target.name for u in spec.updates} | {s.name for s in kept}
    assert peer.differences
    for difference in peer.differences:
        assert difference.equations or difference.claim
        for update in difference.equations:
            assert update.target.name in computed | {"thetabar"}
            own = [u for u in spec.updates if u.target == update.target]
            assert update.value not in [u.value for u in own]
        if difference.claim:
            assert difference.claim in builtin_claims()


# Nothing is proved in it: what claims say of a difference stands without a badge.
MATERIAL = cast(Material, SimpleNamespace(settled={}, is_complete=True))


def test_every_audit_is_on_one_page_and_faults_are_told(edition: Edition) -> None:
    (page,) = elsewhere_page(MATERIAL, edition)
    for each in (x for x in audited() if x.found):
        assert f"`{each.name}`" in page.text
        assert not each.fault or f"{each.version}: {each.fault}." in page.text


def test_a_rule_has_what_was_found_under_its_name(edition: Edition) -> None:
    """The epsilon of Keras's Adagrad stands under the root, and its decay is decoupled."""
    text = peers_list(SPECS["Adagrad"], MATERIAL, edition)
    (row,) = [line for line in text.splitlines() if "`keras.optimizers.Adagrad`" in line]
    assert "differs, in just the way described here" in row
    assert "epsilon stands under the root" in row
    assert "lr=1, weight_decay=1: from 1 by 1 to -1, not 5e-11" in row
    assert "`lr` $0.001$" in row


def test_the_numbers_that_show_a_difference_are_told_in_every_language(edition: Edition) -> None:
    told = {each.witness for each in audited() if each.witness}
    assert {w for w in told if shown(w, Writer(edition, "peers")) != code(w)} == set()
    chinese = Writer(editions.edition("zh"), "peers")
    assert {w for w in told if "应为" not in shown(w, chinese)} == set()
