"""The programs on the pages run as they stand there."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from steprule.codegen.analysis.matrices import needs_matrices
from steprule.codegen.cli import cli
from steprule.codegen.handbook.page import Page
from steprule.specs.language import Optimizer
from sympy import true

from .. import sample
from . import shown


def _form(spec: Optimizer) -> tuple[Any, ...]:
    """What a rule's programs are made by, but for names and numbers."""
    given = frozenset((i.source, i.when != true, i.is_random) for i in spec.inputs)
    numbers = frozenset(h.name for h in spec.hyperparameters) & {"lr", "weight_decay"}
    return given, needs_matrices(spec), numbers


DAILY = {
    *sample.declarations(),
    *sample.schedule_declarations(),
    *{_form(spec): name for name, spec in shown.optimizers().items()}.values(),
}
NAMES = [
    pytest.param(
        f"{'optimizers' if isinstance(spec, Optimizer) else 'schedules'}/{spec.module}",
        marks=() if name in DAILY else pytest.mark.exhaustive,
    )
    for name, spec in shown.shown().items()
]


def programs(text: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", [*NAMES, "gradients"])
def test_programs_run(
    name: str,
    pages: dict[str, Page],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    found = programs(pages[name].text)
    assert len(found) == (6 if name == "gradients" else 2)
    for program in found:
        exec(compile(program, name, "exec"), {})
        assert "nan" not in capsys.readouterr().out


def test_clipping_clips(pages: dict[str, Page], capsys: pytest.CaptureFixture[str]) -> None:
    """The gradient (3, -4), of length 5, clipped to 1 by element, then to the length 1."""
    printed = []
    for program in programs(pages["gradients"].text):
        exec(program, {})
        printed.append([float(x) for x in re.findall(r"-?\d+\.?\d*", capsys.readouterr().out)])
    expected = {
        "ClipByValue": [-1.0, 1.0],
        "ClipByNorm": [-0.6, 0.8],
        "ClipByGlobalNorm": [-0.6, 0.8],
    }
    titles = re.findall(r"^## (\w+)$", pages["gradients"].text, re.MULTILINE)
    for i, title in enumerate(titles):
        for numbers in printed[2 * i : 2 * i + 2]:
            assert numbers == pytest.approx(expected[title], abs=1e-6)


def test_programs_of_ones_own_rules_run(
    own_pages: dict[str, Page], own_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the page says: generated into the folder that they import from."""
    out = tmp_path / "mine"
    result = CliRunner().invoke(cli, ["generate", str(own_file), "--out", str(out)])
    assert result.exit_code == 0, result.output
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        for name in ("optimizers/normed", "schedules/halved"):
            found = programs(own_pages[name].text)
            assert len(found) == 2
            for program in found:
                exec(compile(program, name, "exec"), {})
    finally:
        for module in [m for m in sys.modules if m.partition(".")[0] == "mine"]:
            del sys.modules[module]
