"""The short book: the chapters, by themselves."""

import os
import re
import shutil
from pathlib import Path

import pytest
from steprule.codegen.handbook.contents import HOME, ordered
from steprule.codegen.handbook.edition import Edition
from steprule.codegen.handbook.material import Material
from steprule.codegen.handbook.page import Page
from steprule.codegen.handbook.publishing.book import book
from steprule.codegen.handbook.publishing.workspace import Workspace, fill
from steprule.codegen.handbook.short import CHAPTERS, short_pages

PAGES = 80
"""As many as it may have."""


@pytest.fixture(scope="module")
def short(material: Material, edition: Edition) -> dict[str, Page]:
    return {page.name: page for page in short_pages(material, edition)}


def test_it_has_the_derivations_a_preface_and_a_bibliography(short: dict[str, Page]) -> None:
    assert {*short} == {HOME, *CHAPTERS, "bibliography"}
    assert {"momentum", "adam", "rates", "matrices"} <= {*CHAPTERS}


def test_it_leads_to_no_page_that_it_has_not(short: dict[str, Page]) -> None:
    for page in short.values():
        assert "](#" not in page.text
        led = re.findall(r"\]\(/?([\w/-]+)\.md\)", page.text)
        assert {*led} <= {*short}, page.name
    # What was a link to a rule is an entry of the index, and a claim has its name.
    assert "{index}`RMSprop`" in short["adaptive"].text
    assert r"\[proved: momentum-velocity\]" in short["momentum"].text


def test_a_term_is_entered_where_it_first_stands_in_a_chapter(short: dict[str, Page]) -> None:
    text = short["momentum"].text
    assert len(re.findall("{index}`condition number`", text)) == 1
    before = text[: text.index("{index}`condition number`")]
    assert not re.search(r"^[A-Z].*[^-\w]condition number", before, re.MULTILINE)
    # None stands in a formula.
    for page in short.values():
        assert re.sub(r"\$[^$]*\$", "", page.text).count("{index}") == page.text.count("{index}")


@pytest.mark.exhaustive
@pytest.mark.skipif(
    shutil.which("latexmk") is None and "CI" not in os.environ, reason="needs latexmk"
)
def test_it_is_short(short: dict[str, Page], edition: Edition, tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    fill(space, ordered(list(short.values()), edition))
    made = book(space, edition, edition.words["short"]["title"], lambda line: None, is_short=True)
    log = made.with_suffix(".log").read_text(errors="replace")
    (count,) = re.findall(r"Output written on \S+ \((\d+) pages", log)
    assert int(count) <= PAGES
    assert made.with_suffix(".ind").read_text().count("\\item") > 50
