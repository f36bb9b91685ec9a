"""A page: text, formulas and tables, as data, and as what a notebook shows."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

Cell: TypeAlias = Sequence[tuple[str, str]]
"""Pieces: ``math``, ``code`` or ``text``, and what stands there."""


@dataclass(frozen=True)
class Table:
    """A table under a title.

    Args:
        title: of it.
        head: the titles of its columns.
        rows: of cells.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Page:
    """What is said of a rule.

    Args:
        name: its name.
        summary: one sentence.
        source: where it was published.
        equations: of a step, in the order they are computed in: left sides and right ones.
        tables: its arguments, states and the like.
    """

    name: str
    summary: str
    source: str
    equations: Sequence[tuple[str, str]]
    tables: Sequence[Table]

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Page":
        """A page from what :attr:`data` gave."""
        others = {name: each for name, each in data.items() if name != "tables"}
        return cls(**others, tables=[Table(**each) for each in data["tables"]])

    @property
    def data(self) -> dict[str, Any]:
        """What JSON can say of it: all."""
        return asdict(self)

    @property
    def aligned(self) -> str:
        """The equations, for math mode."""
        rows = " \\\\\n".join(f"{left} &= {right}" for left, right in self.equations)
        return f"\\begin{{aligned}}\n{_spoken(rows)}\n\\end{{aligned}}"

    def markdown(self, code: str = "") -> str:
        """The page as Markdown, with formulas between dollars.

        Args:
            code: what was generated, for the end of it.
        """
        parts = [f"**{self.name}.** {self.summary}", f"$$\n{self.aligned}\n$$"]
        for table in self.tables:
            lines = [table.head, ["---"] * len(table.head)]
            lines += [[_markdown(cell) for cell in row] for row in table.rows]
            shown = "\n".join(f"| {' | '.join(line)} |" for line in lines)
            parts.append(f"**{table.title}**\n\n{shown}")
        parts += [f"Source: {self.source}."] if self.source else []
        parts += [f"```python\n{code.rstrip()}\n```"] if code else []
        return "\n\n".join(parts) + "\n"

    def html(self, code: str = "") -> str:
        """The page as HTML, whose formulas a notebook typesets; the code is folded away."""
        parts = [
            f"<p><strong>{html.escape(self.name)}.</strong> {html.escape(self.summary)}</p>",
            f"<div>$$\n{html.escape(self.aligned)}\n$$</div>",
        ]
        for table in self.tables:
            rows = [_row("th", map(html.escape, table.head))]
            rows += [_row("td", map(_html, row)) for row in table.rows]
            title = f"<caption><strong>{html.escape(table.title)}</strong></caption>"
            parts.append(f"<table>{title}{''.join(rows)}</table>")
        parts += [f"<p>Source: {html.escape(self.source)}.</p>"] if self.source else []
        if code:
            folded = f"<pre><code>{html.escape(code)}</code></pre>"
            parts.append(f"<details><summary>Code</summary>{folded}</details>")
        return "\n".join(parts)


def _row(kind: str, cells: Iterable[str]) -> str:
    style = ' style="text-align: left"'
    return f"<tr>{''.join(f'<{kind}{style}>{cell}</{kind}>' for cell in cells)}</tr>"


def _markdown(cell: Cell) -> str:
    written = {"math": "${}$", "code": "`{}`", "text": "{}"}
    text = "".join(written[kind].format(_spoken(said)) for kind, said in cell)
    return text.replace("|", r"\|") if not any(kind == "math" for kind, _ in cell) else text


def _html(cell: Cell) -> str:
    written = {"math": "${}$", "code": "<code>{}</code>", "text": "{}"}
    return "".join(written[kind].format(html.escape(_spoken(said))) for kind, said in cell)


def _spoken(latex: str) -> str:
    # In text MathJax knows no escapes, and would show that of an underscore.
    return latex.replace(r"\texttt{", r"\mathtt{")
