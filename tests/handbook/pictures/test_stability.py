"""The measured region of stability is the one that is proved."""

from dataclasses import replace

import numpy as np
import pytest
from steprule.codegen.handbook.pictures import stability
from steprule.codegen.handbook.pictures.stability import BETAS, CURVATURES, growth, limit
from steprule.specs.language.claims import Verdict

REGIONS = {"stability-momentum": {}, "stability-nesterov-generated": {"nesterov": True}}


# Every third column a day, the first and the last among them.
EVERY = [3, pytest.param(1, marks=pytest.mark.exhaustive)]


@pytest.fixture(scope="module", params=EVERY)
def betas(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stability, "BETAS", BETAS[:: request.param])
        yield stability.BETAS


@pytest.fixture(scope="module", params=REGIONS)
def region(request, betas, material):
    bound = material.settled[request.param].claim.bound
    return request.param, growth(material, REGIONS[request.param]), limit(bound)


def test_it_contracts_below_the_bound_and_grows_above(region, betas):
    _, grown, bound = region
    away = 0.05
    inside = bound[:, None] - away > CURVATURES
    outside = bound[:, None] + away < CURVATURES
    # At beta = 0.99 the iterates shrink by a half percent in each step.
    assert grown[inside].max() < 1
    assert grown[outside].min() > 1
    assert inside.sum() > 15 * len(betas) < outside.sum()


def test_the_growth_is_the_largest_root_in_size(region, betas):
    name, grown, _ = region
    beta, h = betas[:, None], CURVATURES
    if name == "stability-momentum":
        linear, constant = 1 + beta - h, beta + 0 * h
    else:
        linear, constant = (1 + beta) * (1 - h), beta * (1 - h)
    root = np.sqrt(linear**2 - 4 * constant + 0j)
    radius = np.maximum(np.abs(linear + root), np.abs(linear - root)) / 2
    # Near a double root t*z^t grows as z^t does only in the long run. Elsewhere sizes that turn
    # with the step are compared at different turns: a factor of ten in 160 steps is 1.5%.
    single = (np.abs(root) > 0.1) & (radius > 0.2)
    np.testing.assert_allclose(grown[single], radius[single], rtol=0.02)


@pytest.fixture
def few(monkeypatch):
    betas = BETAS[::22]
    monkeypatch.setattr(stability, "BETAS", betas)
    return betas


def test_the_line_is_the_claims_bound(material, english, few):
    panel = stability.momentum_region(material, english).picture.draw().axes[0]
    (line,) = panel.lines
    np.testing.assert_allclose(line.get_ydata(), 2 * (1 + few))
    assert line.get_label() == "proved bound"
    panel = stability.nesterov_region(material, english).picture.draw().axes[0]
    np.testing.assert_allclose(panel.lines[0].get_ydata(), 2 * (1 + few) / (1 + 2 * few))


@pytest.mark.usefixtures("few")
def test_a_bound_that_is_not_proved_is_not_said_to_be(material, english):
    name = "stability-momentum"
    broken = replace(material.settled[name], verdict=Verdict.REFUTED)
    changed = replace(material, settled={**material.settled, name: broken})
    shown = stability.momentum_region(changed, english)
    assert shown.picture.draw().axes[0].lines[0].get_label() == "claimed bound, not proved"
    before = stability.momentum_region(material, english)
    assert shown.picture.digest != before.picture.digest
