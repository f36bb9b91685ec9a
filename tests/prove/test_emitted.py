"""Refutations show in the generated code, and would not if it were other code."""

from types import SimpleNamespace

import pytest
import steprule.numpy
from steprule.codegen.prove.discover import builtin_claims
from steprule.codegen.prove.prove import prove
from steprule.codegen.verify.optimizers.replays import emitted, replay_generated

NAMES = ["adam-is-not-adamw", "adagrad-is-not-rmsprop"]


def test_which_are_emitted():
    claims = [builtin_claims()[name] for name in (*NAMES, "adam-epsilon-inside", "nesterov")]
    assert [s.claim.name for s in emitted(map(prove, claims))] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_generated_code_parts_as_the_algebra_says(name):
    replay = replay_generated(prove(builtin_claims()[name]), steprule.numpy)
    assert replay.agrees
    assert abs(replay.left - replay.right) > 0.01


def test_other_code_does_not_agree():
    settled = prove(builtin_claims()["adam-is-not-adamw"])
    swapped = SimpleNamespace(Adam=steprule.numpy.Adam, AdamW=steprule.numpy.Adam)
    assert not replay_generated(settled, swapped).agrees
