"""Sphinx and LaTeX: what they are given, and what becomes of their complaints."""

import re
import shutil
from pathlib import Path

import pytest
from steprule.codegen.backends.latex.letters import SET
from steprule.codegen.handbook.contents import ordered
from steprule.codegen.handbook.edition import Edition, edition
from steprule.codegen.handbook.markdown import table
from steprule.codegen.handbook.page import Page
from steprule.codegen.handbook.publishing.book import book, require_latex
from steprule.codegen.handbook.publishing.build import BuildError, build
from steprule.codegen.handbook.publishing.site import site
from steprule.codegen.handbook.publishing.workspace import Workspace, fill

HOME = """# Home

A formula, $x^2$, and one with a number:

:::{math}
:label: step

\\theta_t = \\theta_{t-1} - \\gamma g_t
:::

See {eq}`step`.

```python
print("code")
```
"""


def _silent(what: str) -> None: ...


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def _own_time(folder: Path, name: str) -> int:
    return (folder / name).stat().st_mtime_ns


def test_a_site_asks_nothing_of_the_network(space: Workspace) -> None:
    fill(space, [Page("index", HOME)])
    folder = site(space, edition(), _silent)
    text = (folder / "index.html").read_text()
    fetched = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"', text)
    assert fetched
    assert not [url for url in fetched if "//" in url]
    style = (folder / "_static" / "handbook.css").read_text()
    assert re.findall(r"url\((.+?)\)", style) == ['"mathematics.woff2"']
    assert (folder / "_static" / "mathematics.woff2").is_file()


def test_progress_names_the_pages(space: Workspace) -> None:
    fill(space, [Page("index", HOME)])
    told: list[str] = []
    site(space, edition(), told.append)
    assert any("index" in line for line in told)


def test_only_what_changed_is_built_again(space: Workspace) -> None:
    home = Page("index", HOME + "\n:::{toctree}\none\ntwo\n:::\n")
    fill(space, [home, Page("one", "# One\n"), Page("two", "# Two\n")])
    folder = site(space, edition(), _silent)
    before = {name: _own_time(folder, name) for name in ("one.html", "two.html")}
    fill(space, [home, Page("one", "# One\n"), Page("two", "# Two\n\nChanged.\n")])
    site(space, edition(), _silent)
    assert _own_time(folder, "one.html") == before["one.html"]
    assert _own_time(folder, "two.html") != before["two.html"]
    assert "Changed." in (folder / "two.html").read_text()


def test_a_part_can_move_to_another_page(space: Workspace) -> None:
    home = Page("index", HOME + "\n:::{toctree}\none\ntwo\n:::\n")
    moving = "\n(label)=\n## A part\n\n:::{math}\n:label: moved\n\nx = y\n:::\n"
    for one, two in (("", moving), (moving, ""), ("", moving)):
        fill(space, [home, Page("one", f"# One\n{one}"), Page("two", f"# Two\n{two}")])
        folder = site(space, edition(), _silent)
    assert 'id="label"' in (folder / "two.html").read_text()


def test_a_complaint_is_an_error_each_time(space: Workspace) -> None:
    fill(space, [Page("index", "# Home\n\n[nowhere](no/such/page.md)\n")])
    for _ in range(2):
        with pytest.raises(BuildError, match=r"index\.md:3.*no/such/page"):
            site(space, edition(), _silent)
    fill(space, [Page("index", "# Home\n")])
    assert (site(space, edition(), _silent) / "index.html").is_file()


def test_a_language_is_gone_with_its_build(space: Workspace) -> None:
    fill(space, [Page("index", HOME)])
    for language, word in (("zh", "索引"), ("en", "Index")):
        folder = build("latex", space, language, {}, _silent)
        (text,) = (file.read_text() for file in folder.glob("*.tex"))
        assert rf"\renewcommand{{\indexname}}{{{word}}}" in text


needs_latex = pytest.mark.skipif(shutil.which("latexmk") is None, reason="needs latexmk")


def test_a_reference_has_the_words_of_its_language(space: Workspace) -> None:
    text = ":::{py:function} f(x)\n\n:param x: a number\n:::\n"
    fill(space, [Page("index", f"# A\n\n{text}")])
    for language, word in (("en", "Parameters"), ("zh", "参数")):
        shown = (site(space, edition(language), _silent) / "index.html").read_text()
        assert f'{word}<span class="colon">:</span>' in shown


@needs_latex
def test_a_book_is_made_of_the_same_pages(space: Workspace, edition: Edition) -> None:
    fill(space, [Page("index", HOME)])
    made = book(space, edition, "A book of rules", _silent)
    assert made.read_bytes().startswith(b"%PDF")
    text = (made.parent / "steprule.tex").read_text()
    assert r"\theta_t = \theta_{t-1} - \gamma g_t" in text
    assert r"\title{A book of rules}" in text


@needs_latex
def test_what_stops_latex_is_shown(space: Workspace, edition: Edition) -> None:
    fill(space, [Page("index", "# Home\n\n$\\nosuchcommand$\n")])
    with pytest.raises(BuildError, match=r"(?s)LaTeX stops: .*Undefined control sequence.*nosuch"):
        book(space, edition, "", _silent)


@needs_latex
def test_signs_of_mathematics_stand_in_text_code_and_formulas(
    space: Workspace, edition: Edition
) -> None:
    every = "".join(SET)
    text = f"# Home\n\nOf {every}\n\n`{every}`\n\n```python\nβ = 1  # {every}\n```\n"
    fill(space, [Page("index", f"{text}\n$\\mathrm{{\\Delta β}} ≤ β$\n")])
    made = book(space, edition, "", _silent)
    log = made.with_suffix(".log").read_text(errors="replace")
    assert "invalid in math mode" not in log
    assert "Missing character" not in log


@needs_latex
@pytest.mark.parametrize(("language", "letter"), [("en", "最"), ("zh", "🚀")])
def test_a_letter_without_a_font_is_named_with_its_pages(
    language: str, letter: str, space: Workspace
) -> None:
    if language == "zh" and shutil.which("xelatex") is None:
        pytest.skip("needs xelatex")
    pages = [Page("index", "# Home\n"), Page("writing", f"# One\n\nAs {letter} is.\n")]
    fill(space, ordered(pages, edition(language)))
    with pytest.raises(BuildError, match=rf"no {letter} \(U\+{ord(letter):04X}\).* in writing\."):
        book(space, edition(language), "", _silent)


def test_missing_latex_is_named_with_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BuildError, match="latexmk, kpsewhich, pdflatex cannot be found") as found:
        require_latex("en")
    assert "apt-get install latexmk texlive-latex-recommended" in str(found.value)
    with pytest.raises(BuildError, match=r"xelatex cannot be found.*texlive-xetex"):
        require_latex("zh")


def test_cells_of_a_stacked_table_have_the_titles_of_their_columns(space: Workspace) -> None:
    stacked = table(["Symbol", "What it is"], [["x", "a number"]], is_stacked=True)
    plain = table(["", "What it is"], [["x", "a number"]])
    fill(space, [Page("index", f"# Home\n\n{stacked}\n{plain}")])
    text = (site(space, edition(), _silent) / "index.html").read_text()
    assert re.findall(r'<td data-title="(.+?)"><p>(.+?)</p>', text) == [
        ("Symbol", "x"),
        ("What it is", "a number"),
    ]
    # A title that is empty is none.
    assert text.count("<th ") == 3
