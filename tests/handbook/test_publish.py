"""An output is replaced whole, and nothing that is not a handbook is replaced."""

from pathlib import Path

import pytest
from steprule.codegen.emit import ForeignFileError
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


def test_a_site_is_put_in_place_of_an_older_one(tmp_path: Path) -> None:
    target = tmp_path / "site"
    publish_folder(_built(tmp_path / "one", "old"), target)
    (target / "stale.html").write_text("of a page that is gone")
    publish_folder(_built(tmp_path / "two", "new"), target)
    assert (target / "deep" / "page.html").read_text() == "new"
    assert _files(target) == {".steprule-handbook", "deep/page.html"}
    assert {f.name for f in tmp_path.iterdir()} == {"one", "two", "site"}


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
    with pytest.raises(ForeignFileError, match="is a file"):
        require_replaceable(tmp_path / "file")


def test_an_empty_folder_can_be_filled(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    publish_folder(_built(tmp_path / "built", "x"), tmp_path / "empty")
    assert (tmp_path / "empty" / "deep" / "page.html").is_file()


def test_the_old_site_stays_where_the_new_one_cannot_be_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "site"
    publish_folder(_built(tmp_path / "one", "old"), target)
    rename = Path.rename

    def refuses(self: Path, to: Path) -> Path:
        if self.name == "new":
            raise OSError("no space left on device")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", refuses)
    with pytest.raises(OSError, match="no space"):
        publish_folder(_built(tmp_path / "two", "new"), target)
    assert (target / "deep" / "page.html").read_text() == "old"
    assert {f.name for f in tmp_path.iterdir()} == {"one", "two", "site"}


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
