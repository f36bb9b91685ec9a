"""Formulas of the site: MathML, which a browser sets by itself, and the font it sets them in.

Formulas are converted while the site is built, so a page needs no script for them. The font is
STIX Two Math, whose licence, the SIL Open Font License 1.1, stands in the file. It comes with the
package ziamath, and is cut down to the signs that formulas are made of.
"""

import re
from base64 import b64decode, b64encode
from functools import cache
from importlib.metadata import files, version
from io import BytesIO
from pathlib import Path
from typing import Any

from docutils.nodes import SkipNode, Text, document, inline, math, math_block
from fontTools import subset
from fontTools.ttLib import TTFont
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.locale import _
from sphinx.util.math import get_node_equation_number
from sphinx.util.typing import ExtensionMetadata

from ...files import cache as kept

_CONVERTER = LatexToMathML(macros={"changed": r"\underline{#1}"}, fancy_error=False)
"""What has changed is underlined; the style sheet colours it besides."""

_SIGNS = (
    (0x20, 0x7E),
    (0xA0, 0xFF),
    (0x2C6, 0x2DD),  # accents
    (0x300, 0x338),  # the same, where they combine
    (0x391, 0x3F5),  # Greek
    (0x2010, 0x2064),
    (0x2102, 0x2134),
    (0x2190, 0x21D5),
    (0x2200, 0x22C6),
    (0x2308, 0x230B),
    (0x25A0, 0x25CB),
    (0x27E8, 0x27E9),
    (0x1D434, 0x1D467),  # letters: italic,
    (0x1D49C, 0x1D4B5),  # script,
    (0x1D538, 0x1D56B),  # double-struck,
    (0x1D670, 0x1D6A4),  # of code,
    (0x1D6E2, 0x1D71B),  # and italic Greek
    (0x1D7F6, 0x1D7FF),
)
"""From and to: what formulas are made of. Anything else a browser takes from a font it has."""


_TAG = re.compile("<[^>]*>")

_SHORT = 16
"""Signs that a phone has room for in one line. What has more may have to scroll."""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Sphinx's extension."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("doctree-resolved", _keep_together)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


_OPENING = "([（《“‘"
_CLOSING = ",.;:!?)]，。；：、！？）》”’"


def _keep_together(app: Sphinx, page: document, name: str) -> None:
    """Put formulas and the punctuation beside them where no line is broken.

    To a browser a formula is a picture, beside which any line may end.
    """
    if app.builder.format != "html":
        return
    for formula in [*page.findall(math)]:
        line = formula.parent
        at = line.index(formula)
        before = _text(line, at - 1) if at else ""
        after = _text(line, at + 1)
        opening = before[-1:] if before[-1:] in _OPENING else ""
        closing = after[: len(after) - len(after.lstrip(_CLOSING))]
        if opening or closing:
            kept = inline("", "", Text(opening), formula, Text(closing), classes=["kept-together"])
            rest = Text(before.removesuffix(opening)), kept, Text(after.removeprefix(closing))
            line[at - bool(before) : at + 1 + bool(after)] = rest


def _text(line: Any, at: int) -> str:
    """The text at a place within a line, if there is one and it is text alone."""
    return line[at].astext() if at < len(line) and isinstance(line[at], Text) else ""


def mathml(latex: str, *, is_display: bool) -> str:
    """A formula.

    Raises:
        LatexError: it is none.
    """
    # Rows are set apart by the style sheet, and are not told to be.
    rows = latex.strip().replace(r"\\[2ex]", r"\\")
    if is_display and r"\\" in rows:
        rows = rf"\begin{{aligned}}{rows}\end{{aligned}}"
    return _CONVERTER.convert_with_local_state(rows, displaystyle=is_display)


def _inline(translator: Any, node: math) -> None:
    formula = _converted(node, is_display=False)
    if len(_TAG.sub("", formula)) > _SHORT:
        formula = f'<span class="math">{formula}</span>'
    translator.body.append(formula)
    raise SkipNode


def _block(translator: Any, node: math_block) -> None:
    translator.body.append('<div class="math">')  # in a block that has the label
    if node["number"]:
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, _("Link to this equation"))
        translator.body.append("</span>")
    translator.body.append(_converted(node, is_display=True) + "</div>\n")
    raise SkipNode


def _converted(node: math | math_block, *, is_display: bool) -> str:
    try:
        return mathml(node.astext(), is_display=is_display)
    except LatexError as error:
        raise ExtensionError(f"no formula: {node.astext()}: {error}") from error


@cache
def font() -> bytes:
    """The font of formulas, as a WOFF2 file."""
    key = kept.digest("font", version("ziamath"), version("fonttools"), Path(__file__).read_text())
    if (found := kept.found(key)) is None:
        found = b64encode(_cut_down(_stix())).decode()
        kept.keep(key, found)
    return b64decode(found)


def _stix() -> TTFont:
    (file,) = (f for f in files("ziamath") or () if f.name == "STIXTwoMath-Regular.ttf")
    return TTFont(file.locate())


def _cut_down(whole: TTFont) -> bytes:
    _mend_roots(whole)
    options = subset.Options(layout_features=["ssty"], name_IDs=["*"], hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[sign for low, high in _SIGNS for sign in range(low, high + 1)])
    subsetter.subset(whole)
    whole.flavor = "woff2"
    file = BytesIO()
    whole.save(file)
    return file.getvalue()


def _mend_roots(font: TTFont) -> None:
    """Give root signs of every height the width of the lowest.

    A browser leaves the room of the widest behind each. And over what is low it leaves little
    between the letters and the line, unless told to leave as much as in a display.
    """
    table = font["MATH"].table
    constants, variants = table.MathConstants, table.MathVariants
    constants.RadicalVerticalGap.Value = constants.RadicalDisplayStyleVerticalGap.Value
    root = (font.getBestCmap() or {})[ord("√")]
    heights = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(root)]
    higher = {each.VariantGlyph for each in heights.MathGlyphVariantRecord}
    higher |= {each.glyph for each in heights.GlyphAssembly.PartRecords}
    width, _ = font["hmtx"][root]
    for name in higher:
        glyph = font["glyf"][name]
        glyph.coordinates.scale((width / font["hmtx"][name][0], 1))
        glyph.coordinates.toInt()
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = width, glyph.xMin
