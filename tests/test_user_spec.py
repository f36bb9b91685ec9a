"""A user's own rule, generated into a folder of theirs, needs nothing of ours to run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from steprule.codegen.cli import cli

# theta: 1, then 1 - 4/2, then -1 - (4/2 + 2)/2
NUMPY = """
import numpy as np
from here.numpy import HeavyBall

theta = np.array([1.0, 1.0], np.float32)
optimizer = HeavyBall(lr=0.5, mu=0.5)
for gradient in (4.0, 2.0):
    optimizer.update(theta, np.full(2, gradient, np.float32))
print(theta.dtype, theta.tolist(), optimizer.state_dict()["b"].tolist())

HeavyBall(lr=1.0, clipvalue=0.5).update(theta, np.array([4.0, -0.25], np.float32))
print(theta.tolist())
"""

TORCH = """
import torch
from here.torch import HeavyBall

for foreach in (False, True):
    theta = torch.nn.Parameter(torch.ones(2))
    optimizer = HeavyBall([theta], lr=0.5, mu=0.5, foreach=foreach)
    for gradient in (4.0, 2.0):
        theta.grad = torch.full((2,), gradient)
        optimizer.step()
    print(theta.tolist(), optimizer.state[theta]["momentum_buffer"].tolist())

theta.grad = torch.tensor([4.0, -0.25])
HeavyBall([theta], lr=1.0, clipvalue=0.5).step()
print(theta.tolist())
"""

OURS = ("steprule", "sympy", "jinja2", "ruff", "click", "rich")


@pytest.fixture
def here(tmp_path: Path, spec_file: Callable[..., Path]) -> Path:
    result = CliRunner().invoke(
        cli, ["generate", str(spec_file()), "--out", str(tmp_path / "here")]
    )
    assert result.exit_code == 0, result.output
    return tmp_path


def test_numpy(here: Path, python: Any) -> None:
    done = python(NUMPY, cwd=here, without=(*OURS, "torch"))
    assert done.stdout == "float32 [-3.0, -3.0] [4.0, 4.0]\n[-3.5, -2.75]\n", done.stderr


@pytest.mark.slow
def test_torch(here: Path, python: Any) -> None:
    imported = python("import here.torch", cwd=here, without=OURS)
    assert imported.returncode == 0, imported.stderr
    # To construct any optimizer at all, torch itself imports its compiler and with it SymPy.
    not_torchs = tuple(name for name in OURS if name not in ("sympy", "jinja2"))
    done = python(TORCH, cwd=here, without=not_torchs)
    assert done.stdout == "[-3.0, -3.0] [4.0, 4.0]\n" * 2 + "[-3.5, -2.75]\n", done.stderr


def test_through_the_command(tmp_path: Path, spec_file: Callable[..., Path], python: Any) -> None:
    """As a user types it, in their own folder, with a path relative to it."""
    spec_file()
    done = python(
        "-m", "steprule.codegen", "generate", "my_rule.py", "--out", "here/", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert " files in here: " in done.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == ["here", "my_rule.py"]
    assert python(NUMPY, cwd=tmp_path, without=OURS).returncode == 0
