"""One look: the same bytes, colours that can be seen, and files that are small."""

import re
import warnings
from dataclasses import replace

import matplotlib
import pytest
from steprule.codegen.handbook.page import Picture
from steprule.codegen.handbook.pictures import curves, paths, stability, style
from steprule.codegen.handbook.pictures.drawn import MOST
from steprule.codegen.handbook.pictures.landscapes import BEALE
from steprule.codegen.handbook.pictures.style import DARK, GREY, HUES, MARKERS, figure, rendered


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [GREY, *HUES])
@pytest.mark.parametrize("ground", ["#ffffff", DARK])
def test_a_colour_stands_out_from_white_and_from_dark(colour, ground):
    lighter, darker = sorted((luminance(colour), luminance(ground)), reverse=True)
    # What WCAG 2.2 asks of graphical objects.
    assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_every_line_has_a_marker_of_its_own():
    assert len(set(HUES)) == len(HUES) == len(MARKERS) == len(set(MARKERS))


def test_the_same_picture_gives_the_same_bytes(material, english):
    schedule = material.schedules[0]
    first = rendered(curves.rates(schedule, english).picture)
    again = rendered(curves.rates(schedule, english).picture)
    assert first == again
    assert set(first) == {".svg", ".pdf"}
    assert b"<dc:date>" not in first[".svg"]
    assert b"CreationDate" not in first[".pdf"]


def test_the_ground_is_transparent_and_the_settings_stay_as_they_were(english):
    def draw():
        made, _ = figure(2)
        return made

    before = dict(matplotlib.rcParams)
    svg = rendered(Picture("empty", "", draw))[".svg"].decode()
    assert dict(matplotlib.rcParams) == before
    assert re.search(r"fill: #fff", svg) is None
    assert GREY in svg


@pytest.mark.exhaustive
def test_the_largest_pictures_are_small(material, english):
    for shown in (
        paths.all_paths(BEALE, material, english),
        stability.momentum_region(material, english),
    ):
        svg = rendered(shown.picture)[".svg"]
        assert len(svg) < 30_000 * MOST  # contours and a path for each rule
        assert b"<image" not in svg


@pytest.mark.skipif(not style._chinese(), reason="no font with Chinese glyphs")
def test_chinese_words_have_glyphs(material, english):
    words = english.words["pictures"] | {"axis-step": "步数", "axis-rate": "学习率"}
    chinese = replace(english, words={"pictures": words})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert rendered(curves.rates(material.schedules[0], chinese).picture)
