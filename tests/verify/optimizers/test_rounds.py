"""Rounds that a device computes in bfloat16 are held against bounds that count it, on a CPU too."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.load import builtin
from steprule.codegen.oracle.formats import FORMATS
from steprule.codegen.program.compiled import compiled
from steprule.codegen.program.passes.expand import expand
from steprule.codegen.program.passes.in_full import in_full
from steprule.codegen.runtime.torch import _precision as ours
from steprule.codegen.verify.optimizers.bounds import bounds
from steprule.codegen.verify.optimizers.implementations import implementations
from steprule.codegen.verify.optimizers.starts import Installed
from steprule.codegen.verify.optimizers.verify import trials, verify
from steprule.specs.language import (
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    Update,
    grad,
    hyperparameters,
    iterate,
    t,
    theta,
)
from steprule.torch import _precision as precision
from steprule.torch import muon

(lr,) = hyperparameters("lr")
G = grad(theta[t - 1])
SINGLE, DOUBLE = FORMATS["float32"], FORMATS["float64"]
COARSE = 2.0**-8
"""Half an ulp of bfloat16 at 1."""


def tripled(rounds):
    """The gradient, three times as much a round."""
    update = Update(theta[t], theta[t - 1] - iterate(rounds, G, lambda X: 3 * X, dtype="bfloat16"))
    hyper = [Hyper(lr, "1", NON_NEGATIVE, "unused")]
    spec = Optimizer("Tripled", summary="s", source="s", hyper=hyper, states=[], updates=[update])
    spec = replace(spec, hyper=[])
    return expand(compiled(analyse(spec)).program)


def off(program, gradient, stored=SINGLE, computed=SINGLE):
    grad = np.full((1, 1), gradient)
    values = {"t": 1, "first": True, "theta": np.zeros((1, 1)), "grad": grad}
    return float(bounds(program, values, stored, computed)["theta"].off.item())


@pytest.mark.parametrize(
    ("gradient", "rounds", "halves"),
    [
        (1.0, 1, 2),  # one of the format, times 3: of size 3, where half an ulp is twice that at 1
        (1.0 + 2**-12, 1, 3 + 2),  # rounded at first, and three times that
        (1.0, 2, 3 * 2 + 8),  # 9 is at 8
    ],
)
def test_each_rounding_is_counted_at_its_reach(gradient, rounds, halves):
    # And the roundings of float32, 2**-16 of these, that of the difference among them.
    assert off(tripled(rounds), gradient) == pytest.approx(halves * COARSE, rel=2e-4)


def test_without_rounds_and_of_float64_nothing_is_coarse():
    assert off(tripled(0), 1.0 + 2**-12) < 2**-22
    assert off(tripled(1), 1.0 + 2**-12, DOUBLE, DOUBLE) < 2**-50
    assert off(in_full(tripled(1)), 1.0 + 2**-12) < 2**-21


@pytest.fixture
def coarse(monkeypatch):
    """The CPU as those that multiply few digits faster."""
    monkeypatch.setattr(precision, "CPU_MULTIPLIES_HALVES", True)


def failures(*, coarsens, dtype="float32"):
    """Which quantities of Muon fail that start from zero, after one round."""
    rule = compiled(builtin()["Muon"])
    ways = implementations(rule, Installed("steprule"), "cpu", dtype)
    ways = [replace(way, peer=None, coarsens=coarsens) for way in ways if "loop" in way.backend]
    tried = [
        (configuration, case)
        for configuration, case in trials(rule, dtype)
        if case.name == "from zero" and configuration.hyper["ns_steps"] == 1
    ]
    assert tried
    return {r.quantity for r in verify(rule, ways, tried) if r.ours.fails}


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "float64"])
def test_muon_passes_as_other_devices_compute_it(coarse, dtype):
    assert not failures(coarsens=True, dtype=dtype)


def test_bounds_of_full_rounds_are_for_full_rounds(coarse):
    assert failures(coarsens=False) == {"theta"}


def test_bounds_of_coarse_rounds_still_tell_a_wrong_coefficient(coarse, monkeypatch):
    def wrong(function):
        return lambda rounds, x, a, b, c: function(rounds, x, a, b, c / 2)

    for name in ("_iterated", "_iterated2"):
        monkeypatch.setattr(muon, name, wrong(getattr(muon, name)))
    assert failures(coarsens=True) == {"theta"}


@pytest.mark.parametrize("is_fast", [False, True])
def test_where_few_digits_are_faster_it_is_said_so(monkeypatch, is_fast):
    monkeypatch.setattr(ours, "CPU_MULTIPLIES_HALVES", is_fast)
    monkeypatch.setattr(precision, "CPU_MULTIPLIES_HALVES", is_fast)
    rule = compiled(builtin()["Muon"])
    for device, coarsens in (("cpu", is_fast), ("cuda:0", True)):
        ways = implementations(rule, Installed("steprule"), device, "float32", without=("numba",))
        assert {w.coarsens for w in ways if w.backend.startswith("torch")} == {coarsens}
        assert {w.coarsens for w in ways if w.backend == "numpy"} <= {False}
    x = torch.ones(2, 2)
    assert precision.coarser(x, torch.bfloat16).dtype == (torch.bfloat16 if is_fast else x.dtype)
    assert precision.coarser(x.double(), torch.bfloat16).dtype == torch.float64
