"""What takes part of other libraries: what is installed, audited and steps torch's tensors."""

import sys

import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.codegen.bench import libraries
from steprule.codegen.bench.arrays import HostArrays
from steprule.codegen.bench.contenders import Family, Subject, contenders
from steprule.codegen.bench.race import Plan, able, race
from steprule.codegen.bench.textbook import Textbook
from steprule.codegen.bench.workload import Data, Workload
from steprule.codegen.loading.audited import Audited
from steprule.codegen.loading.load import load
from steprule.codegen.verify.optimizers.configurations import Configuration

LIBRARY = """
import torch

made = []

class Theirs(torch.optim.RMSprop):
    def __init__(self, params, learning_rate, alpha, eps, flavour="plain"):
        made.append((learning_rate, alpha, eps, flavour))
        super().__init__(params, lr=learning_rate, alpha=alpha, eps=eps)
        self.modes = []

    def step(self):
        super().step()
        for group in self.param_groups:
            for p in group["params"]:
                p.grad.zero_()  # as some do

    def train(self):
        self.modes.append("train")

def of_arrays(learning_rate):
    return learning_rate
"""


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A package of the name, which is audited."""
    (tmp_path / "somebodys.py").write_text(LIBRARY)
    monkeypatch.syspath_prepend(tmp_path)
    known = [
        Audited("somebodys.Theirs", "RMSprop", map=["lr=learning_rate"], set=["flavour=own"]),
        Audited("somebodys.of_arrays", "RMSprop", map=["lr=learning_rate"]),
        Audited("somebodys.Gone", "RMSprop"),
        Audited("somebodys.Theirs", "Adam"),
        Audited("not_installed_here.RMSprop", "RMSprop"),
        Audited("torch.optim.RMSprop", "RMSprop"),
    ]
    monkeypatch.setattr(libraries, "audited", lambda: known)
    yield
    sys.modules.pop("somebodys", None)


@pytest.fixture
def entered():
    (spec,) = load("rmsprop")
    spec = analyse(spec)
    hyper = {h.name: float(h.default) for h in spec.hyperparameters}
    configuration = Configuration(hyper, spec.defaults)

    def package(backend):
        return __import__(f"steprule.{backend}", fromlist=["RMSprop"])

    return Subject(spec, package, configuration, Textbook(spec, configuration), None)


WORKLOAD = Workload("small", (8, 100))
PLAN = Plan(HostArrays("float32"), 2, 10**9, lambda step: (step(), 1.0)[1])


@pytest.mark.usefixtures("library")
def test_one_is_given_the_settings_that_ours_has(entered):
    found = dict(libraries.of_libraries(entered.spec, entered.configuration))
    assert list(found) == ["somebodys.Theirs", "somebodys.Gone"]
    p = torch.nn.Parameter(torch.ones(3))
    optimizer = found["somebodys.Theirs"]([p])
    assert sys.modules["somebodys"].made == [(0.01, 0.99, 1e-8, "own")]
    assert optimizer.modes == ["train"]
    with pytest.raises(ImportError, match="it has no Gone"):
        found["somebodys.Gone"]([p])


@pytest.mark.usefixtures("library")
def test_it_takes_part_and_is_not_held_against_our_equations(entered):
    data = Data(WORKLOAD, PLAN.steps, PLAN.arrays)
    running, missing = able(entered, PLAN)
    assert "somebodys.Theirs" in running
    assert [m.contender for m in missing] == ["somebodys.Gone"]
    (theirs,) = [c for c in contenders(entered, data) if c.name == "somebodys.Theirs"]
    assert theirs.family is Family.LIBRARY
    (ours,) = [c for c in contenders(entered, data) if c.name == "steprule torch fused"]
    results = race(entered, [theirs, ours], WORKLOAD, data, PLAN, lambda: None)
    assert [len(each.samples) for each in results] == [PLAN.repeats] * 2
    assert results[0].deviation is None
    assert not results[1].wrong  # though theirs has written to its gradients


@pytest.mark.usefixtures("library")
def test_rules_that_read_more_than_gradients_have_none():
    (spec,) = load("sophia")
    assert spec.inputs
    assert [*libraries.of_libraries(analyse(spec), Configuration({}, {}))] == []
