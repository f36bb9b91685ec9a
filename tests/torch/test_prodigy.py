"""Prodigy and DoG beside the steps of their authors' packages, written down by hand.

These were held against prodigyopt 1.1.2 and dog-optimizer 1.0.3, to the last bits, when they were
written.
"""

import copy
import math
import pickle
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch
from torch import Tensor

SHAPES = [(), (5,), (4, 6), (2, 3, 4)]
STEPS = 12
WAYS: dict[str, dict[str, Any]] = {
    "loop": {"foreach": False},
    "foreach": {"foreach": True},
    "capturable": {"capturable": True},
}
PRODIGY: list[dict[str, Any]] = [
    {},
    {"weight_decay": 0.1},
    {"weight_decay": 0.1, "decouple": False, "d0": 1e-3},
    {"use_bias_correction": True, "d0": 1e-2},
    {"safeguard_warmup": True, "lr": 0.5, "d0": 1e-3},
    {"betas": (0.0, 0.99), "beta3": 0.98},
    {"growth_rate": 1.02, "d_coef": 2.0, "d0": 1e-3},
]
DOG: list[dict[str, Any]] = [
    {},
    {"weight_decay": 0.1},
    {"reps_rel": 1e-3, "lr": 0.5, "eps": 1e-4},
]


def parameters() -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(s, dtype=torch.float64, generator=generator) for s in SHAPES]


def gradient(p: Tensor, step: int) -> Tensor:
    """Of a bowl, with noise: what is gone towards its bottom adds up."""
    generator = torch.Generator().manual_seed(100 * step + p.numel())
    return 0.3 * p + 0.2 * torch.randn(p.shape, dtype=torch.float64, generator=generator)


def prodigy_by_hand(decays: Sequence[float], steps: int = STEPS, **given: Any) -> Any:
    """The parameters after some steps, and d; a decay for each."""
    lr, d0 = given.get("lr", 1.0), given.get("d0", 1e-6)
    beta1, beta2 = given.get("betas", (0.9, 0.999))
    beta3 = given.get("beta3") or math.sqrt(beta2)
    decouple, d, d_max, num = given.get("decouple", True), d0, d0, 0.0
    ps = parameters()
    p0, m, v, s = ([x.clone() * c for x in ps] for c in (1, 0, 0, 0))
    for step in range(steps):
        bias = 1.0
        if given.get("use_bias_correction"):
            bias = (1 - beta2 ** (step + 1)) ** 0.5 / (1 - beta1 ** (step + 1))
        dlr, delta = d * lr * bias, 0.0
        gs = [gradient(p, step) for p in ps]
        for i, p in enumerate(ps):
            if not decouple:
                gs[i] = gs[i] + decays[i] * p
            delta += d / d0 * dlr * torch.dot(gs[i].flatten(), (p0[i] - p).flatten()).item()
            m[i] = beta1 * m[i] + d * (1 - beta1) * gs[i]
            v[i] = beta2 * v[i] + d * d * (1 - beta2) * gs[i] ** 2
            s[i] = beta3 * s[i] + d / d0 * (d if given.get("safeguard_warmup") else dlr) * gs[i]
        num = beta3 * num + delta
        found = given.get("d_coef", 1.0) * num / sum(x.abs().sum().item() for x in s)
        d_max = max(d_max, found)
        d = min(d_max, (max(d, found) if d == d0 else d) * given.get("growth_rate", math.inf))
        for i, p in enumerate(ps):
            if decouple:
                p -= decays[i] * dlr * p
            p -= dlr * (m[i] if beta1 else d * gs[i]) / (v[i].sqrt() + d * given.get("eps", 1e-8))
    return ps, d


def dog_by_hand(decays: Sequence[float], **given: Any) -> Any:
    ps = parameters()
    start = [p.clone() for p in ps]
    squares = given.get("eps", 1e-8)
    radius = given.get("reps_rel", 1e-6) * (1 + math.hypot(*(p.norm().item() for p in ps)))
    for step in range(STEPS):
        gs = [gradient(p, step) + w * p for p, w in zip(ps, decays, strict=True)]
        gone = [(p - p0).norm().item() for p, p0 in zip(ps, start, strict=True)]
        radius = max(radius, math.hypot(*gone))
        squares += sum((g * g).sum().item() for g in gs)
        for p, g in zip(ps, gs, strict=True):
            p -= given.get("lr", 1.0) * radius / math.sqrt(squares) * g
    return ps, radius


def grouped(params: list[Tensor], decay: float, *, two: bool) -> Any:
    first = {"params": params[:2]}
    return [first, {"params": params[2:], "weight_decay": 2 * decay}] if two else params


def stepped(optimizer: Any, params: list[Tensor], steps: range = range(STEPS)) -> list[Tensor]:
    for step in steps:
        for p in params:
            p.grad = gradient(p.detach(), step)
        optimizer.step()
    return [p.detach() for p in params]


RULES: list[tuple[str, Callable[..., Any], str, dict[str, Any]]] = [
    *(("Prodigy", prodigy_by_hand, "d", given) for given in PRODIGY),
    *(("DoG", dog_by_hand, "rbar", given) for given in DOG),
]


@pytest.mark.parametrize("two", [False, True], ids=["one group", "two groups"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("name", "by_hand", "key", "given"), RULES)
def test_as_by_hand(
    name: str, by_hand: Callable[..., Any], key: str, given: dict[str, Any], way: str, *, two: bool
) -> None:
    params = [torch.nn.Parameter(p) for p in parameters()]
    decay = given.get("weight_decay", 0.0)
    cls = getattr(steprule.torch, name)
    optimizer = cls(grouped(params, decay, two=two), **given, **WAYS[way])
    found = stepped(optimizer, params)
    wanted, number = by_hand([decay, decay, *[decay * (1 + two)] * 2], **given)
    for p, x in zip(found, wanted, strict=True):
        torch.testing.assert_close(p, x, rtol=1e-12, atol=1e-12)
    for group in optimizer.param_groups:
        # What d is made of nearly cancels while parameters are where they started.
        assert float(group[key]) == pytest.approx(number, rel=1e-10)


@pytest.mark.parametrize(("name", "by_hand", "key", "given"), RULES)
def test_numpy(name: str, by_hand: Callable[..., Any], key: str, given: dict[str, Any]) -> None:
    params = {str(i): p.numpy().copy() for i, p in enumerate(parameters())}
    optimizer = getattr(steprule.numpy, name)(**given)
    for step in range(STEPS):
        if step == STEPS // 2:  # goes on from what was saved, and from what was pickled
            saved = optimizer.state_dict()
            optimizer = pickle.loads(pickle.dumps(getattr(steprule.numpy, name)(**given)))
            optimizer.load_state_dict(saved)
        grads = {i: gradient(torch.from_numpy(p), step).numpy() for i, p in params.items()}
        optimizer.update(params, grads)
    wanted, number = by_hand([given.get("weight_decay", 0.0)] * 4, **given)
    for p, x in zip(params.values(), wanted, strict=True):
        np.testing.assert_allclose(p, x, rtol=1e-12, atol=1e-12)
    name = {"d": "d", "rbar": "rbar"}[key]
    assert float(optimizer.state_dict()[name]) == pytest.approx(number, rel=1e-10)


def begun(name: str = "Prodigy", **how: Any) -> tuple[list[Any], Any]:
    params = [torch.nn.Parameter(p) for p in parameters()]
    optimizer = getattr(steprule.torch, name)(grouped(params, 0.1, two=True), **how)
    stepped(optimizer, params, range(4))
    return params, optimizer


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["Prodigy", "DoG"])
def test_a_checkpoint_goes_on(name: str, way: str) -> None:
    params, optimizer = begun(name, **WAYS[way])
    copied = copy.deepcopy((params, optimizer))
    again = [torch.nn.Parameter(p.detach().clone()) for p in params]
    loaded = getattr(steprule.torch, name)(grouped(again, 0.1, two=True), **WAYS[way])
    loaded.load_state_dict(pickle.loads(pickle.dumps(optimizer.state_dict())))
    stepped(optimizer, params, range(4, 8))
    for others, other in ((again, loaded), copied):
        stepped(other, others, range(4, 8))
        assert all(map(torch.equal, params, others))
        for ours, theirs in zip(optimizer.param_groups, other.param_groups, strict=True):
            assert all(ours[key] == theirs[key] for key in type(optimizer)._global_states.values())


def test_a_checkpoint_without_them_is_refused() -> None:
    params, optimizer = begun()
    saved = copy.deepcopy(optimizer.state_dict())
    for value, words in ((None, "lacks 'd_max'"), ("big", "'d_max' of a group must be a number")):
        for group in saved["param_groups"]:
            group["d_max"] = value
            if value is None:
                del group["d_max"]
        with pytest.raises(ValueError, match=words):
            optimizer.load_state_dict(saved)
    stepped(optimizer, params, range(4, 5))


def test_numbers_are_set_in_all_groups() -> None:
    params, optimizer = begun()
    before = [p.detach().clone() for p in params]
    optimizer.param_groups[0]["d"] = 0.5
    with pytest.raises(ValueError, match="keeps one 'd' for all parameters, and its groups have 0"):
        stepped(optimizer, params, range(4, 5))
    for wrong in ("a", True, torch.ones(2)):
        optimizer.param_groups[0]["d"] = wrong
        with pytest.raises(ValueError, match="'d' of a group of Prodigy must be a number, got"):
            stepped(optimizer, params, range(4, 5))
    assert all(map(torch.equal, before, params))
    for group in optimizer.param_groups:
        group["d"] = group["d_max"] = 0.5
    stepped(optimizer, params, range(4, 5))
    assert all(group["d"] >= 0.5 for group in optimizer.param_groups)


@pytest.mark.parametrize(("name", "value"), [("lr", 0.5), ("d0", 1e-3), ("beta3", 0.5)])
def test_groups_agree_on_what_all_depend_on(name: str, value: float) -> None:
    params, optimizer = begun()
    before = [p.detach().clone() for p in params]
    optimizer.param_groups[1][name] = value
    with pytest.raises(ValueError, match=f"depend on {name}, and its groups have"):
        stepped(optimizer, params, range(4, 5))
    assert all(map(torch.equal, before, params))
    assert float(optimizer.state[params[0]]["step"]) == 4


def test_a_group_that_is_added_has_what_others_have() -> None:
    params, optimizer = begun()
    more = torch.nn.Parameter(torch.ones(3, dtype=torch.float64))
    optimizer.add_param_group({"params": [more]})
    assert optimizer.param_groups[-1]["d"] == optimizer.param_groups[0]["d"] > 1e-6
    stepped(optimizer, [*params, more], range(4, 5))


def test_an_error_of_one_tensor_leaves_all() -> None:
    params, optimizer = begun()
    before = [p.detach().clone() for p in params]
    kept = copy.deepcopy(optimizer.state_dict())
    optimizer.state[params[-1]]["s"] = torch.zeros(7, dtype=torch.float64)
    with pytest.raises(ValueError, match="shape"):
        stepped(optimizer, params, range(4, 5))
    assert all(map(torch.equal, before, params))
    assert [g["d"] for g in optimizer.param_groups] == [g["d"] for g in kept["param_groups"]]


def test_parameters_of_several_kinds() -> None:
    """Halves are computed with in float32, and complex numbers are two reals each."""
    generator = torch.Generator().manual_seed(3)
    real = torch.randn(4, 2, generator=generator, dtype=torch.float64)
    kinds = [real, torch.view_as_complex(real.clone())]
    found: list[float] = []
    for start in kinds:
        p = torch.nn.Parameter(start.clone())
        half = torch.nn.Parameter(torch.ones(2, dtype=torch.bfloat16))
        optimizer = steprule.torch.DoG([p, half], foreach=False)
        p.grad, half.grad = start.clone(), torch.ones_like(half)
        optimizer.step()
        found.append(optimizer.param_groups[0]["G"])
    assert found[0] == pytest.approx(1e-8 + (real**2).sum().item() + 2, rel=1e-14)
    assert found[1] == found[0]


def test_what_autograd_sees() -> None:
    """The derivative of a step of two tensors by the rate, beside a difference."""

    def after(lr: Tensor) -> Tensor:
        params = [p.clone().requires_grad_() * 1 for p in parameters()[:2]]
        optimizer = steprule.torch.DoG(params, lr=lr, reps_rel=0.1, differentiable=True)
        for step in range(3):
            for p in params:
                p.grad = 0.3 * p + step
            optimizer.step()
        return sum(p.sum() for p in params)

    lr = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(after(lr), lr)
    with torch.no_grad():
        difference = (after(lr + 1e-5) - after(lr - 1e-5)) / 2e-5
    assert slope.item() == pytest.approx(difference.item(), rel=1e-7)
