"""What is generated: the same bytes on every run, and of a new file what it declares."""

import re
import shutil
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from .sample import declarations, schedule_declarations

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent

OWN_BELIEF = dedent(
    '''
    """OwnBelief: Adam, scaled by how far gradients are from their running average."""

    from sympy import sqrt

    from ..language import (
        NON_NEGATIVE, UNIT, Hyper, Optimizer, State, Update,
        grad, hyperparameters, intermediates, states, t, theta,
    )

    lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
    m, s = states("m s")
    mhat, shat = intermediates("mhat shat")

    ownbelief = Optimizer(
        "OwnBelief",
        summary="OwnBelief: steps scaled by the belief in the gradient.",
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

OWN_HALVING = dedent(
    '''
    """A rate that has a half-life."""

    from sympy import exp, log

    from ..language import POSITIVE, Hyper, Schedule, Update, eta, hyperparameters, lr, step

    (halvings,) = hyperparameters("halvings")

    ownhalving = Schedule(
        "OwnHalvingLR",
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
for arguments in (
    ["generate"], ["generate", "--check"], ["list"], ["verify", "OwnHalvingLR", "--all"]
):
    try:
        cli(arguments)
    except SystemExit as end:
        print("exit", end.code)
"""

# With both betas 1/2: m = 2 and s = 2; corrected both 4, so the step is 4 / 2.
NEW_OPTIMIZER = """
import numpy as np, torch
import steprule.numpy, steprule.torch
print(steprule.__path__[0])
theta = np.full(2, 2.0)
steprule.numpy.OwnBelief(0.5, betas=(0.5, 0.5), eps=0).update(theta, np.full(2, 4.0))
parameter = torch.nn.Parameter(torch.full((2,), 2.0, dtype=torch.float64))
parameter.grad = torch.full_like(parameter, 4.0)
steprule.torch.OwnBelief([parameter], 0.5, betas=(0.5, 0.5), eps=0).step()
print(theta.round(12).tolist(), parameter.detach().numpy().round(12).tolist())
"""


NEW_SCHEDULE = """
import numpy as np, torch
import steprule.numpy.schedules, steprule.torch.lr_scheduler
schedule = steprule.numpy.schedules.OwnHalvingLR(lr=0.5, halvings=2)
print(schedule(np.arange(2)).round(12).tolist())
optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.5)
scheduler = steprule.torch.lr_scheduler.OwnHalvingLR(optimizer, halvings=2)
optimizer.step()
scheduler.step()
print(round(scheduler.get_last_lr()[0], 12))
"""


def contents(folder: Path) -> dict[str, bytes]:
    files = (f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts)
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in files}


@pytest.mark.exhaustive
def test_whatever_the_order_of_sets(tmp_path: Path, python: Any) -> None:
    """Sets of strings, and SymPy's arguments, are ordered by hashes that differ between runs.

    So any run of ``steprule generate --check`` tries this with other hashes.
    """
    specs = [*declarations().values(), *schedule_declarations().values()]
    out = tmp_path / "generated"
    done = python(
        "-m", "steprule.codegen", "generate", *(spec.name for spec in specs), "--out", str(out),
        cwd=tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache"), PYTHONHASHSEED="1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    modules = {spec.module for spec in specs}
    found = {path: text for path, text in contents(out).items() if Path(path).stem in modules}
    assert {Path(path).stem for path in found} == modules
    assert found == {path: (ROOT / "generated" / path).read_bytes() for path in found}


def test_a_new_file_each(tmp_path: Path, python: Any) -> None:
    """An optimizer's, a schedule's: no other file is written by hand, and the command run once.

    What earlier runs have kept in the user's cache is what saves time here.
    """
    tree = tmp_path / "steprule"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "generated", tree, ignore=ignored)
    for part in ("specs", "codegen"):
        shutil.copytree(ROOT / part, tree / part, ignore=ignored)

    before = contents(tree)
    (tree / "specs/optimizers/ownbelief.py").write_text(OWN_BELIEF)
    (tree / "specs/schedules/ownhalving.py").write_text(OWN_HALVING)
    commands = python(COMMANDS, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    statuses = [line for line in commands.stdout.splitlines() if line.startswith("exit ")]
    assert statuses == ["exit 0"] * 4, commands.stderr
    assert f" files in {tree}: 14 written, 0 removed, " in commands.stdout
    assert "every generated file is as its spec says\n" in commands.stdout
    for row in (
        r"^OwnBelief +optimizer +m s ",
        r"^OwnHalvingLR +schedule ",
        r"^OwnHalvingLR +numpy ",
        r"^OwnHalvingLR +torch ",
    ):
        assert re.search(row, commands.stdout, re.MULTILINE), commands.stdout

    after = contents(tree)
    python_backends = ("numba", "numpy", "torch", "triton")
    own = {
        *("specs/optimizers/ownbelief.py", "specs/schedules/ownhalving.py", "latex/ownbelief.tex"),
        *(f"{b}/ownbelief.py" for b in python_backends),
        "numpy/schedules/ownhalvinglr.py",
        "torch/lr_scheduler/ownhalvinglr.py",
        "latex/schedules/ownhalvinglr.tex",
    }
    assert after.keys() - before.keys() == own
    assert {p for p in before if after[p] != before[p]} == {
        "numpy/__init__.py",
        "torch/__init__.py",
        "latex/optimizers.tex",
        "numpy/schedules/__init__.py",
        "torch/lr_scheduler/__init__.py",
        "latex/schedules.tex",
    }
    run = python(NEW_OPTIMIZER + NEW_SCHEDULE, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert run.stdout == f"{tree}\n[1.0, 1.0] [1.0, 1.0]\n[0.5, 0.125]\n0.125\n", run.stderr
