"""Paths: the steps are the rule's own, and the rate is the best of the list."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from steprule.codegen.handbook.markdown import figure
from steprule.codegen.handbook.pictures import paths, training
from steprule.codegen.handbook.pictures.descent import Path, best_descent, descend
from steprule.codegen.handbook.pictures.drawn import MOST, is_drawn, side_by_side
from steprule.codegen.handbook.pictures.landscapes import BEALE, LANDSCAPES, RAVINE
from steprule.codegen.handbook.pictures.variants import RATES, compared, plain, variants
from steprule.codegen.loading.load import builtin
from steprule.specs.language import (
    NON_NEGATIVE,
    Constraint,
    Hyper,
    Optimizer,
    State,
    Update,
    grad,
    hyperparameters,
    states,
    t,
    theta,
)
from steprule.specs.language.declarations import Shape
from sympy import exp

OWN = """
from steprule.specs.language import (
    NON_NEGATIVE, Hyper, Optimizer, Update, grad, hyperparameters, t, theta
)

(pace,) = hyperparameters("pace")
own = Optimizer(
    "Own",
    summary="Descent at a pace.",
    source="none",
    hyper=[Hyper(pace, "0.005", NON_NEGATIVE, "how fast")],
    states=[],
    updates=[Update(theta[t], theta[t - 1] - pace * grad(theta[t - 1]))],
)
"""


def panels(shown):
    """By the title of each panel, its lines' labels with their points."""
    return {
        panel.get_title(): {line.get_label(): line.get_xydata() for line in panel.lines[:-2]}
        for panel in shown.picture.draw().axes
    }


def on_the_ravine(shown):
    """The title of the first panel, and what it shows."""
    return next(iter(panels(shown).items()))


def named(material, name):
    return next(s for s in material.optimizers if s.name == name)


def test_the_steps_of_descent_are_those_by_hand(material):
    path = descend(plain(named(material, "SGD"), material).made(0.01), RAVINE)
    # On a quadratic of curvature h a step takes away the fraction lr*h: 0.01, and all of it.
    np.testing.assert_allclose(path.points[:4, 0], -4 * 0.99 ** np.arange(4), rtol=1e-14)
    np.testing.assert_allclose(path.points[:4, 1], [0.4, 0, 0, 0], atol=1e-15)
    assert len(path.points) == RAVINE.steps + 1
    assert path.is_whole
    np.testing.assert_allclose(path.losses[0], 16)


def test_so_are_those_with_momentum_and_with_nesterovs(material, english):
    _, momentum, nesterov = variants(named(material, "SGD"), material, english.words["pictures"])
    heavy = descend(momentum.made(0.01), RAVINE).points[:, 0]
    # b = -4, then 0.9*(-4) - 3.96.
    np.testing.assert_allclose(heavy[:3], [-4, -3.96, -3.96 + 0.01 * (3.6 + 3.96)])
    ahead = descend(nesterov.made(0.01), RAVINE).points[:, 0]
    np.testing.assert_allclose(ahead[:2], [-4, -4 + 0.01 * (4 + 0.9 * 4)])


def test_the_rate_is_the_best_of_the_list(material):
    variant = plain(named(material, "SGD"), material)
    rate, path = best_descent(variant, RAVINE)
    # Beyond 2/100 the steep coordinate grows, and at 2/100 it swings for ever.
    assert rate == 0.01
    ends = {r: descend(variant.made(r), RAVINE) for r in RATES if r < 0.02}
    assert min(ends, key=lambda r: ends[r].losses[-10:].max()) == rate
    np.testing.assert_array_equal(path.points, ends[rate].points)


def test_a_lucky_end_or_an_early_one_does_not_win():
    def score(losses, *, is_whole=True):
        return Path(np.zeros((len(losses), 2)), np.array(losses), is_whole).score

    steady, lucky = [9.0] * 30 + [1.0] * 10, [9.0] * 39 + [0.0]
    assert score(steady) < score(lucky)
    assert score(steady) < score([0.0] * 40, is_whole=False)
    assert score([9.0] * 5, is_whole=False) < score([0.0] * 4, is_whole=False)


def test_the_list_of_rates_is_the_one_the_caption_states():
    assert len(RATES) == 21
    assert RATES[:4] == (1e-4, 2e-4, 5e-4, 1e-3)
    assert RATES[-1] == 500


def test_the_picture_shows_the_paths(material, english):
    picture = paths.paths(named(material, "SGD"), material, english)
    shown, caption = panels(picture), picture.caption
    assert [title.partition("\n")[0] for title in shown] == [
        english.words["pictures"][f"landscape-{landscape.name}"] for landscape in LANDSCAPES
    ]
    title, ravine = next(iter(shown.items()))
    assert r"$- \frac{\theta_{2}^{2}}{2}$ $+\frac{\theta_{2}^{4}}{4}$" in caption
    assert title.endswith("\nlr 0.01, 0.005, 0.005")
    assert list(ravine) == ["SGD", "SGD, momentum 0.9", "SGD, Nesterov 0.9"]
    np.testing.assert_allclose(ravine["SGD"][-1], [-4 * 0.99**50, 0], atol=1e-15)


SLOW = {
    # Their own rates begin with a millionth of the parameter's size, and grow.
    **{"DoG": 0.5, "LDoG": 0.5, "DoWG": 0.8},
    **{"DAdaptAdaGrad": 0.8, "DAdaptAdan": 1, "DAdaptLion": 1},
    # The first steps are plain momentum's, which steep walls keep to small rates.
    **{"RAdam": 0.5, "Ranger": 0.6},
    # They follow averages that reach far back, or take a thousandth of the parameter's size.
    **dict.fromkeys(("GrokFastAdamW", "LARC", "PNM", "SimplifiedAdEMAMix"), 0.5),
    # It has no rate to be chosen, and takes gradients to change less than across a ravine.
    "A2Grad": 1 + 1e-9,
    "AdaShift": 0.5,  # steps once it has ten gradients
}
"""What has not come near in the steps that there are, and the part of the way that is left."""


@pytest.mark.exhaustive
def test_all_rules_come_near_the_minimum(material, english):
    for landscape in LANDSCAPES:
        start = landscape.value(*landscape.start)
        lowest = landscape.value(*landscape.minima[0])
        for spec in filter(is_drawn, material.optimizers):
            label = spec.name
            points = best_descent(plain(spec, material), landscape)[1].points
            part = SLOW.get(label, 0.3)
            assert landscape.value(*points[-1]) - lowest < part * (start - lowest), label


def test_no_more_rules_than_a_page_takes_are_side_by_side(material, english):
    words = english.words["pictures"]
    found = compared(side_by_side(material.optimizers), material, words)
    assert 1 < len(found) <= MOST
    assert {"SGD", "SGD, momentum 0.9", "Adam"} <= {variant.label for variant in found}
    few = material.optimizers[:3]
    assert side_by_side(few) == [*filter(is_drawn, few)]


def test_each_of_several_has_a_panel(material_of, english):
    with material_of("sgd", "adam") as two:
        found = panels(paths.all_paths(RAVINE, two, english))
    assert list(found) == ["SGD\nlr 0.01", "SGD, momentum 0.9\nlr 0.005", "Adam\nlr 0.5"]
    for title, shown in found.items():
        assert list(shown) == [title.partition("\n")[0]]
    np.testing.assert_allclose(found["SGD\nlr 0.01"]["SGD"][-1], [-4 * 0.99**50, 0], atol=1e-15)


def test_a_descent_that_leaves_the_frame_ends_there_without_a_warning(material):
    variant = plain(named(material, "SGD"), material)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for rate in (1.0, 1e200, np.inf):
            path = descend(variant.made(rate), BEALE)
            assert not path.is_whole
            assert len(path.points) < BEALE.steps
            assert all(BEALE.holds(point) for point in path.points)


def test_a_coefficient_changes_the_digest_and_the_path(material, english, material_of):
    sgd = builtin()["SGD"]
    *before, last = sgd.updates
    step = last.value - theta[t - 1]
    halved = replace(sgd, updates=(*before, Update(last.target, theta[t - 1] + step / 2)))
    old = paths.paths(named(material, "SGD"), material, english)
    with material_of(halved) as changed:
        new = paths.paths(changed.optimizers[0], changed, english)
        assert new.picture.digest != old.picture.digest
        variant = plain(changed.optimizers[0], changed)
        points = descend(variant.made(0.01), RAVINE).points
    np.testing.assert_allclose(points[1], [-4 * 0.995, 0.2], rtol=1e-14)


def test_what_stays_the_same_has_the_same_digest(material, english, material_of):
    adam = paths.paths(named(material, "Adam"), material, english)
    with material_of("adam") as alone:
        again = paths.paths(alone.optimizers[0], alone, english)
    assert again.picture.digest == adam.picture.digest
    assert paths.paths(named(material, "AdamW"), material, english).picture.digest not in (
        adam.picture.digest,
        again.picture.digest,
    )


def test_other_words_are_drawn_again_and_another_caption_is_not(material, english):
    words = english.words["pictures"]

    def digest(**changed):
        texts = replace(english, words={"pictures": words | changed})
        return paths.paths(named(material, "Adam"), material, texts).picture.digest

    assert digest(**{"label-rate": "{name} at {rate}"}) != digest()
    assert digest(**{"path-alt": "A path."}) == digest()


def test_a_rule_of_ones_own_without_a_learning_rate(tmp_path, english, material_of):
    (tmp_path / "own.py").write_text(OWN)
    with material_of(str(tmp_path / "own.py"), "sgd") as material:
        shown = paths.paths(material.optimizers[0], material, english)
        title, found = on_the_ravine(shown)
        compared = training.training(material.optimizers[0], material, english)
    assert compared.picture.name == "training/own"
    assert title == english.words["pictures"]["landscape-ravine"]  # and no rate
    assert list(found) == ["Own"]
    np.testing.assert_allclose(found["Own"][1], [-4 * 0.995, 0.2], rtol=1e-14)
    assert "Own" in shown.caption
    assert figure(*shown).startswith(":::{figure} /pictures/paths/own.*\n")


def test_a_rule_that_overflows_is_drawn_as_far_as_it_goes(english, material_of):
    """A scalar state is worked out by Python, which raises where NumPy gives infinity."""
    (lr,) = hyperparameters("lr")
    (c,) = states("c")
    rule = Optimizer(
        "Bursting",
        summary="Its rate grows.",
        source="none",
        hyper=[Hyper(lr, "0.1", NON_NEGATIVE, "learning rate")],
        states=[State(c, init=0, key="c", shape=Shape.SCALAR, domain=NON_NEGATIVE)],
        updates=[
            Update(c[t], 400 + 2 * c[t - 1]),
            Update(theta[t], theta[t - 1] - lr * exp(c[t]) / 10**180 * grad(theta[t - 1])),
        ],
    )
    with material_of(rule) as material:
        _, found = on_the_ravine(paths.paths(material.optimizers[0], material, english))
    (points,) = found.values()
    np.testing.assert_array_equal(points[0], RAVINE.start)
    assert 1 <= len(points) <= 3


def test_what_a_rule_does_not_allow_is_not_drawn(english, material_of):
    lr, momentum = hyperparameters("lr momentum")
    rule = Optimizer(
        "Sluggish",
        summary="Its momentum stays below a half.",
        source="none",
        hyper=[
            Hyper(lr, "0.1", NON_NEGATIVE, "learning rate"),
            Hyper(momentum, "0", NON_NEGATIVE, "momentum"),
        ],
        states=[],
        updates=[Update(theta[t], theta[t - 1] - lr * (1 + momentum) * grad(theta[t - 1]))],
        constraints=[Constraint(2 * momentum < 1, "too much momentum")],
    )
    with material_of(rule) as material:
        words = english.words["pictures"]
        found = variants(material.optimizers[0], material, words)
    assert [variant.label for variant in found] == ["Sluggish"]
