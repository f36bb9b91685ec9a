"""The whole book, as LaTeX sets it."""

import os
import re
import shutil
from pathlib import Path

import pytest
from steprule.codegen.handbook.contents import ordered
from steprule.codegen.handbook.edition import Edition
from steprule.codegen.handbook.edition import edition as read_edition
from steprule.codegen.handbook.material import gathered
from steprule.codegen.handbook.page import Page
from steprule.codegen.handbook.pages import all_pages
from steprule.codegen.handbook.publishing.book import book as build_book
from steprule.codegen.handbook.publishing.workspace import Workspace, fill

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(
        shutil.which("latexmk") is None and "CI" not in os.environ, reason="needs latexmk"
    ),
]

WIDEST = 10
"""Points by which a line may stick out: less than can be seen on a page."""


@pytest.fixture(scope="module")
def book(drawn_sources: Workspace, edition: Edition) -> Path:
    return build_book(drawn_sources, edition, "The handbook", lambda line: None)


def wide_lines(book: Path) -> list[str]:
    """By how many points lines stick out that can be seen to."""
    log = book.with_suffix(".log").read_text(errors="replace")
    wide = re.findall(r"Overfull \\hbox \((\d+\.\d+)pt too wide\).*", log)
    return [each for each in wide if float(each) > WIDEST]


def test_no_line_is_wider_than_the_page(book: Path) -> None:
    assert wide_lines(book) == []


def test_nothing_is_referred_to_that_is_not_there(book: Path) -> None:
    log = book.with_suffix(".log").read_text(errors="replace")
    assert "There were undefined references" not in log
    assert "multiply-defined" not in log


def test_it_has_contents_numbers_and_links(book: Path) -> None:
    toc = book.with_suffix(".toc").read_text()
    for title in ("Rules and schedules", "Derivations", "Proofs", "Appendix"):
        assert re.search(rf"{{part}}{{[IV]+\\hspace {{1em}}{title}}}", toc), title
    for title in ("Optimizers", "Adam", "Symbols"):
        assert re.search(rf"\\contentsline {{\w+}}{{\\numberline {{[\d.]+}}{title}}}", toc), title
    text = book.with_suffix(".tex").read_text()
    assert text.count(r"\label{equation:optimizers/adam:eq-adam-theta}") == 1
    # Each mention of a numbered equation is a link to it.
    assert r"\eqref{equation:" in text


needs_xelatex = pytest.mark.skipif(
    shutil.which("xelatex") is None and "CI" not in os.environ, reason="needs xelatex"
)


@needs_xelatex
def test_names_of_classes_in_the_chinese_index_fit_its_columns(tmp_path: Path) -> None:
    """Where they stand in the entry itself, and in English behind it."""
    names = "MetricScheduler.load_state_dict", "Scheduler.get_last_lr", "SequentialLR.state_dict"
    methods = (f".. py:method:: steprule.torch.lr_scheduler.{name}()" for name in names)
    space = Workspace(tmp_path)
    fill(space, [Page("index", "# 手册\n\n```{eval-rst}\n" + "\n".join(methods) + "\n```\n")])
    made = build_book(space, read_edition("zh"), "手册", lambda line: None)
    index = made.with_suffix(".ind").read_text()
    assert [index.count(f".{name.partition('.')[0]} 方法") for name in names] == [1, 1, 1]
    assert wide_lines(made) == []


@needs_xelatex
def test_the_book_is_set_in_chinese_too(tmp_path: Path) -> None:
    chinese = read_edition("zh")
    with gathered(["adam"]) as found:
        pages = ordered(all_pages(found, chinese), chinese)
        space = Workspace(tmp_path)
        fill(space, pages)
    made = build_book(space, chinese, "手册", lambda line: None)
    log = made.with_suffix(".log").read_text(errors="replace")
    assert wide_lines(made) == []
    assert "Missing character" not in log
    toc = made.with_suffix(".toc").read_text()
    for title in ("规则与调度", "优化器", "符号"):
        assert title in toc
