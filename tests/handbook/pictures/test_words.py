"""Every picture has its words, and every word a picture."""

from pathlib import Path

import pytest
from steprule.codegen.handbook import pictures
from steprule.codegen.handbook.markdown import figure
from steprule.codegen.handbook.pictures import (
    correction,
    curves,
    damping,
    forgetting,
    noise,
    paths,
    sensitivity,
    shrinkage,
    stability,
    training,
)
from steprule.codegen.handbook.pictures.landscapes import LANDSCAPES
from steprule.codegen.handbook.pictures.tried import is_tried

SOURCES = "".join(f.read_text() for f in Path(pictures.__file__).parent.glob("*.py"))


@pytest.fixture(scope="module")
def every(material, english):
    """One of each for every spec there is; none is drawn."""
    found = [paths.all_paths(landscape, material, english) for landscape in LANDSCAPES]
    for spec in material.optimizers:
        found += [make(spec, material, english) for make in (paths.paths, training.training)]
        found += [sensitivity.sensitivity(spec, material, english)] if is_tried(spec) else []
    found += [curves.rates(schedule, english) for schedule in material.schedules]
    for make in (
        training.all_training,
        sensitivity.all_sensitivities,
        stability.momentum_region,
        stability.nesterov_region,
        damping.damping,
        correction.correction,
        noise.noise,
        forgetting.forgetting,
        shrinkage.shrinkage,
    ):
        found.append(make(material, english))
    return found


def test_names_and_digests_are_all_different(every):
    assert len({shown.picture.name for shown in every}) == len(every)
    assert len({shown.picture.digest for shown in every}) == len(every)


def test_captions_and_alternatives_are_sentences(every):
    for shown in every:
        # Alternatives are options of a directive: one line, without markup.
        assert shown.alt.endswith(".")
        assert not set("\n${}\\") & set(shown.alt)
        assert shown.caption.endswith(".")
        assert shown.caption.count("$") % 2 == 0
        assert "](" not in shown.caption  # to a page that a handbook of few specs has not
        assert shown.picture.name in figure(*shown)


def test_the_bound_in_the_caption_is_the_claims(material, english):
    shown = stability.nesterov_region(material, english)
    assert r"\frac{2 \beta + 2}{2 \beta + 1}" in shown.caption


def test_no_word_is_left_over(english):
    for key in english.words["pictures"]:
        kind, _, last = key.rpartition("-")
        if key.startswith("landscape-"):
            assert last in {landscape.name for landscape in LANDSCAPES}
        elif key.startswith("about-"):
            assert kind.removeprefix("about-") in {landscape.name for landscape in LANDSCAPES}
        elif kind.startswith("stability-"):
            assert f'_region("{kind.removeprefix("stability-")}"' in SOURCES
        else:
            assert f'"{kind if last in ("caption", "alt") else key}"' in SOURCES, key
