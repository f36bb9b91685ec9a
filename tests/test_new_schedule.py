"""A new schedule is one new file under specs/schedules, and the command run once."""

import re
import shutil
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent

GOMPERTZ = dedent(
    '''
    """A rate that falls off a cliff."""

    from sympy import exp

    from ..language import POSITIVE, Hyper, Schedule, Update, eta, hyperparameters, lr, step

    (steepness,) = hyperparameters("steepness")

    gompertz = Schedule(
        "GompertzLR",
        summary="The rate times a Gompertz function of the step.",
        source="Gompertz, 1825",
        hyper=[Hyper(steepness, "", POSITIVE, "growth of the exponent per step")],
        updates=[Update(eta[step], lr * exp(1 - exp(steepness * step)))],
        example={"lr": "0.1", "steepness": "0.02"},
    )
    '''
)

COMMANDS = """
from steprule.codegen.cli import cli
for arguments in (
    ["generate", "--check"],
    ["generate"],
    ["generate", "--check"],
    ["list"],
    ["verify", "GompertzLR"],
):
    try:
        cli(arguments)
    except SystemExit as end:
        print("exit", end.code)
"""

# exp(1 - exp(0)) is 1, and with exp(steepness) = 2 the next rate is lr/e.
USE = """
import math
import numpy as np, torch
import steprule.numpy.schedules, steprule.torch.lr_scheduler
print(steprule.__path__[0])
schedule = steprule.numpy.schedules.GompertzLR(lr=0.5, steepness=math.log(2))
print(schedule(np.arange(2)).round(12).tolist())
optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.5)
scheduler = steprule.torch.lr_scheduler.GompertzLR(optimizer, steepness=math.log(2))
optimizer.step()
scheduler.step()
print(round(scheduler.get_last_lr()[0], 12), 0.5 / math.e)
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
    (tree / "specs/schedules/gompertz.py").write_text(GOMPERTZ)
    commands = python(COMMANDS, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    statuses = [line for line in commands.stdout.splitlines() if line.startswith("exit ")]
    assert statuses == ["exit 1", "exit 0", "exit 0", "exit 0", "exit 0"], commands.stderr
    assert f" files in {tree}: 6 written, 0 removed, " in commands.stdout
    assert re.search(r"^GompertzLR +schedule ", commands.stdout, re.MULTILINE)
    for row in (r"^GompertzLR +numpy ", r"^GompertzLR +torch "):
        assert re.search(row, commands.stdout, re.MULTILINE), commands.stdout

    after = contents(tree)
    own = {
        "numpy/schedules/gompertzlr.py",
        "torch/lr_scheduler/gompertzlr.py",
        "latex/schedules/gompertzlr.tex",
    }
    assert after.keys() - before.keys() == own | {"specs/schedules/gompertz.py"}
    assert {p for p in before if after[p] != before[p]} == {
        "numpy/schedules/__init__.py",
        "torch/lr_scheduler/__init__.py",
        "latex/schedules.tex",
    }
    run = python(USE, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert run.stdout == (
        f"{tree}\n[0.5, 0.183939720586]\n0.183939720586 {0.5 / 2.718281828459045}\n"
    ), run.stderr
