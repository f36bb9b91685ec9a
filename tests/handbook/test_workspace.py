"""The sources are brought up to date, and no further."""

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
