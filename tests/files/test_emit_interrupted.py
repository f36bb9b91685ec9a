"""Writing stopped at any moment: every file is old or new, whole, and no mixture is imported."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from steprule.codegen.files import whole
from steprule.codegen.files.emit import Change
from steprule.codegen.files.write import UNFINISHED, write

NAMES = [
    PurePosixPath(p)
    for p in ("latex/a.tex", "numba/__init__.py", "numba/a.py", "numpy/a.py", "numpy/b.py")
]
NEW = PurePosixPath("numpy/new.py")
GONE = PurePosixPath("numba/gone.py")
SAME = PurePosixPath("numpy/__init__.py")
ALL = (*NAMES, NEW, GONE, SAME)
OLD_TEXT, NEW_TEXT = "# old\n" * 1000, "# new\n" * 2000


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def changes(out: Path) -> list[Change]:
    for path in (*NAMES, GONE, SAME):
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(OLD_TEXT)
    replaced = [Change(path, OLD_TEXT, NEW_TEXT) for path in NAMES]
    return [*replaced, Change(NEW, None, NEW_TEXT), Change(GONE, OLD_TEXT, None)]


def temporaries(out: Path) -> list[str]:
    return [path.name for path in out.rglob("*.steprule-new")]


def state(text: str | None) -> str:
    """Fails for a text that is neither old nor new nor says that it is unfinished."""
    if text and "raise ImportError(" in text:
        return "closed"
    return {None: "gone", OLD_TEXT: "old", NEW_TEXT: "new"}[text]


def found(out: Path) -> Iterator[str]:
    for path in ALL:
        yield state((out / path).read_text() if (out / path).exists() else None)


def written(out: Path) -> list[str]:
    return ["new"] * 6 + ["gone", "old"]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
@pytest.mark.parametrize("count", range(9))
def test_before_all_are_written_beside_nothing_changes(
    error: BaseException, count: int, changes: list[Change], out: Path, monkeypatch: Any
) -> None:
    """Six files are written, then the notices of two packages."""
    calls = 0
    true = os.fsync

    def interrupted(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == count + 1:
            raise error
        return true(*args)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", interrupted)
        if count == 8:
            write(changes, out)
            assert list(found(out)) == written(out)
            return
        with pytest.raises(type(error)) as raised:
            write(changes, out)
    if isinstance(error, OSError):
        named = [path for path in ALL if str(out / path) in str(raised.value)]
        assert len(named) == 1, "the full disk names the file"
    expected = ["old"] * 5 + ["gone", "old", "old"]
    if count == 7:
        expected[1] = "closed"
    assert list(found(out)) == expected
    assert temporaries(out) == []
    write(changes, out)
    assert list(found(out))[:7] == written(out)[:7]


def test_a_package_that_does_not_change_is_the_same_file(changes: list[Change], out: Path) -> None:
    before = (out / SAME).stat()
    write(changes, out)
    after = (out / SAME).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_one_file_alone_closes_nothing(changes: list[Change], out: Path, monkeypatch: Any) -> None:
    closed: list[Path] = []
    true = os.replace

    def replace(new: Path, file: Path) -> None:
        closed.append(file)
        true(new, file)

    monkeypatch.setattr(os, "replace", replace)
    write([change for change in changes if change.path in (NAMES[0], NAMES[3])], out)
    assert closed == [out / NAMES[0], out / NAMES[3]]


KILLED = """
import os, sys
from pathlib import Path, PurePosixPath
from steprule.codegen.files import emit
from steprule.codegen.files.write import write

out = Path(sys.argv[1])
changes = [emit.Change(PurePosixPath(p), "", "# new\\n" * 2000) for p in sys.argv[3:]]
changes.append(emit.Change(PurePosixPath(sys.argv[2]), "", None))
calls, kill_at = 0, 0

def killing(true):
    def call(*args, **kwargs):
        global calls
        calls += 1
        if calls == kill_at:
            os._exit(9)  # no finally, no flush: as a power cut leaves it, one call earlier
        return true(*args, **kwargs)
    return call

def short(text):
    return "closed" if "raise ImportError(" in text else text[2:5] + str(text.count("\\n"))

for name in ("open", "close", "fsync", "replace", "unlink", "link"):
    setattr(os, name, killing(getattr(os, name)))
before = {f: f.read_text() for f in out.glob("*/*")}
for at in range(1, 200):
    kill_at = 0
    for f in out.glob("*/*"):
        if not f.name.endswith("steprule-new"):
            f.unlink()
    for f, text in before.items():
        f.write_text(text)
    if (child := os.fork()) == 0:
        calls, kill_at = -len([*out.glob("*/*.steprule-new")]), at  # those are removed first
        write(changes, out)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    files = [f for f in sorted(out.glob("*/*")) if f.is_file()]
    print(*(f"{f.relative_to(out)}={short(f.read_text())}" for f in files))
    if status == 0:
        break
"""


def test_killed(changes: list[Change], out: Path, python: Any) -> None:
    """After each call to the system in turn: a package that is a mixture cannot be imported."""
    done = python(KILLED, str(out), str(GONE), *map(str, (*NAMES, NEW)), cwd=out.parent)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) > 30, "so many calls are made"
    mixtures = left_behind = 0
    for line in lines:
        files = dict(entry.split("=") for entry in line.split())
        left = {path for path in files if path.endswith(".steprule-new")}
        left_behind = max(left_behind, len(left))
        kept = {p: files[p] for p in files.keys() - left}
        assert set(kept.values()) <= {"old1000", "new2000", "closed"}
        assert {str(path) for path in (*NAMES, SAME)} <= kept.keys()
        python_files = [p for p in kept if p.endswith(".py") and p != str(SAME)]
        states = {kept[p] for p in python_files if not p.endswith("__init__.py")}
        is_mixed = len(states) > 1 or ("new2000" in states and str(GONE) in kept)
        mixtures += is_mixed
        assert not is_mixed or {kept["numba/__init__.py"], kept[str(SAME)]} == {"closed"}
    assert mixtures > 3, "in the midst of renaming"
    assert left_behind == len(NAMES) + 3, "never those of two runs"
    assert list(found(out)) == written(out)
    assert temporaries(out) == []


def test_a_package_left_closed_says_what_to_do(tmp_path: Path, python: Any) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/__init__.py").write_text(UNFINISHED)
    done = python("import rules", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert "ImportError: what is in this folder is half old and half new" in done.stderr
    assert "steprule generate" in done.stderr


def test_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "found.json"
    file.write_text("old")
    (tmp_path / "found.json.0.steprule-new").write_text("of a killed run")
    whole.replace(file, b"new")
    assert file.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [file]
