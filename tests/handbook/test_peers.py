"""What is declared of other libraries, against what of them is installed."""

import importlib
import inspect
from fractions import Fraction

import pytest
from steprule.codegen.loading.load import all_builtin
from steprule.codegen.prove.discover import builtin_claims
from steprule.specs.language import Hyper, Option
from steprule.specs.language.peers import Peer
from steprule.specs.peers import PEERS

SPECS = all_builtin()
OF_TORCH = [peer for peer in PEERS if peer.library == "torch"]


@pytest.mark.parametrize("peer", OF_TORCH, ids=lambda peer: peer.name)
def test_defaults_are_those_of_the_installed_torch(peer: Peer) -> None:
    module, _, name = peer.name.rpartition(".")
    signature = inspect.signature(getattr(importlib.import_module(module), name))
    empty = inspect.Parameter.empty
    compared = 0
    for h in SPECS[peer.of].hyper:
        argument = h.argument if isinstance(h, Hyper) and h.argument else h.name
        if not isinstance(h, Hyper | Option) or argument not in signature.parameters:
            continue
        there = signature.parameters[argument].default
        if isinstance(h, Option):
            assert there is h.default, argument
        elif h.argument:
            members = [m for m in SPECS[peer.of].hyperparameters if m.argument == h.argument]
            there = there[members.index(h)]
        if isinstance(h, Hyper):
            here = "" if h.derived is not None else peer.defaults.get(h.name, h.default)
            if there is empty or there is None:
                assert here == "", argument
            else:
                assert float(Fraction(here)) == pytest.approx(there, rel=1e-15), argument
        compared += 1
    assert compared


def test_every_drop_in_is_among_the_peers() -> None:
    declared = {peer.name for peer in OF_TORCH if peer.name.startswith("torch.optim.")}
    drop_ins = {s.peer for s in SPECS.values() if s.peer}
    assert {name for name in drop_ins if name.count(".") == 2} <= declared


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_differences_speak_of_the_spec(peer: Peer) -> None:
    spec = SPECS[peer.of]
    known = {h.name for h in spec.hyper}
    computed = {u.target.name for u in spec.updates} | {s.name for s in spec.states}
    assert peer.defaults.keys() <= known
    for difference in peer.differences:
        for update in difference.equations:
            assert update.target.name in computed | {"thetabar"}
            own = [u for u in spec.updates if u.target == update.target]
            assert update.value not in [u.value for u in own]
        if difference.claim:
            assert difference.claim in builtin_claims()
