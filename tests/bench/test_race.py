"""Races: who takes part, what memory allows, and who did wrong."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.bench.contenders import Contender, Family, contenders, subject
from steprule.codegen.bench.race import Plan, able, groups, in_turns, race
from steprule.codegen.bench.workload import Data, Workload
from steprule.codegen.load import builtin
from steprule.codegen.verify.package import generated

WORKLOAD = Workload("small", (8, 100))


def a_second(step):
    step()
    return 1.0


PLAN = Plan(dtype="float32", device="cpu", repeats=2, memory=10**9, timer=a_second)


@pytest.fixture
def sgd():
    spec = analyse(builtin()["SGD"])
    with generated(spec) as package:
        yield subject(spec, package)


@pytest.fixture
def data():
    return Data(WORKLOAD, PLAN.steps, "float32")


def by_name(entered, data):
    return {c.name: c for c in contenders(entered, data, "cpu")}


def test_families(sgd, data):
    families = {name: c.family for name, c in by_name(sgd, data).items()}
    assert families["steprule torch foreach"] is Family.OURS
    assert families["torch.optim fused"] is Family.TORCH
    assert families["textbook numpy"] is Family.TEXTBOOK
    assert families["copy"] is Family.LIMIT


def test_numpy_has_no_half_precision(sgd):
    half = Data(WORKLOAD, 1, "bfloat16")
    assert {name for name in by_name(sgd, half) if "numpy" in name} == set()


def test_results(sgd, data):
    field = by_name(sgd, data)
    told = []
    chosen = [field["torch.optim loop"], field["copy"]]
    loop, copy = race(sgd, chosen, WORKLOAD, data, PLAN, lambda: told.append(1))
    assert loop.samples == copy.samples == (1.0, 1.0)
    assert len(told) == 2 * PLAN.steps
    # theta and grad are read and theta is written: three numbers of four bytes.
    assert loop.bytes == copy.bytes == 3 * 4 * 108
    assert copy.deviation is None
    assert loop.deviation is not None
    assert not loop.wrong


class Idle:
    """Stays where it starts."""

    def __init__(self, data):
        self.data = data

    def prepare(self, step): ...

    def step(self): ...

    def parameters(self):
        return self.data.parameters()


def test_a_wrong_contender(sgd, data):
    idle = Contender("idle", Family.OURS, lambda: Idle(data))
    field = [idle, by_name(sgd, data)["textbook numpy"]]
    found = {r.contender: r.wrong for r in race(sgd, field, WORKLOAD, data, PLAN, lambda: None)}
    assert found == {"idle": True, "textbook numpy": False}


def test_what_cannot_run_says_why(sgd, monkeypatch):
    def missing(*arguments):
        raise RuntimeError("it needs the moon: pip install 'steprule[moon]'\nand more")

    monkeypatch.setattr("torch.optim.SGD.step", missing)
    running, left_out = able(sgd, PLAN)
    assert "textbook numpy" in running
    assert "torch.optim loop" not in running
    reasons = {each.contender: each.reason for each in left_out}
    assert reasons["torch.optim loop"] == "it needs the moon: pip install 'steprule[moon]'"


def test_groups_by_memory():
    field = [Contender(name, Family.OURS, lambda: Idle(None)) for name in "abcd"]
    held = {"a": 3, "b": 4, "c": 9, "d": 1}

    def names(memory):
        found = in_turns(field, lambda c: held[c.name], memory)
        return ["".join(c.name for c in group) for group in found]

    assert names(17) == ["abcd"]
    assert names(16) == ["abc", "d"]
    assert names(7) == ["ab", "c", "d"]
    assert names(0) == ["a", "b", "c", "d"]


def test_what_contenders_hold(sgd, data):
    field = by_name(sgd, data)
    chosen = [field["torch.optim loop"], field["torch.optim foreach"]]
    # In bytes: 108 parameters of 4, with one state; and six times that which is shared.
    together = 2 * 2 * 432 + 6 * 432

    def count(memory):
        plan = Plan(dtype="float32", device="cpu", repeats=2, memory=memory, timer=PLAN.timer)
        return len(groups(sgd, chosen, data, plan))

    assert (count(together), count(together - 1)) == (1, 2)
