"""Steps that another process takes are those that are taken here; one that dies is told."""

import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from steprule.codegen.loading.selection import selected
from steprule.codegen.verify import verdicts
from steprule.codegen.verify.elsewhere import Link, running
from steprule.codegen.verify.optimizers.engines import Engine, Given
from steprule.codegen.verify.optimizers.running import Course, Crash, Moment, Request, here
from steprule.codegen.verify.optimizers.starts import Installed, StartNumpy

SGD = StartNumpy(Installed("steprule"), "SGD", "numpy")


@dataclass(frozen=True)
class Dies:
    """Ends its process, as a fault of a compiled kernel would."""

    def __call__(self, arguments: Mapping[str, Any], given: Given, first: int) -> Engine:
        os._exit(3)


def request(start: Any, lr: float, *thetas: list[float]) -> Request:
    theta = np.concatenate(thetas)
    gradient = np.ones(theta.size)
    shapes = [(len(each),) for each in thetas]
    return Request([start], {"lr": lr}, [Course(shapes, 1, [Moment(theta, {}, gradient, 2)])])


def test_answers_are_those_given_here() -> None:
    asked = [request(SGD, lr, [1.0, 2.0], [3.0], [4.0]) for lr in (0.5, 0.25)]
    link = Link()
    with running([link]):
        answers = list(link.run_all(asked))
    for found, expected in zip(answers, ([0.5, 1.5, 2.5], [0.75, 1.75, 2.75]), strict=True):
        assert found[0]["theta"].tolist() == expected  # of the first two tensors, a step each
    assert [a[0]["theta"].tolist() for a in here(asked)] == [
        a[0]["theta"].tolist() for a in answers
    ]


def test_what_cannot_be_made_is_a_crash_with_its_place() -> None:
    link = Link()
    with running([link]):
        ((crash,),) = link.run_all([request(SGD, -1.0, [1.0], [2.0])])
    assert isinstance(crash, Crash)
    assert (crash.course, crash.tensor) == (0, 0)
    assert crash.said.startswith("ValueError: ")


def test_a_process_that_dies_is_told() -> None:
    link = Link()
    with running([link]), pytest.raises(ChildProcessError, match="has ended the process"):
        list(link.run_all([request(Dies(), 0.5, [1.0], [2.0])]))


def test_refutations_come_back_from_where_they_are_replayed(monkeypatch) -> None:
    specs = selected(("adam", "adamw"))
    units = [verdicts._Unit(spec, "float64", "") for spec in specs]
    work = units, {}, [spec.name for spec in specs], "cpu", ()
    monkeypatch.setattr(verdicts, "_inherited", (work, Link()))
    assert pickle.loads(pickle.dumps(verdicts._replays())) == {"adam-is-not-adamw": True}


FAULTY = """
import numpy as np
from steprule.codegen.cli import cli
from steprule.codegen.verify import verdicts
from steprule.codegen.verify.optimizers.running import Course, Moment, Request

def asked():
    theta = np.ones(2**20)  # more than waits between two processes
    for _ in range(8):
        yield Request([], {}, [Course([(2**20,)], 1, [Moment(theta, {}, theta, 2)])])
    raise RuntimeError("the judge is at a loss")

verdicts.verify = lambda rule, found, tried, run_all: [*run_all(asked())]
cli(["verify", "SGD", "Adam", "Lion", "--all"])
"""


def test_a_judge_that_fails_ends_the_run() -> None:
    """What it has asked for is taken by nobody any more, and must not be waited for."""
    run = subprocess.run(
        [sys.executable, "-c", FAULTY], capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 1
    assert "the judge is at a loss" in run.stderr


JUDGES = """
import sys

sys.modules["torch"] = sys.modules["numba"] = None  # which makes it an error to import them

from steprule.codegen.loading.selection import selected
from steprule.codegen.program.compiled import compiled
from steprule.codegen.verify.optimizers.implementations import implementations
from steprule.codegen.verify.optimizers.verify import trials, verify
from steprule.codegen.verify.optimizers.starts import Installed

(spec,) = selected(["Adam"])
found = implementations(compiled(spec), Installed("steprule"), "cpu", "float16")
asked = []
tried = trials(compiled(spec), "float16")
verify(compiled(spec), found, tried, lambda requests: iter(asked.extend(requests) or ()))
print([each.backend for each in found], len(asked) > 10)
"""


def test_who_judges_has_no_need_of_what_generated_code_runs_on() -> None:
    """That takes a second to import, in each of the processes."""
    run = subprocess.run(
        [sys.executable, "-c", JUDGES], capture_output=True, text=True, timeout=120
    )
    assert run.stdout == (
        "['numpy', 'numpy numba', 'torch loop', 'torch foreach', 'torch capturable', "
        "'torch fused'] True\n"
    ), run.stderr


def test_what_lies_in_the_folder_of_the_command_is_not_imported(tmp_path: Path) -> None:
    """Packages called numba and torch lie where ``steprule generate --out .`` was called."""
    for name in ("numba", "torch"):
        (tmp_path / f"{name}.py").write_text("open('imported', 'w').close()\n")
    (tmp_path / "scripts").mkdir()
    script = tmp_path / "scripts" / "script.py"
    script.write_text(
        "from steprule.codegen.verify.elsewhere import Link, running\n"
        "if __name__ == '__main__':\n"
        "    with running([link := Link()]):\n"
        "        assert list(link.run_all([])) == []\n"
        "        link.requests.put(None)\n"
        "        link.answers.poll(None)\n"  # it has begun, with all that it imports before
    )
    subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True)
    assert not (tmp_path / "imported").exists()
