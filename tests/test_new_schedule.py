"""A new schedule is one new file under specs/schedules, and the command run once."""

import re
import shutil
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent

HALFLIFE = dedent(
    '''
    """A rate that has a half-life."""

    from sympy import exp, log

    from ..language import POSITIVE, Hyper, Schedule, Update, eta, hyperparameters, lr, step

    (halvings,) = hyperparameters("halvings")

    halflife = Schedule(
        "HalfLifeLR",
        summary="The rate halved again and again, continuously.",
        source="Rutherford, 1900",
        hyper=[Hyper(halvings, "", POSITIVE, "how often it is halved in a step")],
        updates=[Update(eta[step], lr * exp(-log(2) * halvings * step))],
        example={"lr": "0.1", "halvings": "0.02"},
    )
    '''
)

COMMANDS = """
from steprule.codegen.cli import cli
for arguments in (["generate"], ["list"], ["verify", "HalfLifeLR", "--all"]):
    try:
        cli(arguments)
    except SystemExit as end:
        print("exit", end.code)
"""

USE = """
import numpy as np, torch
import steprule.numpy.schedules, steprule.torch.lr_scheduler
print(steprule.__path__[0])
schedule = steprule.numpy.schedules.HalfLifeLR(lr=0.5, halvings=2)
print(schedule(np.arange(2)).round(12).tolist())
optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.5)
scheduler = steprule.torch.lr_scheduler.HalfLifeLR(optimizer, halvings=2)
optimizer.step()
scheduler.step()
print(round(scheduler.get_last_lr()[0], 12))
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
    (tree / "specs/schedules/halflife.py").write_text(HALFLIFE)
    commands = python(COMMANDS, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    statuses = [line for line in commands.stdout.splitlines() if line.startswith("exit ")]
    assert statuses == ["exit 0", "exit 0", "exit 0"], commands.stderr
    assert f" files in {tree}: 6 written, 0 removed, " in commands.stdout
    assert re.search(r"^HalfLifeLR +schedule ", commands.stdout, re.MULTILINE)
    for row in (r"^HalfLifeLR +numpy ", r"^HalfLifeLR +torch "):
        assert re.search(row, commands.stdout, re.MULTILINE), commands.stdout

    after = contents(tree)
    own = {
        "numpy/schedules/halflifelr.py",
        "torch/lr_scheduler/halflifelr.py",
        "latex/schedules/halflifelr.tex",
    }
    assert after.keys() - before.keys() == own | {"specs/schedules/halflife.py"}
    assert {p for p in before if after[p] != before[p]} == {
        "numpy/schedules/__init__.py",
        "torch/lr_scheduler/__init__.py",
        "latex/schedules.tex",
    }
    run = python(USE, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert run.stdout == f"{tree}\n[0.5, 0.125]\n0.125\n", run.stderr
