"""What torch.amp.GradScaler leaves to the step of a fused optimizer, in every mode."""

from typing import Any

import pytest
import steprule.torch
import torch
from torch import Tensor
from torch.testing import assert_close

MODES = pytest.mark.parametrize(
    "how", [{"fused": True}, {"foreach": True}, {"foreach": False}, {"capturable": True}], ids=str
)
SCALE = 8.0  # a power of two: dividing by it is exact


def states(optimizer: torch.optim.Optimizer) -> Any:
    return repr(optimizer.state_dict()["state"])


def set_by_hand(optimizer: Any, found: float, scale: float | None) -> None:
    optimizer.found_inf = torch.tensor(found)
    optimizer.grad_scale = None if scale is None else torch.tensor(scale)


@MODES
def test_a_step_with_what_was_found_is_none(rule: Any, how: dict[str, bool]) -> None:
    params = rule.parameters()
    optimizer = rule.ours(params, **how)
    rule.train(optimizer, params, 2)
    before, kept = [p.detach().clone() for p in params], states(optimizer)
    gradients = [p.grad.clone() for p in params]
    set_by_hand(optimizer, 1.0, SCALE)
    optimizer.step()
    assert all(torch.equal(p, q) for p, q in zip(params, before, strict=True))
    assert all(torch.equal(p.grad, g) for p, g in zip(params, gradients, strict=True))
    assert states(optimizer) == kept


@MODES
@pytest.mark.parametrize("dtype", [torch.float32, torch.complex64], ids=str)
def test_gradients_are_divided(rule: Any, how: dict[str, bool], dtype: torch.dtype) -> None:
    scaled, plain = (rule.parameters(dtype=dtype) for _ in range(2))
    ours, other = rule.ours(scaled, **how), rule.ours(plain, **how)
    for seed in range(3):
        generator = torch.Generator().manual_seed(seed)
        for p, q in zip(scaled, plain, strict=True):
            q.grad = torch.randn(q.shape, dtype=dtype, generator=generator)
            p.grad = q.grad * SCALE
        set_by_hand(ours, 0.0, SCALE)
        ours.step()
        other.step()
    for p, q in zip(scaled, plain, strict=True):
        assert torch.equal(p, q)
        assert torch.equal(p.grad, q.grad)
    assert states(ours) == states(other)


def test_gradients_already_unscaled(rule: Any) -> None:
    params, others = rule.parameters(), rule.parameters()
    ours, other = rule.ours(params, fused=True), rule.ours(others, fused=True)
    set_by_hand(ours, 0.0, None)
    rule.train(ours, params, 2)
    rule.train(other, others, 2)
    assert all(torch.equal(p, q) for p, q in zip(params, others, strict=True))


def test_small_gradients_of_half_precision_do_not_vanish() -> None:
    """2**-30 is 0 in float16, and 2**-10 is not."""
    for how in ({"fused": True}, {"foreach": False}):
        p = torch.zeros(2, dtype=torch.float16).requires_grad_()
        optimizer = steprule.torch.SGD([p], lr=2.0**20, **how)
        p.grad = torch.full((2,), 2.0**-10, dtype=torch.float16)
        set_by_hand(optimizer, 0.0, 2.0**20)
        optimizer.step()
        assert p.tolist() == [-(2.0**-10)] * 2


@pytest.mark.parametrize("fused", [True, None])
def test_a_scaler_on_the_cpu(rule: Any, fused: bool | None) -> None:
    """An overflow skips a step, in its middle as at its start; the others are as without it."""

    def trained(scaler: torch.amp.GradScaler | None, factors: list[float]) -> tuple[Tensor, Any]:
        (p,) = rule.parameters((3,))
        optimizer = rule.ours([p], fused=fused, clipnorm=0.5)
        for factor in factors:
            optimizer.zero_grad()
            loss = (p.square() * factor).sum()
            if scaler is None:
                loss.backward()
                optimizer.step()
            else:
                scaler.scale(loss).backward()
                scaler.step(optimizer)
                scaler.update()
        return p, optimizer

    scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
    p, ours = trained(scaler, [float("inf"), 1.0, 2.0, float("nan"), 3.0])
    q, other = trained(None, [1.0, 2.0, 3.0])
    assert scaler.get_scale() == 1.0
    assert torch.equal(p, q)
    assert states(ours) == states(other)
    assert not hasattr(ours, "found_inf")


def test_a_fused_step_under_a_scaler_is_torchs(rule: Any) -> None:
    if rule.name not in ("Adam", "AdamW", "SGD", "Adagrad"):  # those torch has a kernel for
        return
    mine, theirs = rule.parameters(), rule.parameters()
    ours, peer = rule.ours(mine, fused=True), rule.peer(theirs, fused=True)
    for found in (0.0, 1.0, 0.0):
        for optimizer, params in ((ours, mine), (peer, theirs)):
            set_by_hand(optimizer, found, SCALE)
            rule.train(optimizer, params, 1)
    for p, q in zip(mine, theirs, strict=True):
        # Two steps of float32 arithmetic in another order, at a rate of 0.5.
        assert_close(p, q, rtol=1e-5, atol=1e-6)
        assert_close(p.grad, q.grad, rtol=0, atol=0)
    if rule.name != "SGD":
        assert [float(s["step"]) for s in ours.state.values()] == [2.0] * len(mine)
