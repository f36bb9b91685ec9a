"""What is kept of peers, against what is declared of them, and what of them is installed.

A sample is found again each time, as far as its libraries are installed: of each kind of peer and
of each verdict one. All of them are by ``-m exhaustive``, as by ``steprule audit --peers``.
"""

from dataclasses import replace

import pytest
from steprule.codegen.audit.again import again
from steprule.codegen.loading.audited import FILE, Audited, audited, read, written
from steprule.codegen.loading.load import all_builtin, load
from steprule.codegen.loading.stacks import is_stack
from steprule.specs.language import Function, Schedules, Spec
from steprule.specs.peers import PEERS

KNOWN = {(each.name, each.of): each for each in audited() if not each.dtype}
OTHERS = [each for each in audited() if each.dtype]
FOUND = [each for each in audited() if each.found]
DAILY = (
    ("torch.optim.SGD", "SGD"),
    ("torch.optim.lr_scheduler.StepLR", "StepLR"),
    ("timm.scheduler.MultiStepLRScheduler", "MultiStepLR"),
    ("schedulefree.AdamWScheduleFree", "ScheduleFreeAdamW"),
    ("pytorch_optimizer.get_wsd_schedule", "WarmupStableDecayLR"),
)
SAMPLE = (
    ("torch.optim.NAdam", "NAdam"),
    ("optax.adan", "Adan"),
    ("optax.cosine_decay_schedule", "CosineAnnealingLR"),
    ("keras.optimizers.Lion", "Lion"),
    ("timm.optim.AdamWLegacy", "AdamW"),
    ("timm.optim.RMSpropTF", "RMSprop"),
    ("pytorch_optimizer.SAM(torch.optim.SGD)", "SAM"),
)


def test_the_file_is_what_is_written_of_it() -> None:
    assert written(read(FILE.read_text())) == FILE.read_text()


def test_each_is_there_once_and_names_a_spec() -> None:
    assert len(KNOWN) + len(OTHERS) == len(audited())
    for of in {of for _, of in KNOWN if not is_stack(of)}:
        (spec,) = load(of)
        assert spec.name == of


def test_what_is_declared_of_a_peer_is_what_was_found() -> None:
    """All equations, in the words in which they are declared, of peers that part."""
    for peer in PEERS:
        words = [d.words for d in peer.differences if d.equations]
        known = KNOWN[peer.name, peer.of]
        if known.found == "parts":
            assert [*known.declared] == words, peer.name
    declared = {(p.name, p.of) for p in PEERS}
    assert {key for key, each in KNOWN.items() if each.declared} <= declared


def test_what_parts_shows_it() -> None:
    for each in FOUND:
        assert bool(each.witness) == (each.found != "agrees"), each.name
        assert bool(each.relative) <= (each.found == "agrees"), each.name
        assert each.version, each.name
        assert not each.undeclared or each.declared, each.name


def test_faults_are_shown_and_explained() -> None:
    for each in (x for x in FOUND if x.fault):
        assert each.found != "agrees" or each.refuses, each.name


def test_all_of_torchs_are_audited() -> None:
    asked = [s for s in all_builtin().values() if not _asks_for_others(s)]
    drop_ins = {(s.peer, s.name) for s in asked if s.peer.startswith("torch.")}
    assert drop_ins <= {(x.name, x.of) for x in FOUND}


def _asks_for_others(spec: Spec) -> bool:
    """For schedules or functions, of which audits have none."""
    return any(
        isinstance(h, Schedules) or (isinstance(h, Function) and not h.optional) for h in spec.hyper
    )


@pytest.mark.parametrize(
    "key", [*DAILY, *(pytest.param(k, marks=pytest.mark.exhaustive) for k in SAMPLE)], ids=str
)
def test_it_is_found_again(key: tuple[str, str]) -> None:
    _is_found_again(KNOWN[key])


@pytest.mark.exhaustive
@pytest.mark.parametrize("known", FOUND, ids=lambda x: f"{x.name}-{x.of}-{x.dtype}")
def test_all_is_found_again(known: Audited) -> None:
    _is_found_again(known)


def _is_found_again(known: Audited) -> None:
    if not known.is_installed:
        pytest.skip(f"{known.package} is not installed")
    found = again(known)
    assert found.found == known.found
    if found.version == known.version:
        # What an error says, and last digits, differ from one version of NumPy to the next.
        both = [replace(x, relative=0.0, refuses=(), witness="") for x in (found, known)]
        assert written(both[:1]) == written(both[1:])


def test_what_is_set_of_a_group_is_not_said_to_lack() -> None:
    galore = KNOWN["pytorch_optimizer.GaLore", "GaLore"]
    assert not galore.lacks
    pytest.importorskip("pytorch_optimizer")
    bare = replace(galore, set=(), hold=("rank=1",), shapes=("0-d",))
    assert again(bare).lacks == ["rank", "update_proj_gap", "scale"]
    assert again(replace(bare, set=galore.set)).lacks == []
