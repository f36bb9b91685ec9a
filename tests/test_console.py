"""Tables, in a terminal and elsewhere."""

from io import StringIO

import pytest
from rich.console import Console
from rich.table import Table
from steprule.codegen import console

HEAD = ("name", "what")
ROWS = (("a", "short [b]"), ("b", "longer than a terminal is wide"))


def shown(monkeypatch: pytest.MonkeyPatch, show, *, is_terminal: bool) -> list[str]:
    to = Console(file=StringIO(), width=20, force_terminal=is_terminal, no_color=True)
    monkeypatch.setattr(console, "output", to)
    show()
    assert isinstance(to.file, StringIO)
    return to.file.getvalue().splitlines()


def show_table() -> None:
    table = Table(*HEAD, box=None, pad_edge=False)
    for name, what in ROWS:
        table.add_row(name, what.replace("[", r"\["))
    console.show_table(table)


def show_rows() -> None:
    console.show_rows(HEAD, ROWS)


def test_elsewhere_a_row_is_a_line_without_trailing_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, show_table, is_terminal=False) == [
        "name  what",
        "a     short [b]",
        "b     longer than a terminal is wide",
    ]
    assert shown(monkeypatch, show_rows, is_terminal=False) == [
        "name  what",
        "a  short [b]",
        "b  longer than a terminal is wide",
    ]


@pytest.mark.parametrize("show", [show_table, show_rows])
def test_in_a_terminal_it_is_as_wide_as_that(monkeypatch: pytest.MonkeyPatch, show) -> None:
    lines = shown(monkeypatch, show, is_terminal=True)
    assert len(lines) == 5
    assert any("a     short [b]" in line for line in lines)
