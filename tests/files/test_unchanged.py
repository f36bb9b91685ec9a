"""A run in which nothing changed is told from bytes; one in which anything did takes place."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from steprule.codegen.cli import cli
from steprule.codegen.commands import generation
from steprule.codegen.files import sources, together, unchanged
from steprule.codegen.files.sources import Sources

HELPED = """\
from pathlib import Path

from beside import source

{ball}
from dataclasses import replace
heavy_ball = replace(heavy_ball, source=source, summary=Path({data!r}).read_text())
"""


def generate(*arguments: object) -> str:
    result = CliRunner().invoke(cli, ["generate", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Those that took place."""
    took_place: list[str] = []
    true = generation.named

    def named(references: Any) -> Any:
        took_place.append(" ".join(references))
        return true(references)

    monkeypatch.setattr(generation, "named", named)
    return took_place


@pytest.fixture
def spec(spec_file: Callable[..., Path]) -> Path:
    """One that imports what lies beside it, and reads a file."""
    file = spec_file()
    data = file.with_name("data.txt")
    file.write_text(HELPED.format(ball=file.read_text(), data=str(data)))
    file.with_name("beside.py").write_text('source = "somewhere"\n')
    data.write_text("A rule.")
    return file


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def replace_in(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_run_after_another(spec: Path, out: Path, runs: list[str]) -> None:
    first = generate(spec, "--out", out)
    count = len([file for file in out.rglob("*") if file.is_file()])
    assert first == f"{count} files in {out}: {count} written, 0 removed, 0 unchanged\n"
    again = f"{count} files in {out}: 0 written, 0 removed, {count} unchanged\n"
    assert generate(spec, "--out", out) == again
    assert generate(spec, "--out", out, "--check") == "every generated file is as its spec says\n"
    assert len(runs) == 1


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no such file")
def test_what_the_system_says_of_a_process_does_not_count(
    spec: Path, out: Path, runs: list[str]
) -> None:
    """It does where torch is imported, to see whether a peer is there."""
    spec.write_text(f"open('/proc/self/stat').close()\n{spec.read_text()}")
    for _ in range(2):
        generate(spec, "--out", out)
    assert len(runs) == 1


def test_a_check_is_a_run(spec: Path, out: Path, runs: list[str], generated_cache: Path) -> None:
    generate(spec, "--out", out)
    for entry in generated_cache.iterdir():
        entry.unlink()
    for _ in range(2):
        generate(spec, "--out", out, "--check")
    assert len(runs) == 2


@pytest.mark.parametrize(
    ("change", "is_as_before"),
    [
        (lambda spec, out: replace_in(spec, "0.5", "0.25"), False),
        (lambda spec, out: replace_in(spec.with_name("beside.py"), "some", "no"), False),
        (lambda spec, out: spec.with_name("data.txt").write_text("Another."), False),
        (lambda spec, out: replace_in(out / "numpy/heavyball.py", "mu", "nu"), True),
        (lambda spec, out: (out / "torch/heavyball.py").unlink(), True),
        (lambda spec, out: (out / "torch/mine.py").write_text("mine"), True),
        (lambda spec, out: (out / "numpy/heavyball.py.0.steprule-new").write_text(""), True),
    ],
    ids=["spec", "module", "data", "edited", "removed", "added", "left behind"],
)
def test_after_a_change(
    change: Callable[[Path, Path], object],
    is_as_before: bool,
    spec: Path,
    out: Path,
    runs: list[str],
) -> None:
    generate(spec, "--out", out)
    before = (out / "numpy/heavyball.py").read_text()
    change(spec, out)
    generate(spec, "--out", out)
    assert len(runs) == 2
    assert ((out / "numpy/heavyball.py").read_text() == before) is is_as_before
    assert (out / "torch/heavyball.py").exists()
    assert not list(out.rglob("*.steprule-new"))
    generate(spec, "--out", out)
    assert len(runs) == 2


def test_a_module_compiled_before_is_known_by_its_source(
    spec: Path, out: Path, runs: list[str]
) -> None:
    import py_compile

    py_compile.compile(str(spec.with_name("beside.py")))
    generate(spec, "--out", out)
    replace_in(spec.with_name("beside.py"), "somewhere", "somewhere else")
    generate(spec, "--out", out)
    assert len(runs) == 2
    assert "somewhere else" in (out / "numpy/heavyball.py").read_text()


def test_of_another_generator_nothing_is_known(
    spec: Path, out: Path, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(spec, "--out", out)
    for module in (unchanged, together):
        monkeypatch.setattr(module, "sources", lambda: Sources("other", "other"))
    generate(spec, "--out", out)
    assert len(runs) == 2


def test_what_changes_during_a_run_is_not_remembered(
    spec: Path, out: Path, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    true = generation.write

    def write(*arguments: Any) -> None:
        true(*arguments)
        os.utime(spec.with_name("data.txt"))

    monkeypatch.setattr(generation, "write", write)
    for _ in range(2):
        generate(spec, "--out", out)
    assert len(runs) == 2


def test_another_folder_is_another_run(spec: Path, out: Path, runs: list[str]) -> None:
    generate(spec, "--out", out)
    generate(spec, "--out", out / "other")
    assert len(runs) == 2
    assert (out / "other/numpy/heavyball.py").exists()


def test_with_a_backend_of_somebody_elses_nothing_is_known(
    spec: Path, out: Path, runs: list[str], generated_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Plain:
        name, comment = "plain", "#"

        def files(self, compiled: Any) -> dict[str, str]:
            return {f"{compiled.spec.module}.txt": compiled.spec.name}

        def shared(self, entries: Any) -> dict[str, str]:
            return {}

    true = generation.backends
    monkeypatch.setattr(generation, "backends", lambda: true() | {"plain": Plain()})
    for _ in range(2):
        generate(spec, "--out", out)
    assert len(runs) == 2
    assert not generated_cache.exists()


class TestSources:
    """What a change to a file of this package is a change of."""

    @pytest.fixture
    def trees(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        for path in ("codegen/program", "codegen/handbook", "specs/language", "specs/optimizers"):
            (tmp_path / path).mkdir(parents=True)
            (tmp_path / path / "a.py").write_text("a = 1\n")
        (tmp_path / "specs/claims").mkdir()
        (tmp_path / "specs/__init__.py").write_text("")
        monkeypatch.setattr(sources, "_CODEGEN", tmp_path / "codegen")
        monkeypatch.setattr(sources, "_PACKAGE", "here")

        class Found:
            origin = str(tmp_path / "specs/__init__.py")

        monkeypatch.setattr(sources, "find_spec", lambda name: Found)
        return tmp_path

    @pytest.mark.parametrize(
        ("path", "generator", "whole"),
        [
            ("codegen/program/a.py", True, True),
            ("codegen/program/new.j2", True, True),
            ("specs/language/a.py", True, True),
            ("specs/optimizers/a.py", False, True),
            ("specs/claims/a.py", False, False),
            ("codegen/handbook/a.py", False, False),
            ("codegen/program/__pycache__/a.pyc", False, False),
        ],
    )
    def test_of_a_file(self, path: str, generator: bool, whole: bool, trees: Path) -> None:
        before = sources.sources()
        (trees / path).parent.mkdir(exist_ok=True)
        (trees / path).write_text("a = 2\n")
        after = sources.sources()
        assert (before.generator != after.generator, before.whole != after.whole) == (
            generator,
            whole,
        )

    def test_of_what_is_installed(self, trees: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.syspath_prepend(str(trees))
        before = sources.sources()
        (trees / "sympy-9.0.dist-info").mkdir()
        assert sources.sources() != before

    def test_of_what_a_package_carries(self, trees: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As setuptools does, which torch imports when it compiles."""
        (trees / "tools/_vendor/sympy-9.0.dist-info").mkdir(parents=True)
        (trees / "tools/__init__.py").write_text("")
        before = sources.sources()
        monkeypatch.syspath_prepend(str(trees / "tools/_vendor"))
        assert sources.sources() == before


def test_nothing_of_the_generator_is_imported(spec: Path, out: Path, python: Any) -> None:
    home = {"XDG_CACHE_HOME": str(out.with_name("cache"))}
    for imported in (True, False):
        done = python(
            f"""
            import sys
            sys.argv = ["steprule", "generate", {str(spec)!r}, "--out", {str(out)!r}]
            from steprule.codegen.__main__ import main
            try:
                main()
            finally:
                print([name in sys.modules for name in ("sympy", "jinja2", "numpy", "rich")])
            """,
            cwd=out.parent, **home,
        )  # fmt: skip
        assert done.stdout.endswith(f"{[imported] * 4}\n"), done.stderr
