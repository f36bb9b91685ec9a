"""A new optimizer is one new file under specs/optimizers, and the command run once."""

import re
import shutil
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent

ADABELIEF = dedent(
    '''
    """AdaBelief: Adam, scaled by how far gradients are from their running average."""

    from sympy import sqrt

    from ..language import (
        NON_NEGATIVE, UNIT, Hyper, Optimizer, State, Update,
        grad, hyperparameters, intermediates, states, t, theta,
    )

    lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
    m, s = states("m s")
    mhat, shat = intermediates("mhat shat")

    adabelief = Optimizer(
        "AdaBelief",
        summary="AdaBelief: steps scaled by the belief in the gradient.",
        source="Zhuang et al., 2020, arXiv:2010.07468, Algorithm 2",
        hyper=[
            Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate"),
            Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
            Hyper(beta2, "0.999", UNIT, "decay rate of the belief", argument="betas"),
            Hyper(eps, "1e-16", NON_NEGATIVE, "term added to the belief and to its root"),
        ],
        states=[
            State(m, init=0, key="exp_avg"),
            State(s, init=0, key="exp_avg_var", domain=NON_NEGATIVE),
        ],
        updates=[
            Update(m[t], beta1 * m[t - 1] + (1 - beta1) * grad(theta[t - 1])),
            Update(
                s[t], beta2 * s[t - 1] + (1 - beta2) * (grad(theta[t - 1]) - m[t]) ** 2 + eps
            ),
            Update(mhat[t], m[t] / (1 - beta1**t)),
            Update(shat[t], s[t] / (1 - beta2**t)),
            Update(theta[t], theta[t - 1] - lr * mhat[t] / (sqrt(shat[t]) + eps)),
        ],
    )
    '''
)

COMMANDS = """
from steprule.codegen.cli import cli
for arguments in (["generate"], ["generate", "--check"], ["list"]):
    try:
        cli(arguments)
    except SystemExit as end:
        print("exit", end.code)
"""

# With both betas 1/2: m = 2 and s = 2; corrected both 4, so the step is 4 / 2.
STEP = """
import numpy as np, torch
import steprule.numpy, steprule.torch
print(steprule.__path__[0])
theta = np.full(2, 2.0)
steprule.numpy.AdaBelief(0.5, betas=(0.5, 0.5), eps=0).update(theta, np.full(2, 4.0))
parameter = torch.nn.Parameter(torch.full((2,), 2.0, dtype=torch.float64))
parameter.grad = torch.full_like(parameter, 4.0)
steprule.torch.AdaBelief([parameter], 0.5, betas=(0.5, 0.5), eps=0).step()
print(theta.round(12).tolist(), parameter.detach().numpy().round(12).tolist())
"""


def contents(folder: Path) -> dict[str, bytes]:
    files = (f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts)
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in files}


@pytest.mark.slow
def test_one_file(tmp_path: Path, python: Any) -> None:
    tree = tmp_path / "steprule"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "generated", tree, ignore=ignored)
    for part in ("specs", "codegen"):
        shutil.copytree(ROOT / part, tree / part, ignore=ignored)

    before = contents(tree)
    (tree / "specs/optimizers/adabelief.py").write_text(ADABELIEF)
    commands = python(COMMANDS, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    statuses = [line for line in commands.stdout.splitlines() if line.startswith("exit ")]
    assert statuses == ["exit 0", "exit 0", "exit 0"], commands.stderr
    assert f" files in {tree}: 8 written, 0 removed, " in commands.stdout
    assert "every generated file is as its spec says\n" in commands.stdout
    assert re.search(r"^AdaBelief +optimizer +m s ", commands.stdout, re.MULTILINE)

    after = contents(tree)
    python_backends = ("numba", "numpy", "torch", "triton")
    own = {"latex/adabelief.tex", *(f"{b}/adabelief.py" for b in python_backends)}
    assert after.keys() - before.keys() == own | {"specs/optimizers/adabelief.py"}
    assert {p for p in before if after[p] != before[p]} == {
        "numpy/__init__.py",
        "torch/__init__.py",
        "latex/optimizers.tex",
    }
    run = python(STEP, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert run.stdout == f"{tree}\n[1.0, 1.0] [1.0, 1.0]\n", run.stderr
