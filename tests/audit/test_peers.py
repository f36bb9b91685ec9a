"""What is kept of peers, against what of them is installed."""

import pytest
from steprule.codegen.audit.peers import FILE, Audited, again, audited, is_installed, written
from steprule.specs.peers import PEERS

KNOWN = {each.name: each for each in audited()}
DAILY = ("torch.optim.SGD", "torch.optim.NAdam")


def test_the_file_is_what_is_written_of_it() -> None:
    assert written(audited()) == FILE.read_text()


def test_all_are_among_the_peers_and_all_of_torch_are_audited() -> None:
    declared = {(peer.of, peer.name) for peer in PEERS}
    assert {(each.of, each.name) for each in KNOWN.values()} <= declared
    torchs = {n for _, n in declared if n.startswith("torch.optim.") and n.count(".") == 2}
    assert torchs <= {name for name, each in KNOWN.items() if each.found}


def test_what_parts_shows_it() -> None:
    for each in KNOWN.values():
        assert bool(each.witness) == (each.found not in ("agrees", ""))
        assert bool(each.version) == bool(each.found)


@pytest.mark.parametrize("name", DAILY)
def test_it_is_found_again(name: str) -> None:
    _is_found_again(KNOWN[name], steps=3)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", KNOWN)
def test_all_is_found_again(name: str) -> None:
    if not is_installed(KNOWN[name]):
        pytest.skip("its package is not installed")
    _is_found_again(KNOWN[name])


def _is_found_again(known: Audited, **how: int) -> None:
    found = again(known, **how)
    assert (found.found, found.declared) == (known.found, known.declared)
