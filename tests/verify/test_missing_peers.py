"""A peer that is not there, as in a torch older than the rule: it is said, and is no error."""

import math

import pytest
import torch
from click.testing import CliRunner
from steprule.codegen.cli import cli
from steprule.codegen.verify import verdicts
from steprule.codegen.verify.optimizers.starts import peer_class
from steprule.codegen.verify.results import Result, Worst

SAID = "torch.optim.SGD is not there: torch.optim has no SGD"


@pytest.fixture
def without_sgd(monkeypatch):
    monkeypatch.delattr(torch.optim, "SGD")


@pytest.mark.usefixtures("without_sgd")
def test_its_class():
    with pytest.raises(ImportError, match=f"^{SAID}$"):
        peer_class("torch.optim.SGD")


def verified(monkeypatch):
    """What is told where whatever ran as a peer has crashed."""
    error = Worst(0.25, 1.0, "somewhere")
    crash = Worst(math.inf, 0.0, "ImportError: ...")
    results = [
        Result(name, "torch loop", "float32", "theta", error, theirs)
        for name, theirs in (("SGD", crash), ("Adam", Worst(0.5, 1.0)))
    ]
    monkeypatch.setattr(verdicts, "_verified_together", lambda *_: (results, {}))
    monkeypatch.setattr(verdicts, "remember", lambda key: None)
    done = CliRunner().invoke(cli, ["verify", "sgd", "adam", "--dtype", "float32", "--all"])
    assert done.exit_code == 0, done.output
    rows = (line.split() for line in done.stdout.splitlines())
    return {row[0]: row[-2] for row in rows if row[-1:] == ["ok"]}, done.stdout


@pytest.mark.usefixtures("without_sgd")
def test_it_has_no_errors(monkeypatch):
    peers, said = verified(monkeypatch)
    assert peers == {"SGD": "-", "Adam": "0.50"}
    assert said.count(f"{SAID}, and nothing of it was run beside what was generated\n") == 1


def test_one_that_is_there_and_crashes_has(monkeypatch):
    peers, said = verified(monkeypatch)
    assert peers == {"SGD": "inf", "Adam": "0.50"}
    assert "is not there" not in said
