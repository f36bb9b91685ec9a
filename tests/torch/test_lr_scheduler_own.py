"""A user's own schedule, generated into a folder of theirs, needs nothing of ours to run."""

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from click.testing import CliRunner
from steprule.codegen.cli import cli

SPEC = """
from steprule.specs.language import (
    NON_NEGATIVE, Hyper, Schedule, Update, counts, eta, hyperparameters, lr, mu, step,
)

(floor,) = hyperparameters("floor")
(half_life,) = counts("half_life")

halving_lr = Schedule(
    "HalvingLR",
    summary="The rate halves every half_life steps, and the momentum goes up as it does.",
    source="an example",
    hyper=[
        Hyper(half_life, "", NON_NEGATIVE, "steps until the rate is half"),
        Hyper(floor, "0", NON_NEGATIVE, "the lowest rate", per_group=True),
    ],
    updates=[
        Update(eta[step], floor + lr / (1 + step / (half_life + 1))),
        Update(mu[step], 1 - lr / (step + 2)),
    ],
    example={"lr": "0.5", "half_life": "4"},
)
"""

SCRIPT = """
import torch
from here.torch.lr_scheduler import HalvingLR

groups = [{"params": [torch.nn.Parameter(torch.ones(1))], "lr": lr} for lr in (0.5, 1.0)]
optimizer = torch.optim.SGD(groups, momentum=0.9)
scheduler = HalvingLR(optimizer, 3, floor=[0, 0.25])
scheduler.step(4)
print(scheduler.get_last_lr(), [g["momentum"] for g in optimizer.param_groups])
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "my_schedule.py").write_text(dedent(SPEC))
    spec, out = str(tmp_path / "my_schedule.py"), str(tmp_path / "here")
    result = CliRunner().invoke(cli, ["generate", spec, "--out", out])
    assert result.exit_code == 0, result.output
    return tmp_path


@pytest.mark.slow
def test_it_runs_with_torch_alone(here: Path, python: Any) -> None:
    # To construct any optimizer at all, torch itself imports its compiler and with it SymPy.
    done = python(SCRIPT, cwd=here, without=("steprule", "ruff", "click", "rich"))
    # 1/2 / (1 + 4/4), 1/4 + 1 / (1 + 4/4); 1 - (1/2)/6, 1 - 1/6
    assert done.stdout == f"[0.25, 0.75] {[1 - 0.5 / 6, 1 - 1 / 6]}\n", done.stderr
