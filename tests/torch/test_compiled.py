"""Steps within torch.compile: the values of steps without, and torch's number of graphs."""

import copy
from pathlib import Path
from typing import Any

import pytest
import steprule.torch
import torch
from steprule.torch import _norms as norms
from torch._dynamo.testing import CompileCounterWithBackend

SHAPES = [(3, 4), (5,), ()]
CASES: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("Adam", {"amsgrad": True, "maximize": True}),
    ("AdamW", {"foreach": True, "lr": torch.tensor(0.01)}),
    ("Adamax", {"foreach": False}),
    ("NAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("ScheduleFreeAdamW", {"warmup_steps": 2}),
    ("Adam", {"capturable": True}),
    ("Adam", {"clipvalue": 0.5}),
    ("Lion", {"clipnorm": 0.5}),
    ("SGD", {"global_clipnorm": 0.5, "momentum": 0.9}),
    ("Adam", {"fused": True}),
    ("NAdam", {"fused": True}),
]
MORE: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("Adagrad", {"lr_decay": 0.1, "initial_accumulator_value": 0.5}),
    ("Adadelta", {"weight_decay": 0.1}),
    ("RMSprop", {"centered": True, "momentum": 0.9}),
    ("Lion", {"weight_decay": 0.1}),
    ("NAdam", {"capturable": True}),
]
"""Of other averages, and otherwise of nothing that those before have no part of."""
RTOL = {torch.float32: 1e-5, torch.float64: 1e-13, torch.complex64: 1e-5, torch.bfloat16: 1e-2}
"""A few roundings in each of a few steps: the loop's and foreach's are in another order."""


@pytest.fixture(autouse=True)
def _anew():
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


def parameters(dtype: torch.dtype = torch.float32) -> list[torch.nn.Parameter]:
    torch.manual_seed(0)
    return [torch.nn.Parameter(torch.randn(shape, dtype=dtype)) for shape in SHAPES]


def give_gradients(*models: list[torch.nn.Parameter]) -> None:
    for each in zip(*models, strict=True):
        grad = torch.randn_like(each[0])
        for p in each:
            p.grad = grad.clone()


def compiled(step: Any, backend: str = "aot_eager", **options: Any) -> tuple[Any, Any]:
    counter = CompileCounterWithBackend(backend)
    return torch.compile(step, backend=counter, **options), counter


def assert_alike(ours: Any, plain: Any) -> None:
    params = zip(ours.param_groups[0]["params"], plain.param_groups[0]["params"], strict=True)
    for p, q in params:
        close = {"rtol": RTOL[p.dtype], "atol": RTOL[p.dtype] / 10}
        torch.testing.assert_close(p, q, **close)
        assert ours.state[p].keys() == plain.state[q].keys()
        for key, value in ours.state[p].items():
            torch.testing.assert_close(value, plain.state[q][key], **close)
            assert key not in ("step", "mu_product") or value == plain.state[q][key]


BACKENDS = [
    "aot_eager",
    pytest.param("eager", marks=pytest.mark.exhaustive),
    pytest.param("inductor", marks=pytest.mark.exhaustive),
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("name", "options"),
    [*CASES, *(pytest.param(*case, marks=pytest.mark.exhaustive) for case in MORE)],
)
def test_values_and_graphs(
    name: str,
    options: dict[str, Any],
    backend: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    ours, plain = parameters(), parameters()
    make = getattr(steprule.torch, name)
    optimizer, beside = make(ours, **options), make(plain, **options)
    step, counter = compiled(optimizer.step, backend)
    for _ in range(4):
        give_gradients(ours, plain)
        step()
        beside.step()
        assert_alike(optimizer, beside)
    uncompiled = options.get("fused") or options.get("capturable")
    # That the first value of a buffer is the gradient is another graph, in torch.optim as well.
    expected = 0 if uncompiled else 2 if name == "SGD" and "momentum" in options else 1
    assert counter.frame_count == expected


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64, torch.complex64])
def test_dtypes(dtype: torch.dtype) -> None:
    ours, plain = parameters(dtype), parameters(dtype)
    optimizer, beside = steprule.torch.AdamW(ours), steprule.torch.AdamW(plain)
    step, counter = compiled(optimizer.step)
    for _ in range(3):
        give_gradients(ours, plain)
        step()
        beside.step()
        assert_alike(optimizer, beside)
    assert counter.frame_count == 1


@pytest.mark.parametrize("name", ["SGD", "Adam", "NAdam"])
def test_no_more_graphs_than_torchs_where_the_rate_and_the_gradients_change(name: str) -> None:
    counts = []
    for package in (torch.optim, steprule.torch):
        torch._dynamo.reset()
        ours, plain = parameters(), parameters()
        options = {"lr": torch.tensor(0.1)} if package is torch.optim else {"lr": 0.1}
        optimizer = getattr(package, name)(ours, **options)
        beside = getattr(package, name)(plain, **options)
        step, counter = compiled(optimizer.step)
        for k in range(6):
            give_gradients(ours, plain)
            if k in (2, 3):
                ours[1].grad = plain[1].grad = None
            for group in (optimizer.param_groups[0], beside.param_groups[0]):
                rate = 0.1 / (k + 1)
                group["lr"] = torch.tensor(rate) if package is torch.optim else rate
            step()
            beside.step()
        counts.append(counter.frame_count)
        if package is steprule.torch:
            assert_alike(optimizer, beside)
    assert counts[1] <= counts[0]


def test_steps_with_and_without_the_compiler_go_on_from_each_other() -> None:
    ours, plain = parameters(), parameters()
    optimizer, beside = steprule.torch.NAdam(ours), steprule.torch.NAdam(plain)
    step, _ = compiled(optimizer.step)
    for k in range(6):
        give_gradients(ours, plain)
        (step if k % 2 else optimizer.step)()
        if k == 3:
            optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
        beside.step()
        assert_alike(optimizer, beside)


def test_counts_beyond_those_of_float32() -> None:
    ours = parameters()
    optimizer = steprule.torch.Adam(ours)
    give_gradients(ours)
    step, _ = compiled(optimizer.step)
    step()
    for p in ours:
        optimizer.state[p]["step"].fill_(2**24)
    step()
    assert {optimizer.state[p]["step"].item() for p in ours} == {2**24 + 1}


def test_a_whole_training_step_with_a_closure() -> None:
    ours, plain = parameters(), parameters()

    def made(params: list[torch.nn.Parameter]) -> tuple[Any, Any]:
        optimizer = steprule.torch.Adam([{"params": params[:1]}, {"params": params[1:], "lr": 0.1}])

        def loss() -> torch.Tensor:
            optimizer.zero_grad(set_to_none=True)
            value = sum(((p - 1) ** 2).sum() for p in params)
            value.backward()
            return value

        return optimizer, lambda: optimizer.step(loss)

    (optimizer, run), (beside, plainly) = made(ours), made(plain)
    step, _ = compiled(run)
    for _ in range(3):
        torch.testing.assert_close(step(), plainly())
    for p, q in zip(ours, plain, strict=True):
        torch.testing.assert_close(p, q)
        assert optimizer.state[p]["step"] == beside.state[q]["step"] == 3


@pytest.mark.exhaustive  # as is test_kahan's, every day
def test_inductor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test_values_and_graphs("SGD", {}, "inductor", tmp_path, monkeypatch)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("name", ["norm", "mean"])
def test_what_rules_reduce_is_traced_whole(name: str, dtype: torch.dtype) -> None:
    function = getattr(norms, name)
    step, counter = compiled(function, fullgraph=True)
    x = torch.arange(1, 7, dtype=dtype).reshape(2, 3)
    torch.testing.assert_close(step(x), function(x), rtol=RTOL[dtype], atol=0.0)
    assert counter.frame_count == 1
