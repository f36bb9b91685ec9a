"""What people come with, and the way from the first page to where it is answered."""

import re
from posixpath import dirname, join, normpath

import pytest
from steprule.codegen.handbook.contents import HOME, ordered
from steprule.codegen.handbook.edition import Edition
from steprule.codegen.handbook.page import Page

MOST = 3
"""Clicks from the first page to an answer."""

QUESTIONS = {
    # A student
    "Why does Adam divide its averages by 1 - beta**t?": (
        ["bias-correction"],
        "## The weights of an average",
    ),
    "How does looking ahead come to a difference of gradients?": (
        ["nesterov"],
        "## The change of variables",
    ),
    "Where is the mistake in the formula of my lecture notes?": (["errata"], "# Misprints"),
    # An engineer
    "What do I begin with to train a language model?": (["choosing"], "**Language models.**"),
    "How do I keep decay off biases and norms?": (
        ["recipes"],
        "## No weight decay for biases and norms",
    ),
    "How do I resume a run?": (["recipes"], "## Save and resume"),
    "What do I tune of Adam, and within what range?": (
        ["optimizers/index", "optimizers/adam"],
        "## What to tune",
    ),
    "How many bytes does a step of Adam move?": (
        ["optimizers/index", "optimizers/adam"],
        "The memory traffic bounds",
    ),
    "Is my library's RAdam the same as others'?": (["elsewhere"], "RAdam"),
    "Which arguments does the PyTorch class take, and which errors does it raise?": (
        ["api/index", "api/torch"],
        "RuntimeError",
    ),
    # A teacher
    "On which loss does Adam go the wrong way?": (["forgetting"], "## What Adam forgets"),
    "What exercises are there, and are their answers checked?": (["exercises"], "# Exercises"),
    "Is it proved that the forms of Nesterov's momentum are one?": (
        ["claims/index", "claims/momentum"],
        "Nesterov",
    ),
}
"""The pages on the way, and what the last of them says."""


@pytest.fixture(scope="module")
def linked(pages: dict[str, Page], edition: Edition) -> dict[str, Page]:
    """The pages with their tables of contents, which stand beside each of them."""
    return {page.name: page for page in ordered(list(pages.values()), edition)}


def links(page: Page) -> set[str]:
    """The pages that a page leads to, by its text or its contents."""
    folder = dirname(page.name)
    found = re.findall(r"\]\(([^)\s#]+)\.md", page.text)
    contents = re.findall(r"^/([\w/-]+)$", page.text, re.MULTILINE)
    return {normpath(join(folder, each)).lstrip("/") for each in found} | {*contents}


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_is_answered_within_three_clicks(linked: dict[str, Page], question: str) -> None:
    way, answer = QUESTIONS[question]
    assert len(way) <= MOST
    for here, there in zip([HOME, *way], way, strict=False):
        assert there in links(linked[here]) | links(linked[HOME])
    assert answer in linked[way[-1]].text
