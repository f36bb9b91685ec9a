"""An output is replaced whole, and nothing that is not a handbook is replaced."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from steprule.codegen.files.emit import ForeignFileError
from steprule.codegen.handbook.publishing.publish import (
    publish_file,
    publish_folder,
    require_replaceable,
)


def _built(folder: Path, text: str) -> Path:
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "page.html").write_text(text)
    return folder


def _files(folder: Path) -> set[str]:
    return {f.relative_to(folder).as_posix() for f in folder.rglob("*") if f.is_file()}


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    found = ((f, f.lstat()) for f in folder.rglob("*"))
    return {str(f): (s.st_ino, s.st_mtime_ns) for f, s in found if not f.is_dir()}


def test_a_site_is_put_in_place_of_an_older_one(tmp_path: Path) -> None:
    target = tmp_path / "site"
    one = _built(tmp_path / "one", "old")
    (one / "gone").mkdir()
    (one / "gone" / "page.html").write_text("of a rule that is gone")
    publish_folder(one, target)
    publish_folder(_built(tmp_path / "two", "new"), target)
    assert (target / "deep" / "page.html").read_text() == "new"
    assert _files(target) == {".steprule-handbook", "deep/page.html"}
    assert not (target / "gone").exists()
    assert {f.name for f in tmp_path.iterdir()} == {"one", "two", "site"}


def test_what_the_user_put_there_stays(tmp_path: Path) -> None:
    """A pages branch: what git keeps, a domain, notes among the pages."""
    target = tmp_path / "site"
    (target / ".git").mkdir(parents=True)
    (target / ".git" / "HEAD").write_text("ref: refs/heads/pages\n")
    publish_folder(_built(tmp_path / "one", "old"), target)
    (target / "CNAME").write_text("optimizers.example\n")
    (target / "deep" / "notes.html").write_text("mine")
    publish_folder(_built(tmp_path / "two", "new"), target)
    assert (target / "deep" / "page.html").read_text() == "new"
    assert (target / ".git" / "HEAD").read_text() == "ref: refs/heads/pages\n"
    assert (target / "CNAME").read_text() == "optimizers.example\n"
    assert (target / "deep" / "notes.html").read_text() == "mine"


def _folder(place: Path) -> None:
    place.mkdir()


@pytest.mark.parametrize(
    ("put", "at"),
    [
        (lambda place: place.write_text("mine"), "deep/new.html"),
        (lambda place: place.symlink_to("page.html"), "deep/new.html"),
        (_folder, "deep/new.html"),
        (lambda place: place.write_text("mine"), "new"),
        (lambda place: place.symlink_to("deep"), "new"),
    ],
    ids=["file", "link", "folder", "file for a folder", "link for a folder"],
)
def test_what_stands_in_the_way_is_refused(
    put: Callable[[Path], None], at: str, tmp_path: Path
) -> None:
    target = tmp_path / "site"
    publish_folder(_built(tmp_path / "one", "old"), target)
    put(target / at)
    before = _state(target)
    two = _built(tmp_path / "two", "new")
    (two / "deep" / "new.html").write_text("new")
    (two / "new").mkdir()
    (two / "new" / "page.html").write_text("new")
    with pytest.raises(ForeignFileError, match=rf"{at} is none of the handbook's"):
        publish_folder(two, target)
    assert _state(target) == before


def test_files_of_a_site_without_a_list_are_the_sites(tmp_path: Path) -> None:
    target = _built(tmp_path / "site", "old")
    (target / ".steprule-handbook").touch()
    publish_folder(_built(tmp_path / "one", "new"), target)
    assert (target / "deep" / "page.html").read_text() == "new"


def test_a_list_reaches_nothing_outside(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    target = tmp_path / "site"
    publish_folder(_built(tmp_path / "one", "old"), target)
    with (target / ".steprule-handbook").open("a") as listed:
        listed.write(f"../thesis.txt\n{tmp_path}/thesis.txt\n")
    publish_folder(_built(tmp_path / "two", "new"), target)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_permissions_are_the_users(mask: int, mode: int, tmp_path: Path) -> None:
    one = _built(tmp_path / "one", "x")
    previous = os.umask(mask)
    try:
        publish_folder(one, tmp_path / "site")
        publish_file(one / "deep" / "page.html", tmp_path / "book.pdf")
    finally:
        os.umask(previous)
    files = [f for f in (tmp_path / "site").rglob("*") if f.is_file()] + [tmp_path / "book.pdf"]
    assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {mode}


def test_folders_above_are_made(tmp_path: Path) -> None:
    publish_folder(_built(tmp_path / "built", "x"), tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b" / "deep" / "page.html").is_file()


def test_a_folder_of_somebodys_own_stays(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "thesis.txt").write_text("years of work")
    with pytest.raises(ForeignFileError, match="holds files that are no handbook"):
        publish_folder(_built(tmp_path / "built", "x"), own)
    assert (own / "thesis.txt").read_text() == "years of work"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ForeignFileError, match="is no folder"):
        require_replaceable(tmp_path / "file")


def test_an_empty_folder_can_be_filled(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    publish_folder(_built(tmp_path / "built", "x"), tmp_path / "empty")
    assert (tmp_path / "empty" / "deep" / "page.html").is_file()


@pytest.mark.parametrize("count", range(6))
def test_a_site_that_was_being_replaced_is_mended_by_the_next_run(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before each rename: two lists and four pages; every page is whole, none is lost."""
    target = tmp_path / "site"
    built = [tmp_path / "one", tmp_path / "two"]
    for folder, text in zip(built, ("old", "new"), strict=True):
        for name in ("a", "b", "c", text):
            (folder / name).mkdir(parents=True)
            (folder / name / "index.html").write_text(text)
    publish_folder(built[0], target)
    (target / "CNAME").write_text("mine")
    replace, calls = os.replace, 0

    def stopped(new: Path, file: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == count + 1:
            raise KeyboardInterrupt
        replace(new, file)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            publish_folder(built[1], target)
    pages = {name: (target / name / "index.html").read_text() for name in ("a", "b", "c")}
    assert set(pages.values()) <= {"old", "new"}
    assert (target / "CNAME").read_text() == "mine"
    publish_folder(built[1], target)
    expected = {f"{name}/index.html" for name in ("a", "b", "c", "new")}
    assert _files(target) == {*expected, ".steprule-handbook", "CNAME"}
    assert {(target / path).read_text() for path in expected} == {"new"}


def test_a_killed_run_leaves_what_the_next_removes(tmp_path: Path) -> None:
    target = tmp_path / "site"
    publish_folder(_built(tmp_path / "one", "old"), target)
    (target / ".site.steprule-new").mkdir()
    (target / ".site.steprule-new" / "half.html").write_text("half")
    (target / ".steprule-handbook.0.steprule-new").write_text("half")
    publish_folder(tmp_path / "one", target)
    assert _files(target) == {".steprule-handbook", "deep/page.html"}


def test_a_link_to_a_site_stays_a_link(tmp_path: Path) -> None:
    publish_folder(_built(tmp_path / "one", "old"), tmp_path / "site")
    (tmp_path / "link").symlink_to(tmp_path / "site")
    publish_folder(_built(tmp_path / "two", "new"), tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "site" / "deep" / "page.html").read_text() == "new"


def test_a_book_is_replaced_whole(tmp_path: Path) -> None:
    book = tmp_path / "book.pdf"
    book.write_bytes(b"old")
    (tmp_path / "built.pdf").write_bytes(b"new")
    publish_file(tmp_path / "built.pdf", book)
    assert book.read_bytes() == b"new"
    with pytest.raises(FileNotFoundError):
        publish_file(tmp_path / "never built.pdf", book)
    assert book.read_bytes() == b"new"
    assert {f.name for f in tmp_path.iterdir()} == {"book.pdf", "built.pdf"}
