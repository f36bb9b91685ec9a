"""What specs and tables say, as Markdown in the language of an edition."""

import re
from collections.abc import Iterable, Sequence

from ...specs.language import Spec
from ..backends.latex.cells import Cell, Code, Formula, Piece, Said, Word
from ..backends.latex.tables import ArgumentRow, InputRow, OutputRow, StateRow
from .edition import Edition
from .markdown import capital, code, escaped, inline, table

_ARXIV = re.compile(r"arXiv\\?:(\d{4}\.\d{4,5})")
_DOI = re.compile(r"doi\\?:(10\.\d{4,9}/[^\s,;]*[^\s,;.])")


def linked(text: str) -> str:
    """Markdown with links to what it names by its arXiv number or its DOI."""
    text = _ARXIV.sub(r"[arXiv\\:\1](https://arxiv.org/abs/\1)", text)
    return _DOI.sub(r"[doi\\:\1](https://doi.org/\1)", text)


class Writer:
    """Writes for one edition.

    Args:
        edition: whose words are used.
        file: the words of the page's own.
    """

    def __init__(self, edition: Edition, file: str) -> None:
        self.edition = edition
        self._words = edition.words[file]
        self._tables = edition.words["tables"]

    def word(self, key: str, **values: object) -> str:
        """One of the page's own texts."""
        return self._words[key].format(**values)

    def said(self, text: str) -> str:
        """What a spec says."""
        return escaped(self.edition.said(text))

    def summary(self, spec: Spec) -> str:
        """What a spec is in short, where its name stands beside it; names of arguments as code."""
        name = f"{spec.name}{self._tables['colon']}"
        text = capital(self.edition.said(spec.summary).removeprefix(name))
        names = "|".join(re.escape(h.name) for h in spec.hyper if "_" in h.name)
        if not names:
            return escaped(text)
        pieces = re.split(rf"(?<![A-Za-z0-9_])({names})(?![A-Za-z0-9_])", text)
        return "".join(code(p) if i % 2 else escaped(p) for i, p in enumerate(pieces))

    def source(self, text: str) -> str:
        """A source, with links to what it names by its arXiv number or its DOI."""
        return linked(escaped(self.edition.cited(text)))

    def cell(self, cell: Cell) -> str:
        return "".join(map(self._piece, cell))

    def joined(self, texts: Iterable[str]) -> str:
        """Several texts, separated by commas."""
        return self._tables["comma"].join(texts)

    def apart(self, texts: Iterable[str]) -> str:
        """Several sentences, separated by semicolons."""
        return self._tables["semicolon"].join(texts)

    def about(self, name: str, text: str) -> str:
        """What is said of something, behind its name, which stands alone where that is nothing."""
        return f"{name}{self._tables['colon']}{text}" if text else name

    def listed(self, cells: Sequence[Cell]) -> str:
        """Several cells, separated by commas."""
        return self.joined([self.cell(cell) for cell in cells])

    def arguments(self, rows: Sequence[ArgumentRow]) -> str:
        """The table of arguments."""
        head = ("symbol", "argument", "default", "domain", "meaning")
        cells = [(r.symbol, r.argument, r.default, r.domain, r.meaning) for r in rows]
        return self._table(head, cells)

    def states(self, rows: Sequence[StateRow]) -> str:
        """The table of states."""
        head = ("symbol", "key", "shape", "exists", "initial")
        cells = [(r.symbol, r.key, r.shape, r.exists, r.initial) for r in rows]
        return self._table(head, cells)

    def inputs(self, rows: Sequence[InputRow]) -> str:
        """The table of inputs."""
        head = ("symbol", "input", "shape", "read", "meaning")
        return self._table(head, [(r.symbol, r.input, r.shape, r.read, r.meaning) for r in rows])

    def outputs(self, rows: Sequence[OutputRow]) -> str:
        """The table of outputs."""
        head = ("output", "value", "meaning")
        return self._table(head, [(r.output, r.value, r.meaning) for r in rows])

    def _table(self, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
        titles = [self._tables[key] for key in head]
        return table(titles, [list(map(self.cell, row)) for row in rows], is_stacked=True)

    def _piece(self, piece: Piece) -> str:
        match piece:
            case Formula():
                return inline(piece.tex)
            case Code():
                return code(piece.text)
            case Said():
                return self.said(piece.text)
            case Word():
                return self._tables[piece.key]
