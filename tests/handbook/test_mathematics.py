"""Formulas as MathML, and the font they are set in."""

import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from math_core import LatexError
from steprule.codegen.handbook.edition import edition
from steprule.codegen.handbook.page import Page
from steprule.codegen.handbook.publishing.build import BuildError
from steprule.codegen.handbook.publishing.mathematics import font, mathml
from steprule.codegen.handbook.publishing.site import site
from steprule.codegen.handbook.publishing.workspace import Workspace, fill


class _Read(HTMLParser):
    """The elements of some MathML, without their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.text += f"<{tag}>"

    def handle_data(self, data: str) -> None:
        self.text += data


def _elements(latex: str, *, is_display: bool = False) -> str:
    return _Read(mathml(latex, is_display=is_display)).text


def test_a_formula_in_a_line() -> None:
    expected = "<math><mfrac><msub><mi>m<mi>t<msqrt><mi>v"
    assert _elements(r"\frac{m_t}{\sqrt{v}}") == expected


def test_rows_are_aligned() -> None:
    rows = _elements("a &= b \\\\\n c &= d", is_display=True)
    assert rows == "<math><mtable><mtr><mtd><mi>a<mtd><mo>=<mi>b<mtr><mtd><mi>c<mtd><mo>=<mi>d"


def test_the_distance_of_rows_is_not_shown() -> None:
    cases = r"\begin{cases} 1 & \text{if } a \\[2ex] 0 & \text{otherwise} \end{cases}"
    assert "2" not in _elements(cases)
    assert _elements(cases).count("<mtr>") == 2


def test_what_changed_is_underlined() -> None:
    assert _elements(r"\changed{x} + y") == "<math><munder><mi>x<mo>\u0332<mo>+<mi>y"
    # The style sheet knows it by this.
    assert '<munder accentunder="true">' in mathml(r"\changed{x}", is_display=False)


def test_what_is_no_formula_is_refused_where_it_stands(tmp_path: Path) -> None:
    with pytest.raises(LatexError):
        mathml(r"\fracc{1}{2}", is_display=False)
    space = Workspace(tmp_path)
    fill(space, [Page("index", "# Home\n\n$\\fracc{1}{2}$\n")])
    with pytest.raises(BuildError, match=r"\\fracc\{1\}\{2\}"):
        site(space, edition(), lambda line: None)


def test_no_line_is_broken_beside_a_formula_and_its_punctuation(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    fill(space, [Page("index", "# One\n\nLet (say $x$), $y$ and *all* $z$: **be**$w$, 1.\n")])
    text = (site(space, edition(), lambda line: None) / "index.html").read_text()
    (line,) = re.findall("<p>(Let.*)</p>", text)
    bare = re.sub("</?m[a-z]+>", "", line).replace('class="kept-together"', "k")
    assert bare == (
        "Let (say <span k>x),</span> y and <em>all</em> <span k>z:</span> "
        "<strong>be</strong><span k>w,</span> 1."
    )


def test_a_number_is_a_place_to_link_to(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    numbered = ":::{math}\n:label: step\n\nx = y\n:::\n\nSee {eq}`step`.\n"
    fill(space, [Page("index", f"# Home\n\n{numbered}")])
    text = (site(space, edition(), lambda line: None) / "index.html").read_text()
    assert text.count('id="equation-step"') == 1
    assert text.count('href="#equation-step"') == 2  # beside the number, and in the sentence
    assert re.search(r'<span class="eqno">\(1\)', text)


def test_the_font_has_the_signs_and_their_heights() -> None:
    found = TTFont(BytesIO(font()))
    assert {ord(c) for c in "=∇√∑‖≤𝜃𝛽𝑔𝚊ℝ𝔼"} <= found.getBestCmap().keys()
    variants = found["MATH"].table.MathVariants
    root = found.getBestCmap()[ord("√")]
    heights = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(root)]
    names = [each.VariantGlyph for each in heights.MathGlyphVariantRecord]
    assert len({found["hmtx"][name][0] for name in names}) == 1 < len(names)
    assert "Open Font License" in found["name"].getDebugName(13)
