"""The chapters speak of whatever the study notes speak of that the handbook grew out of."""

import re

import pytest
from steprule.codegen.handbook.contents import PARTS
from steprule.codegen.handbook.edition import edition

CHAPTERS = edition().chapters

TOPICS = {
    "loss function": ("ground", "The *loss*"),
    "network parameters": ("ground", "*parameters*"),
    "gradient": ("ground", "The *gradient*"),
    "learning rate": ("ground", "*learning rate*"),
    "local minima": ("ground", "**Local minima**"),
    "saddles": ("ground", "**Saddles**"),
    "noise as a way out of saddles": ("ground", "## What noise does"),
    "flat minima": ("ground", "## Flatness"),
    "batch, stochastic and mini-batch descent": (
        "estimators",
        "# Batch, stochastic and mini-batch",
    ),
    "Taylor's expansion": ("taylor", "# Taylor's expansion"),
    "rates too large and too small": ("taylor", "| rate | factor"),
    "ravines, ill-conditioned curvature": ("taylor", "the ravine"),
    "momentum": ("momentum", "# Momentum"),
    "momentum as in physics": ("heavy-ball", "## Newton's law"),
    "exponential moving averages": ("bias-correction", "## The weights of an average"),
    "momentum damps swings": ("momentum", "## Damping"),
    "Nesterov's momentum": ("nesterov", "looks ahead"),
    "the transformed Nesterov, derived": ("nesterov", "## The change of variables"),
    "the difference of gradients as a second derivative": ("nesterov", "like a second derivative"),
    "Adagrad": ("adaptive", "## Adagrad"),
    "RMSprop": ("adaptive", "## RMSprop"),
    "RMSprop in a ravine and near a minimum": ("forgetting", "## Why RMSprop damps a ravine"),
    "Adadelta as a window": ("forgetting", "## Adadelta's window"),
    "Adadelta's epsilon": ("forgetting", "fraction of gradient to keep"),
    "Adam as momentum and RMSprop": ("adam", "# Adam: from momentum and RMSprop"),
    "inertia and resistance": ("adam", "inertia"),
    "the moments' start at 0": ("bias-correction", "# Why Adam corrects its bias"),
    "AMSGrad": ("adaptive", "## AMSGrad"),
    "rare large gradients, Adam's counterexample": ("forgetting", "## What Adam forgets"),
    "Adamax": ("adaptive", "## Adamax"),
    "NAdam": ("nadam", "# NAdam"),
    "L2 and decoupled weight decay": ("weight-decay", "# L2 regularisation"),
    "Adam and SGD with momentum": ("adam-and-momentum", "# Adam and SGD with momentum"),
    "clipping by norm and by value": ("clipping", "*By value*"),
    "schedules": ("schedules", "# Schedules"),
    "time-based decay": ("schedules", "**Time-based decay**"),
    "power, exponential and piecewise schedules": ("schedules", "power scheduling"),
    "reducing on a plateau": ("schedules", "## Patience"),
    "one cycle": ("schedules", "one-cycle"),
    "warm-up": ("rates", "## Why it should begin low"),
    "decaying the rate": ("rates", "## Why it should end low"),
    "how rules generalise": ("adam", "generalise worse"),
    "misprints of formulas": ("errata", "# Misprints"),
    "misprints of programs": ("errata", "## Slips in programs"),
}
"""By what notes call them: the chapter, and words that are found where it is treated."""


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_treated(topic: str) -> None:
    chapter, words = TOPICS[topic]
    assert words.lower() in re.sub(r"\s+", " ", CHAPTERS[chapter]).lower()


def test_every_chapter_has_a_place() -> None:
    placed = {name for names in PARTS.values() for name in names}
    assert CHAPTERS.keys() - placed == {"index"}


def test_programs_in_notes_fail_as_is_said() -> None:
    import numpy as np

    text = CHAPTERS["errata"]
    scope = {
        "np": np,
        "params": {"w": np.ones(2)},
        "val": np.ones(2),
        "self": type("Rule", (), {})(),
    }
    for printed, mended, error in (
        ("self.h = h", "self.h = None", NameError),
        ("for key, val in parasm.items(): pass", "for key, val in params.items(): pass", NameError),
        ("np.zero_like(val)", "np.zeros_like(val)", AttributeError),
    ):
        assert f"`{printed.removesuffix(': pass')}`" in text
        assert f"a `{error.__name__}`" in text or f"an `{error.__name__}`" in text
        with pytest.raises(error):
            exec(printed, dict(scope))
        exec(mended, dict(scope))
