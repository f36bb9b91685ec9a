"""The whole book, as LaTeX sets it."""

import os
import re
import shutil
from pathlib import Path

import pytest
from steprule.codegen.handbook.edition import Edition
from steprule.codegen.handbook.publishing.book import book as build_book
from steprule.codegen.handbook.publishing.workspace import Workspace

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("latexmk") is None and "CI" not in os.environ, reason="needs latexmk"
    ),
]

WIDEST = 10
"""Points by which a line may stick out: less than can be seen on a page."""


@pytest.fixture(scope="module")
def book(sources: Workspace, edition: Edition) -> Path:
    return build_book(sources, edition, lambda line: None)


def test_no_line_is_wider_than_the_page(book: Path) -> None:
    log = book.with_suffix(".log").read_text(errors="replace")
    wide = re.findall(r"Overfull \\hbox \((\d+\.\d+)pt too wide\).*", log)
    assert [each for each in wide if float(each) > WIDEST] == []


def test_nothing_is_referred_to_that_is_not_there(book: Path) -> None:
    log = book.with_suffix(".log").read_text(errors="replace")
    assert "There were undefined references" not in log
    assert "multiply-defined" not in log


def test_it_has_contents_numbers_and_links(book: Path) -> None:
    toc = book.with_suffix(".toc").read_text()
    for title in ("Optimizers", "Adam", "Symbols"):
        assert re.search(rf"\\contentsline {{\w+}}{{\\numberline {{[\d.]+}}{title}}}", toc), title
    text = book.with_suffix(".tex").read_text()
    assert text.count(r"\label{\detokenize{optimizers/adam:equation-eq-adam-theta}}") == 1
    # Each mention of a numbered equation is a link to it.
    assert r"\eqref{equation:" in text
