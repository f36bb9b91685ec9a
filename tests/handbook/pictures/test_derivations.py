"""What the pictures of derivations show, against what is known in closed form."""

import numpy as np
import pytest
from steprule.codegen.handbook.pictures import (
    correction,
    damping,
    digits,
    forgetting,
    noise,
    shrinkage,
)


def test_the_coordinates_of_descent_follow_its_powers(material, english):
    shown = damping.damping(material, english)
    steep, flat = shown.picture.draw().axes
    k = np.arange(51)
    np.testing.assert_allclose(steep.lines[0].get_ydata(), 0.4 * (-0.98) ** k, rtol=1e-12)
    np.testing.assert_allclose(flat.lines[0].get_ydata(), -4 * (1 - 0.0198) ** k, rtol=1e-12)
    # Momentum's roots are complex, of size sqrt(0.9), on both.
    for panel in (steep, flat):
        assert abs(panel.lines[1].get_ydata()[-1]) < 10 * 0.9**25
    assert "0.0198" in shown.caption


def test_without_the_correction_the_first_steps_are_too_long(material, english):
    corrected, without = correction.correction(material, english).picture.draw().axes[0].lines
    t = np.arange(1, correction.STEPS + 1)
    np.testing.assert_array_equal(corrected.get_xdata(), t)
    np.testing.assert_allclose(corrected.get_ydata(), 1, rtol=1e-7)
    averages = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    np.testing.assert_allclose(without.get_ydata(), averages, rtol=1e-6)


def test_only_the_powers_of_the_step_go(material):
    adam = next(s for s in material.optimizers if s.name == "Adam")
    changed = [
        (old.target.name, new.value)
        for old, new in zip(adam.updates, correction.uncorrected(adam).updates, strict=True)
        if old != new
    ]
    assert [(name, str(value)) for name, value in changed] == [
        ("mhat", "m[t]"),
        ("vhat", "vtilde[t]"),
    ]


def test_the_smaller_the_batches_the_rougher_the_way(material, monkeypatch):
    monkeypatch.setattr(noise, "STEPS", 40)
    rule, data = material.module("numpy.sgd").SGD, digits.shuffled()
    runs = [noise.losses(rule(lr=noise.RATE, engine="numpy"), size, data) for size in (1, 32, 1437)]
    stochastic, mini, batch = (np.diff(run) for run in runs)
    assert (batch < 0).all()
    assert stochastic.std() > 3 * mini.std() > 3 * batch.std() / 3
    assert len({float(run[0]) for run in runs}) == 1


def test_adam_forgets_what_amsgrad_keeps(material, monkeypatch):
    monkeypatch.setattr(forgetting, "CYCLES", 16)
    rule = material.module("numpy.adam").Adam

    def found(kept):
        return forgetting.positions(rule(lr=0.05, betas=(0.9, 0.99), amsgrad=kept, engine="numpy"))

    adam, amsgrad = found(False), found(True)
    assert forgetting.LARGE + 100 * forgetting.SMALL > 0  # so that -1 is best
    assert (np.diff(adam[2:8]) > 0).all()
    assert adam[-1] > 0.5
    assert (np.diff(amsgrad[2:]) < 0).all()


def test_decoupled_decay_is_the_same_for_all_and_l2_is_not(material):
    decoupled = shrinkage.left(material.module("numpy.adamw").AdamW)
    by_l2 = shrinkage.left(material.module("numpy.adam").Adam)
    shrunk = (1 - shrinkage.RATE * shrinkage.DECAY) ** shrinkage.STEPS
    # Steps of a size up to the rate, in random directions: a walk, and the mean of its draws.
    error = shrinkage.RATE * (3 * shrinkage.STEPS / shrinkage.DRAWS) ** 0.5
    np.testing.assert_allclose(decoupled, shrunk, rtol=0, atol=4 * error)
    assert by_l2[0] < 0.1 < 0.9 < by_l2[-1]
    assert (np.diff(by_l2) > -error).all()


@pytest.mark.parametrize("make", [noise.noise, shrinkage.shrinkage])
def test_the_lines_are_named(make, material, english, monkeypatch):
    monkeypatch.setattr(noise, "STEPS", 8)
    shown = make(material, english)
    (panel,) = shown.picture.draw().axes
    assert len({line.get_label() for line in panel.lines}) == len(panel.lines) >= 2
    assert "{" not in shown.caption
