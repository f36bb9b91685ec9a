"""``steprule new``: a file to begin with, which is right as it stands."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from steprule.codegen.cli import cli

KINDS = {"my_rule": [], "my_rate": ["--schedule"], "my_operator": ["--operator"]}


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [*map(str, words)])


@pytest.mark.parametrize("name", KINDS)
def test_what_it_claims_is_proved(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.py"
    done = run("new", file, *KINDS[name])
    assert done.exit_code == 0, done.output
    assert done.output == f"wrote {file}; try: steprule verify {file}\n"
    proved = run("prove", file)
    assert proved.output.startswith("PROVED: ")
    assert proved.exit_code == 0


def test_it_generates_a_class_of_the_files_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("my_rule", "my_rate"):
        run("new", tmp_path / f"{name}.py", *KINDS[name])
        done = run("generate", tmp_path / f"{name}.py", "--out", tmp_path / f"from_{name}")
        assert done.exit_code == 0, done.output
    monkeypatch.syspath_prepend(tmp_path)
    rule = importlib.import_module("from_my_rule.numpy").MyRule(lr=0.5, beta=0.5)
    theta = np.ones(1)
    moved = [rule.update(theta, np.full(1, 4.0)) or theta[0] for _ in range(2)]
    assert moved == [0.0, -1.5]  # by lr * m, where m is 2, then 3
    rate = importlib.import_module("from_my_rate.numpy.schedules").MyRate(lr=0.1, half_life=20)
    assert [rate(0), rate(20), rate(40)] == [0.1, 0.05, 0.025]
    assert rate(100_000) == 0  # 2**5000 would overflow
    for name in [name for name in sys.modules if name.startswith("from_my_")]:
        del sys.modules[name]


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", KINDS)
def test_it_verifies(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.py"
    run("new", file, *KINDS[name])
    done = run("verify", file, "--dtype", "float32")
    assert done.exit_code == 0, done.output
    assert "quantities are as near to the equations as rounding allows" in done.output


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "my_rule.py"
    file.write_text("mine")
    link = tmp_path / "to_nowhere.py"
    link.symlink_to(tmp_path / "nowhere")
    for each in (file, link):
        done = run("new", each)
        assert done.exit_code == 2
        assert "which is not overwritten" in done.output
    assert file.read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("my_rule", ("a spec is a Python file", "my_rule.py")),
        ("my_rule.txt", ("a spec is a Python file", "my_rule.py")),
        ("2nd.py", ("called 2nd", "my_2nd.py")),
        ("my rule.py", ("no Python class name", "my_rule.py")),
        ("class.py", ("Python keyword", "my_class.py")),
        ("optimizer.py", ("generated code uses itself", "my_optimizer.py")),
        ("numpy.py", ("an installed module", "my_numpy.py")),
        ("é.py", ("letters other than A to Z", "my_rule.py")),
        ("gone/my_rule.py", ("there is no folder", "Make it first")),
    ],
)
def test_names_that_cannot_be(tmp_path: Path, name: str, words: tuple[str, ...]) -> None:
    done = run("new", tmp_path / name)
    assert done.exit_code == 2
    assert not [*tmp_path.iterdir()]
    for word in words:
        assert word in done.output
