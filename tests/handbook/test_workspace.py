"""The sources are brought up to date, and no further."""

import os
from contextlib import suppress
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from steprule.codegen.handbook.page import Page, Picture
from steprule.codegen.handbook.publishing.workspace import Workspace, fill, workspace


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def _line(height: float) -> Figure:
    figure = Figure(figsize=(1, 1))
    figure.subplots().plot([0, height])
    return figure


def _picture(digest: str, height: float = 1) -> Picture:
    return Picture("paths/line", digest, lambda: _line(height))


def _state(space: Workspace) -> dict[str, int]:
    files = [f for f in space.sources.rglob("*") if f.is_file()]
    return {f.relative_to(space.sources).as_posix(): f.stat().st_mtime_ns for f in files}


def test_what_stays_the_same_keeps_its_time(space: Workspace) -> None:
    pages = [Page("a", "# A\n"), Page("b/c", "# C\n", files={"code/c.py": "pass\n"})]
    fill(space, pages)
    before = _state(space)
    assert before.keys() == {"a.md", "b/c.md", "code/c.py", "pictures.json"}
    fill(space, [Page("a", "# Another A\n"), pages[1]])
    after = _state(space)
    assert (space.sources / "a.md").read_text() == "# Another A\n"
    assert {name for name in after if after[name] != before[name]} <= {"a.md", "pictures.json"}
    assert after["a.md"] != before["a.md"]


def test_pages_that_are_gone_are_removed(space: Workspace) -> None:
    fill(space, [Page("a", "# A\n"), Page("b", "# B\n", [_picture("1")], {"b.py": ""})])
    fill(space, [Page("a", "# A\n")])
    assert _state(space).keys() == {"a.md", "pictures.json"}


def test_a_picture_is_drawn_again_when_its_digest_changes(space: Workspace) -> None:
    drawn: list[str] = []
    fill(space, [Page("a", "", [_picture("1")])], drawn.append)
    first = (space.sources / "pictures/paths/line.svg").read_bytes()
    assert (space.sources / "pictures/paths/line.pdf").read_bytes().startswith(b"%PDF")
    fill(space, [Page("a", "", [_picture("1", height=-1)])], drawn.append)
    assert drawn == ["paths/line"]
    assert (space.sources / "pictures/paths/line.svg").read_bytes() == first
    fill(space, [Page("a", "", [_picture("2", height=-1)])], drawn.append)
    assert drawn == ["paths/line", "paths/line"]
    assert (space.sources / "pictures/paths/line.svg").read_bytes() != first


def test_a_picture_whose_file_is_gone_is_drawn_again(space: Workspace) -> None:
    fill(space, [Page("a", "", [_picture("1")])])
    (space.sources / "pictures/paths/line.pdf").unlink()
    fill(space, [Page("a", "", [_picture("1")])])
    assert (space.sources / "pictures/paths/line.pdf").is_file()


@pytest.mark.parametrize("torn", ["", "{", '{"paths/line": "ab', "[1]", "\\udc80"])
def test_a_torn_record_is_made_anew(torn: str, space: Workspace) -> None:
    fill(space, [Page("a", "", [_picture("1")])])
    record = space.sources / "pictures.json"
    whole = record.read_bytes()
    record.write_bytes(torn.encode("utf-8", "surrogateescape"))
    fill(space, [Page("a", "", [_picture("1")])])
    assert record.read_bytes() == whole


def test_a_torn_picture_is_drawn_again(space: Workspace) -> None:
    fill(space, [Page("a", "", [_picture("1")])])
    file = space.sources / "pictures/paths/line.svg"
    whole = file.read_bytes()
    file.write_bytes(whole[:100])
    fill(space, [Page("a", "", [_picture("1")])])
    assert file.read_bytes() == whole


def test_a_picture_that_was_being_replaced_does_not_stay(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of its two files is the new one; then the old one is asked for again."""
    old, new = ([Page("a", "", [_picture(str(h), height=h)])] for h in (1, -1))
    fill(space, old)
    before = (space.sources / "pictures/paths/line.svg").read_bytes()
    true, calls = os.replace, 0

    def stopped(source: Path, file: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        true(source, file)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            fill(space, new)
    fill(space, old)
    assert (space.sources / "pictures/paths/line.svg").read_bytes() == before


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def test_each_handbook_has_its_own_folder(cache: Path) -> None:
    def folder(language: str, *references: str) -> Path:
        with workspace(language, references, lambda: None) as space:
            return space.folder

    assert folder("en") == folder("en")
    folders = {folder("en"), folder("zh"), folder("en", "adam"), folder("en", "own.py")}
    assert len(folders) == 4
    assert all(cache in f.parents for f in folders)


@pytest.mark.parametrize("damaged", ["doctrees/a.doctree", "html/index.html", "latex/x.aux"])
def test_what_a_build_left_is_kept_if_it_is_as_it_was_left(cache: Path, damaged: str) -> None:
    def build(*, stops: bool = False) -> bool:
        """Whether what an earlier build left is there."""
        with suppress(KeyboardInterrupt), workspace("en", (), lambda: None) as space:
            file = space.folder / damaged
            was_there = file.is_file()
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("whole")
            if stops:
                raise KeyboardInterrupt
            return was_there
        return was_there

    assert [build(), build()] == [False, True]
    (torn,) = cache.rglob(Path(damaged).name)
    torn.write_text("who")
    assert [build(), build()] == [False, True]
    build(stops=True)
    assert [build(), build()] == [False, True]


def test_a_second_build_is_told_that_it_waits(cache: Path) -> None:
    waiting: list[str] = []

    def refuse() -> None:
        waiting.append("told")
        raise InterruptedError

    with (
        workspace("en", (), lambda: None),
        pytest.raises(InterruptedError),
        workspace("en", (), refuse),
    ):
        pass
    assert waiting == ["told"]
