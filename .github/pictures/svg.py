"""Panels of code as SVG: with no font of their own, in light and dark, still for who wants that."""

from collections.abc import Iterator, Sequence
from html import escape

LINE, LETTER = 19, 7.83
"""The height of a line, and the width of a letter, of 13 pixels."""

STYLE = """
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328; }
text.title { font: 600 12px system-ui, sans-serif; fill: #59636e; }
text.command { font-weight: 700; }
text.comment { fill: #59636e; }
text.verdict { fill: #1a7f37; font-weight: 700; }
.panel { fill: #f6f8fa; stroke: #d1d9e0; }
.arrow { fill: none; stroke: #59636e; stroke-width: 1.5; }
.formula { color: #1f2328; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; }
  text.title, text.comment { fill: #9198a1; }
  text.verdict { fill: #3fb950; }
  .panel { fill: #151b23; stroke: #3d444d; }
  .arrow { stroke: #9198a1; }
  .formula { color: #f0f6fc; }
}
"""


def picture(width: int, height: int, said: str, style: str, body: Sequence[str]) -> str:
    """A whole picture.

    Args:
        width: in pixels.
        height: likewise.
        said: what it shows, for who does not see it.
        style: rules beside those of all pictures.
        body: its elements.
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="{escape(said)}">\n'
        f"<style>{STYLE}{style}</style>\n" + "\n".join(body) + "\n</svg>\n"
    )


def panel(x: float, y: float, width: float, height: float) -> str:
    """The ground that code stands on."""
    return f'<rect class="panel" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>'


def text(x: float, y: float, line: str, kind: str = "", delay: float | None = None) -> str:
    """One line; one with a delay is not there from the start."""
    kinds = f"{kind} shown" if delay is not None else kind
    classes = f' class="{kinds.strip()}"' if kinds else ""
    when = f' style="animation-delay: {delay:.1f}s"' if delay is not None else ""
    return f'<text x="{x}" y="{y}" xml:space="preserve"{classes}{when}>{escape(line)}</text>'


def lines(x: float, y: float, code: str, kind: str = "") -> Iterator[str]:
    """Several, one below the other."""
    for place, line in enumerate(code.splitlines()):
        yield text(x, y + place * LINE, line, kind)
