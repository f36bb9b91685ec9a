"""Writing stopped at any moment: every file is old or new, whole, and nothing stays beside it."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from steprule.codegen import emit
from steprule.codegen.emit import Change, write

NAMES = [PurePosixPath(p) for p in ("latex/a.tex", "numpy/a.py", "numpy/b.py", "torch/a.py")]
NEW = PurePosixPath("numpy/new.py")
GONE = PurePosixPath("torch/gone.py")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def changes(out: Path) -> list[Change]:
    for path in (*NAMES, GONE):
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text("old\n" * 1000)
    replaced = [Change(path, "old\n" * 1000, "new\n" * 2000) for path in NAMES]
    return [*replaced, Change(NEW, None, "new\n" * 2000), Change(GONE, "old\n" * 1000, None)]


def temporaries(out: Path) -> list[str]:
    return [path.name for path in out.rglob("*.steprule-new")]


def whole(out: Path) -> Iterator[str]:
    """Each file's state; fails for one that is neither old nor new."""
    for path in (*NAMES, NEW, GONE):
        text = (out / path).read_text() if (out / path).exists() else None
        yield {None: "gone", "old\n" * 1000: "old", "new\n" * 2000: "new"}[text]


@pytest.mark.parametrize("count", range(5))
@pytest.mark.parametrize("call", ["mkstemp", "fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_interrupted(
    error: BaseException, call: str, count: int, changes: list[Change], out: Path, monkeypatch: Any
) -> None:
    calls = 0
    module = emit.tempfile if call == "mkstemp" else os
    true = getattr(module, call)

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == count + 1:
            raise error
        return true(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(module, call, interrupted)
        with pytest.raises(type(error)):
            write(changes, out)
    done = count if call == "replace" else 0
    expected = ["new"] * done + ["old"] * (4 - done) + ["gone", "old"]
    assert list(whole(out)) == expected
    assert temporaries(out) == []


KILLED = """
import os, sys
from pathlib import Path, PurePosixPath
from steprule.codegen import emit

out = Path(sys.argv[1])
changes = [emit.Change(PurePosixPath(p), "", "new\\n" * 2000) for p in sys.argv[3:]]
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

for name in ("open", "close", "fsync", "replace", "unlink", "chmod", "fdopen"):
    setattr(os, name, killing(getattr(os, name)))
for kill_at in range(1, 200):
    if (child := os.fork()) == 0:
        emit.write(changes, out)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    files = [f for f in sorted(out.glob("*/*")) if f.is_file()]
    print(*(f"{f.relative_to(out)}={f.read_text()[:4].strip()}{len(f.read_text())}" for f in files))
    if status == 0:
        break
"""


def test_killed(changes: list[Change], out: Path, python: Any) -> None:
    """After each call to the system in turn. Every next run starts from what was left."""
    done = python(KILLED, str(out), str(GONE), *map(str, (*NAMES, NEW)), cwd=out)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) > 15, "so many calls are made"
    left_behind = 0
    for line in lines:
        found = dict(entry.split("=") for entry in line.split())
        left = {path for path in found if path.endswith(".steprule-new")}
        left_behind = max(left_behind, len(left))
        assert {found[p] for p in found.keys() - left} <= {"old4000", "new8000"}
        assert {str(path) for path in NAMES} <= found.keys()
    assert left_behind == len(NAMES) + 1, "a kill leaves some; never those of two runs"
    assert list(whole(out)) == ["new"] * 5 + ["gone"]
    assert temporaries(out) == []
