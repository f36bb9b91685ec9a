"""The curves of schedules."""

from dataclasses import replace

import numpy as np
from steprule.codegen.handbook.pictures import curves


def drawn(material, english, name):
    schedule = next(s for s in material.schedules if s.name == name)
    shown = curves.rates(schedule, english)
    return shown, [panel.lines[0].get_xydata().astype(float) for panel in shown.picture.draw().axes]


def test_a_step_is_drawn_as_a_jump(material, english):
    _, (line,) = drawn(material, english, "StepLR")
    # A tenth of the rate every 30 steps.
    levels = [(0, 0.1), (30, 0.1), (30, 0.01), (60, 0.01), (60, 0.001), (90, 0.001), (90, 1e-4)]
    np.testing.assert_allclose(line, [*levels, (99, 1e-4)], atol=1e-6)


def test_a_momentum_has_a_panel_of_its_own(material, english):
    _, (rate, momentum) = drawn(material, english, "OneCycleLR")
    assert rate[:, 1].argmax() == momentum[:, 1].argmin() > 0
    np.testing.assert_allclose(momentum[[0, -1], 1], 0.95, atol=1e-4)


def test_a_schedule_stepped_with_a_metric_says_so(material, english):
    shown, (line,) = drawn(material, english, "ReduceLROnPlateau")
    assert "metric" in shown.caption
    np.testing.assert_allclose(line[:4], [(0, 0.1), (46, 0.1), (46, 0.05), (52, 0.05)])


def test_an_example_that_cannot_be_drawn_has_no_picture(material, english):
    schedule = next(s for s in material.schedules if s.name == "ExponentialLR")
    assert curves.rates(schedule, english)
    hopeless = replace(schedule, example={**schedule.example, "gamma": "1e300"})
    assert curves.rates(hopeless, english) is None
