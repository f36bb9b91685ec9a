"""Races: who takes part, what memory allows, and who did wrong."""

import gc
import weakref
from dataclasses import replace

import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.codegen.bench import limit
from steprule.codegen.bench.arrays import DeviceArrays, HostArrays
from steprule.codegen.bench.contenders import Contender, Family, contenders, subject
from steprule.codegen.bench.race import Plan, able, groups, in_turns, race
from steprule.codegen.bench.workload import Data, Workload
from steprule.codegen.loading.load import builtin
from steprule.codegen.verify.package import generated
from torch.utils._python_dispatch import TorchDispatchMode

WORKLOAD = Workload("small", (8, 100))


def a_second(step):
    step()
    return 1.0


PLAN = Plan(arrays=HostArrays("float32"), repeats=2, memory=10**9, timer=a_second)
ON_DEVICE = replace(PLAN, arrays=DeviceArrays("float32", torch.device("cpu")))


def entered(name):
    spec = analyse(builtin()[name])
    with generated(spec) as package:
        yield subject(spec, package)


@pytest.fixture
def sgd():
    yield from entered("SGD")


@pytest.fixture
def adam():
    yield from entered("Adam")


@pytest.fixture
def data():
    return Data(WORKLOAD, PLAN.steps, PLAN.arrays)


@pytest.fixture
def on_device():
    return Data(WORKLOAD, PLAN.steps, ON_DEVICE.arrays)


def by_name(entered, data):
    return {c.name: c for c in contenders(entered, data)}


def test_families(sgd, data):
    families = {name: c.family for name, c in by_name(sgd, data).items()}
    assert families["steprule torch foreach"] is Family.OURS
    assert families["torch.optim fused"] is Family.TORCH
    assert families["textbook numpy"] is Family.TEXTBOOK
    assert families["limit"] is Family.LIMIT


def test_those_of_one_form_are_side_by_side(sgd, data, on_device):
    alike = [
        "steprule torch fused",
        "torch.optim fused",
        "steprule torch foreach",
        "torch.optim foreach",
        "steprule torch loop",
        "torch.optim loop",
    ]
    assert list(by_name(sgd, data)) == [
        "limit", "steprule numba", *alike, "steprule numpy", "textbook numpy",
    ]  # fmt: skip
    assert list(by_name(sgd, on_device)) == ["limit", *alike]


def test_numpy_has_no_half_precision(sgd):
    half = Data(WORKLOAD, 1, HostArrays("bfloat16"))
    assert {name for name in by_name(sgd, half) if "numpy" in name} == set()


def test_results(sgd, data):
    field = by_name(sgd, data)
    told = []
    chosen = [field["torch.optim loop"], field["limit"]]
    loop, limit = race(sgd, chosen, WORKLOAD, data, PLAN, lambda: told.append(1))
    assert loop.samples == limit.samples == (1.0, 1.0)
    assert len(told) == 2 * PLAN.steps
    # theta and grad are read and theta is written: three numbers of four bytes.
    assert loop.bytes == limit.bytes == 3 * 4 * 108
    assert limit.deviation is None
    assert loop.deviation is not None
    assert not loop.wrong


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_on_a_device(adam, dtype):
    plan = replace(ON_DEVICE, arrays=DeviceArrays(dtype, torch.device("cpu")))
    data = Data(WORKLOAD, plan.steps, plan.arrays)
    running, missing = able(adam, plan)
    assert not missing
    field = [c for c in contenders(adam, data) if c.name in running]
    results = race(adam, field, WORKLOAD, data, plan, lambda: None)
    assert len(results) == 7
    deviations = {r.contender: r.deviation for r in results}
    assert deviations.pop("limit") is None
    assert all(deviation < 1 for deviation in deviations.values()), deviations


@pytest.mark.parametrize("place", ["data", "on_device"])
def test_nothing_is_copied_that_need_not_be(sgd, place, request, monkeypatch):
    data = request.getfixturevalue(place)
    starts = data.parameters()
    monkeypatch.setattr(data, "parameters", lambda: starts)
    runner = by_name(sgd, data)["torch.optim loop"].start()
    runner.prepare(0)
    ends = runner.parameters()
    if place == "on_device":
        assert all(isinstance(x, torch.Tensor) and not x.requires_grad for x in ends)
    before = [x[0].item() for x in ends]
    runner.step()
    assert [x[0].item() for x in ends] != before
    assert [x[0].item() for x in starts] == [x[0].item() for x in ends]
    (first, _) = data.gradients(0)
    kept = first.copy() if place == "data" else first.clone()
    first[:] = 0  # is what the contender is given
    assert runner._params[0].grad.count_nonzero() == 0
    first[:] = kept


def test_no_memory_is_held_after_a_race(adam, on_device):
    started = []

    def watched(contender):
        def start():
            runner = contender.start()
            tensors = getattr(runner, "_params", None) or [runner._pairs[0][0]]
            started.extend(weakref.ref(x.untyped_storage()) for x in tensors)
            return runner

        return replace(contender, start=start)

    field = [watched(c) for c in contenders(adam, on_device)]
    gc.disable()  # a device's memory must not wait for it
    try:
        race(adam, field, WORKLOAD, on_device, ON_DEVICE, lambda: None)
        alive = [storage for storage in started if storage() is not None]
    finally:
        gc.enable()
    assert len(started) == 6 * 2 + 1
    assert not alive


class Idle:
    """Stays where it starts."""

    def __init__(self, data):
        self.data = data

    def prepare(self, step): ...

    def step(self): ...

    def parameters(self):
        return self.data.parameters()


def test_a_wrong_contender(sgd, data):
    idle = Contender("idle", Family.OURS, lambda: Idle(data), holds=0)
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


def test_a_peer_that_torch_lacks_is_left_out(sgd, monkeypatch):
    monkeypatch.delattr("torch.optim.SGD")
    running, left_out = able(sgd, PLAN)
    assert not [name for name in running if name.startswith("torch.optim")]
    reasons = {each.contender: each.reason for each in left_out}
    said = "torch.optim.SGD is not there: torch.optim has no SGD"
    assert reasons == {"torch.optim loop": said}


def test_groups_by_memory():
    held = {"a": 3, "b": 4, "c": 9, "d": 1}
    field = [Contender(name, Family.OURS, lambda: Idle(None), n) for name, n in held.items()]

    def names(memory):
        return ["".join(c.name for c in group) for group in in_turns(field, memory)]

    assert names(17) == ["abcd"]
    assert names(16) == ["abc", "d"]
    assert names(7) == ["ab", "c", "d"]
    assert names(0) == ["a", "b", "c", "d"]


def test_what_contenders_hold(adam, data):
    field = by_name(adam, data)
    chosen = [field["torch.optim loop"], field["torch.optim foreach"]]
    # In bytes: 108 parameters of 4, with two states; and six times that which is shared.
    together = 2 * 3 * 432 + 6 * 432

    def count(memory):
        return len(groups(chosen, data, replace(PLAN, memory=memory)))

    assert (count(together), count(together - 1)) == (1, 2)
    # It reads theta, m, v and the gradient, and writes all but the last.
    assert field["limit"].holds == 4 * 432


def test_the_limit_writes_what_a_step_writes(adam, data):
    runner = by_name(adam, data)["limit"].start()
    before = [x.copy() for x in runner._arrays]
    runner.prepare(0)
    runner.step()
    changed = [(x != old).all() for x, old in zip(runner._arrays, before, strict=True)]
    assert changed == [True, True, True, False]
    assert {x.nbytes for x in runner._arrays} == {432}


class OfABillion(Data):
    """Data of so many parameters in four tensors, but for the numbers."""

    def __init__(self, arrays):
        self.sizes = (250_000_000,) * 4
        self.arrays = arrays


@pytest.mark.parametrize(
    ("free", "together"),
    [
        # Nine tenths are filled. 24 GB are for gradients and temporaries, 2.1 GB for the limit,
        # and every other holds 12 GB: theta, m and v, of 4 GB each.
        (70e9, [4, 3]),
        (84e9, [5, 2]),
        (140e9, [7]),
    ],
)
def test_a_billion_parameters_on_a_device(adam, free, together):
    data = OfABillion(ON_DEVICE.arrays)
    field = contenders(adam, data)
    assert [c.holds for c in field] == [1 << 31, *[12 * 10**9] * 6]
    found = groups(field, data, replace(ON_DEVICE, memory=int(free) // 10 * 9))
    assert [len(group) for group in found] == together
    assert [c.name for c in found[0]][:4] == [
        "limit", "steprule torch fused", "torch.optim fused", "steprule torch foreach",
    ]  # fmt: skip


class Copied(TorchDispatchMode):
    """Counts the bytes that are copied, in pieces."""

    def __init__(self):
        super().__init__()
        self.pieces = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if function is torch.ops.aten.copy_.default:
            self.pieces.append(args[0].nbytes)
        return function(*args, **kwargs or {})


@pytest.mark.parametrize(
    ("buffer", "pieces"),
    [
        (1 << 30, [1512]),
        (1512, [1512]),
        (756, [756, 756]),
        (500, [500, 500, 500, 12]),
    ],
)
def test_the_copy_on_a_device(adam, on_device, monkeypatch, buffer, pieces):
    monkeypatch.setattr(limit, "BUFFER", buffer)
    # Half of what a step moves is read and half is written: 7 * 432 bytes.
    copy = by_name(adam, on_device)["limit"]
    assert copy.holds == 2 * min(buffer, 1512)
    runner = copy.start()
    runner.prepare(0)
    with Copied() as copied:
        runner.step()
    assert copied.pieces == pieces


@pytest.mark.parametrize(("name", "warm"), [("Adam", 3), ("AdaShift", 11), ("Ranger", 7)])
def test_each_kind_of_step_is_taken_once_before_any_is_timed(name, warm):
    """AdaShift fills ten slots by turns, and Ranger looks ahead every sixth step."""
    plan = PLAN.of(analyse(builtin()[name]))
    assert (plan.warm, plan.steps) == (warm, warm + PLAN.repeats)
