"""One at a time in a folder, whatever became of the one before."""

import os
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from filelock import FileLock
from steprule.codegen.cli import cli
from steprule.codegen.commands import generation
from steprule.codegen.files import turns
from steprule.codegen.files.turns import LOCK, turn


def never() -> None:
    pytest.fail("waits for nobody")


def refuse() -> None:
    raise InterruptedError("told that it waits")


def test_others_wait(tmp_path: Path) -> None:
    with turn(tmp_path, never), pytest.raises(InterruptedError), turn(tmp_path, refuse):
        pass
    with turn(tmp_path, never):
        pass


def test_each_has_its_turn(tmp_path: Path) -> None:
    """Eight read a number and write the next: none is lost."""
    count = tmp_path / "count"
    count.write_text("0")

    def add() -> None:
        for _ in range(5):
            with turn(tmp_path, lambda: None):
                count.write_text(str(int(count.read_text()) + 1))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count.read_text() == "40"


def test_a_killed_one_locks_nobody_out(tmp_path: Path) -> None:
    if (child := os.fork()) == 0:
        with turn(tmp_path, never):
            os._exit(9)
    os.waitpid(child, 0)
    assert (tmp_path / LOCK).is_file()
    with turn(tmp_path, never):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_left_empty_is_gone(tmp_path: Path) -> None:
    with turn(tmp_path / "a" / "b", never):
        pass
    assert list(tmp_path.iterdir()) == []
    with turn(tmp_path / "a", never):
        (tmp_path / "a" / "file").touch()
    assert [f.name for f in (tmp_path / "a").iterdir()] == ["file"]


def test_it_is_let_go_of_by_who_keeps_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[FileLock] = []

    def keep(path: Path) -> FileLock:
        kept.append(FileLock(path))
        return kept[-1]

    monkeypatch.setattr(turns, "FileLock", keep)
    with turn(tmp_path, never):
        assert [lock.is_locked for lock in kept] == [True]
    assert [lock.is_locked for lock in kept] == [False]


def test_somebody_clears_the_folder_meanwhile(tmp_path: Path) -> None:
    with turn(tmp_path / "a", never):
        (tmp_path / "a" / LOCK).unlink()
        (tmp_path / "a").rmdir()
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(OSError, match="a"), turn(tmp_path / "a" / "b", never):
        pass
    assert [f.name for f in tmp_path.iterdir()] == ["a"]


def test_generate_waits_before_it_looks_at_what_is_there(
    tmp_path: Path, spec_file: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def note(text: str) -> None:
        told.append(text)
        raise InterruptedError(text)

    monkeypatch.setattr(generation, "note", note)
    monkeypatch.setattr(generation, "plan_all", lambda *_args, **_named: pytest.fail("plans"))
    with turn(tmp_path / "rules", never):
        result = CliRunner().invoke(
            cli, ["generate", str(spec_file()), "--out", str(tmp_path / "rules")]
        )
    assert result.exit_code == 1
    assert told == [f"waiting for another run that writes to {tmp_path / 'rules'}"]
