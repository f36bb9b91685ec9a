"""What ``steprule docs`` says, and what it leaves as it was."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from steprule.codegen.cli import cli
from steprule.codegen.handbook import command
from steprule.codegen.handbook.edition import Edition
from steprule.codegen.handbook.material import Material
from steprule.codegen.handbook.page import Page

EMPTY = Material((), frozenset(), True, {}, lambda name: pytest.fail(f"imports {name}"), {})


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[Page]:
    """What the handbook consists of, to be changed by the test; gathering takes no time."""
    found = [Page("index", "# Home\n")]

    @contextmanager
    def gathered(references: Sequence[str], progress: object) -> Iterator[Material]:
        yield EMPTY

    def all_pages(material: Material, edition: Edition) -> list[Page]:
        return list(found)

    monkeypatch.setattr(command, "gathered", gathered)
    monkeypatch.setattr(command, "all_pages", all_pages)
    monkeypatch.setattr(command, "short_pages", all_pages)
    return found


def _docs(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["docs", *map(str, arguments)])


def test_something_has_to_be_asked_for() -> None:
    result = _docs()
    assert result.exit_code == 2
    assert "--html DIR, --pdf FILE, --book FILE, --web DIR" in result.output


def test_a_failed_build_leaves_the_old_output(tmp_path: Path, pages: list[Page]) -> None:
    site = tmp_path / "site"
    assert _docs("--html", site).exit_code == 0
    before = (site / "index.html").read_bytes()
    pages[0] = Page("index", "# Home\n\n[nowhere](no/such/page.md)\n")
    result = _docs("--html", site)
    assert result.exit_code == 1
    assert "no/such/page" in result.stderr
    assert (site / "index.html").read_bytes() == before
    pages[0] = Page("index", "# Home\n\nMended.\n")
    assert _docs("--html", site).exit_code == 0
    assert "Mended." in (site / "index.html").read_text()


def test_all_languages_are_put_on_the_web(
    tmp_path: Path, pages: list[Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    (made := tmp_path / "made.pdf").write_text("%PDF")
    monkeypatch.setattr(command, "require_latex", lambda language: None)
    monkeypatch.setattr(command, "book", lambda *given, **named: made)
    result = _docs("--web", tmp_path / "web")
    assert result.exit_code == 0, result.output
    for language in ("en", "zh"):
        folder = tmp_path / "web" / language
        assert f'<html class="no-js" lang="{language}' in (folder / "index.html").read_text()
        for name in ("steprule-handbook.pdf", "steprule-derivations.pdf"):
            assert (folder / name).read_text() == "%PDF"
    assert (tmp_path / "web" / "index.html").is_file()
    assert not [*(tmp_path / "cache" / "steprule" / "handbook").glob("web-*")]


def test_the_short_book_is_about_no_spec(tmp_path: Path) -> None:
    result = _docs("adam", "--book", tmp_path / "short.pdf")
    assert result.exit_code == 2
    assert "the short book is about no SPEC" in result.output


def test_a_folder_of_somebodys_own_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    result = _docs("--html", tmp_path)
    assert result.exit_code == 2
    assert "no handbook" in result.stderr


def test_a_missing_engine_is_named_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    result = _docs("--pdf", tmp_path / "book.pdf")
    assert result.exit_code == 1
    assert "latexmk" in result.stderr
    assert "apt-get install" in result.stderr
    assert not (tmp_path / "book.pdf").exists()


def test_missing_tools_are_named_with_their_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None if name == "furo" else name)
    result = _docs("--html", tmp_path / "site")
    assert result.exit_code == 1
    assert result.stderr == "error: the handbook needs furo: pip install 'steprule[docs]'\n"


def test_an_unknown_spec_is_named(tmp_path: Path) -> None:
    result = _docs("--html", tmp_path / "site", "adamm")
    assert result.exit_code == 2
    assert "no built-in spec has this name" in result.stderr
