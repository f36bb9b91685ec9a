"""Modules beside a spec file: shared by one's own files, and by nobody else's."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner
from steprule.codegen.cli import cli
from steprule.codegen.loading.load import load
from steprule.specs.language import Optimizer, SpecError

RULE = """
from steprule.specs.language import *
from parts import STEP, step_size

rule = Optimizer(
    "Rule",
    summary="Descent by a step that is declared elsewhere.",
    source="nobody",
    hyper=[step_size("0.5")],
    states=[],
    updates=[Update(theta[t], theta[t - 1] - STEP)],
)
"""
PARTS = """
from steprule.specs.language import *

(rate,) = hyperparameters("rate")
STEP = {factor} * rate * grad(theta[t - 1])


def step_size(default):
    return Hyper(rate, default, NON_NEGATIVE, "step size")
"""


def folder(path: Path, parts: str = PARTS.format(factor=2)) -> str:
    """A folder with a rule and its neighbour; the path of the rule."""
    path.mkdir()
    (path / "rule.py").write_text(RULE)
    (path / "parts.py").write_text(parts)
    return str(path / "rule.py")


def step(reference: str) -> str:
    (rule,) = load(reference)
    assert isinstance(rule, Optimizer)
    return str(rule.updates[0].value)


def test_two_folders_with_equal_names_do_not_meet(tmp_path: Path) -> None:
    one = folder(tmp_path / "one")
    two = folder(tmp_path / "two", PARTS.format(factor=3))
    for _ in range(2):
        assert step(one) == "-2*rate*grad(theta[t - 1]) + theta[t - 1]"
        assert step(two) == "-3*rate*grad(theta[t - 1]) + theta[t - 1]"
    assert "parts" not in sys.modules


def test_it_comes_before_what_lies_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a module of the folder that the command is called in, imported already or not."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "parts.py").write_text("raise ImportError('elsewhere')")
    monkeypatch.syspath_prepend(elsewhere)
    reference = folder(tmp_path / "here")
    assert "2*rate" in step(reference)
    imported = ModuleType("parts")
    monkeypatch.setitem(sys.modules, "parts", imported)
    assert "2*rate" in step(reference)
    assert sys.modules["parts"] is imported


def test_bytecode_of_an_older_source_is_not_taken(tmp_path: Path) -> None:
    reference = folder(tmp_path / "here")
    assert "2*rate" in step(reference)
    (tmp_path / "here/parts.py").write_text(PARTS.format(factor=5))
    assert "5*rate" in step(reference)
    assert {file.name for file in (tmp_path / "here").iterdir()} == {"rule.py", "parts.py"}


def test_a_package(tmp_path: Path) -> None:
    reference = folder(tmp_path / "here", "")
    (tmp_path / "here/parts.py").unlink()
    package = tmp_path / "here/parts"
    package.mkdir()
    (package / "__init__.py").write_text("from .within import STEP, step_size")
    (package / "within.py").write_text(PARTS.format(factor=7))
    assert "7*rate" in step(reference)
    assert not [name for name in sys.modules if name.startswith("parts")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("STEP = unknown", ("parts.py, line 11: STEP = unknown", "NameError")),
        ("STEP = (", ("parts.py, line 11", "SyntaxError")),
        # It is looked at as the file itself is.
        ("STEP = 1 if t % 2 == 0 else 2", ("parts.py, line 11", "Eq(Mod(t, 2), 0)")),
    ],
)
def test_a_mistake_is_found_where_it_is(tmp_path: Path, line: str, words: tuple[str, ...]) -> None:
    reference = folder(tmp_path / "here", f"{PARTS.format(factor=2)}\n{line}\n")
    with pytest.raises(SpecError) as caught:
        load(reference)
    for word in words:
        assert word in str(caught.value)


def test_what_was_generated_follows_it(tmp_path: Path) -> None:
    reference = folder(tmp_path / "here")

    def generated() -> str:
        done = CliRunner().invoke(cli, ["generate", reference, "--out", str(tmp_path / "out")])
        assert done.exit_code == 0, done.output
        return (tmp_path / "out/numpy/rule.py").read_text()

    before = generated()
    (tmp_path / "here/parts.py").write_text(PARTS.format(factor=3))
    assert generated() != before


def test_what_a_neighbour_makes_is_not_the_files_own(tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text(RULE)
    (tmp_path / "parts.py").write_text(PARTS.format(factor=2))
    other = tmp_path / "other.py"
    other.write_text(
        "from dataclasses import replace\nfrom rule import rule\nnew = replace(rule, name='New')"
    )
    assert [spec.name for spec in load(str(other))] == ["New"]
    assert [spec.name for spec in load(f"{other}:rule")] == ["Rule"]
    other.write_text("from rule import rule")  # a list of rules, say
    assert [spec.name for spec in load(str(other))] == ["Rule"]
