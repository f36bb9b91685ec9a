"""What was right before and has not changed is not verified again, which is said."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from steprule.codegen.analysis import analyse
from steprule.codegen.cli import cli
from steprule.codegen.files import cache as kept
from steprule.codegen.files import sources
from steprule.codegen.loading.load import load
from steprule.codegen.verify import command, unchanged, verdicts
from steprule.codegen.verify.results import Result, Worst


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept, "folder", lambda: tmp_path / "steprule" / "generated")
    return tmp_path


def test_a_digest_is_of_all_that_a_verdict_depends_on(tmp_path, monkeypatch) -> None:
    spec = analyse(load("sgd")[0])
    files = unchanged.generated_files()
    known = unchanged.digest(spec, "float32", "cpu", without=(), files=files)
    assert unchanged.digest(spec, "float32", "cpu", without=(), files=files) == known
    others = {
        unchanged.digest(
            replace(spec, summary="Another."), "float32", "cpu", without=(), files=files
        ),
        unchanged.digest(spec, "float64", "cpu", without=(), files=files),
        unchanged.digest(spec, "float32", "cuda", without=(), files=files),
        unchanged.digest(spec, "float32", "cpu", without=("numba",), files=files),
        unchanged.digest(analyse(load("adam")[0]), "float32", "cpu", without=(), files=files),
    }
    for changed in ("_CODEGEN", "_specs", "_installed"):
        with monkeypatch.context() as patch:
            there = {"_CODEGEN": tmp_path, "_specs": lambda: tmp_path, "_installed": lambda: ["x"]}
            patch.setattr(sources, changed, there[changed])
            sources.sources_of_verdicts.cache_clear()
            others.add(unchanged.digest(spec, "float32", "cpu", without=(), files=files))
    sources.sources_of_verdicts.cache_clear()
    assert len(others - {known}) == 8


def test_generated_files_count_and_those_of_other_rules_do_not(tmp_path, monkeypatch) -> None:
    spec = analyse(load("sgd")[0])
    for name in ("numpy/sgd.py", "numpy/adam.py", "numpy/_optimizer.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("before")
    monkeypatch.setattr(unchanged, "own_folder", lambda: tmp_path)
    digests = [unchanged.digest(spec, without=(), files=unchanged.generated_files())]
    for name in ("numpy/adam.py", "numpy/sgd.py", "numpy/_optimizer.py"):
        (tmp_path / name).write_text("after")
        digests.append(unchanged.digest(spec, without=(), files=unchanged.generated_files()))
    assert digests[0] == digests[1]
    assert len({*digests}) == 3


def test_a_torn_file_counts_for_nothing(cache: Path) -> None:
    key = "0123456789abcdef"
    assert not unchanged.is_known(key)
    unchanged.remember(key)
    assert unchanged.is_known(key)
    (file,) = (cache / "steprule" / "generated").iterdir()
    for torn in (b"", b"01234567", b"\xff\x00"):
        file.write_bytes(torn)
        assert not unchanged.is_known(key)
    unchanged.remember(key)
    assert unchanged.is_known(key)


def test_nowhere_to_keep_it_is_no_fault(cache: Path) -> None:
    (cache / "steprule").write_text("a file where the folder would be")
    unchanged.remember("0123456789abcdef")
    assert not unchanged.is_known("0123456789abcdef")


def test_the_command_says_what_it_left_out(monkeypatch) -> None:
    verified: list[tuple[str, str]] = []
    error = 0.5

    def found(units, *_):
        verified.extend((u.name, u.dtype) for u in units)
        results = [Result(u.name, "numpy", u.dtype, "theta", Worst(error, 1.0)) for u in units]
        return results, {}

    monkeypatch.setattr(verdicts, "_verified_together", found)
    monkeypatch.setattr(command, "begin", lambda: None)

    def run(*arguments: str) -> tuple[int, str]:
        verified.clear()
        result = CliRunner().invoke(cli, ["verify", "ClipByValue", *arguments])
        return result.exit_code, result.output

    error = 2.0
    assert run("--dtype", "float32")[0] == 1  # what is wrong is tried again
    error = 0.5
    assert "not verified again" not in run("--dtype", "float32")[1]
    assert verified == [("ClipByValue", "float32")]
    status, output = run("--dtype", "float32")
    assert (status, verified) == (0, [])
    assert "nothing has changed since it was right here: ClipByValue; --all verifies" in output
    assert run("--dtype", "float32", "--all")[0] == 0
    assert verified == [("ClipByValue", "float32")]
    run("--dtype", "float32", "--dtype", "float64")
    assert verified == [("ClipByValue", "float64")]
