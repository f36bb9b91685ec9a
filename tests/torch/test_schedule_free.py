"""ScheduleFreeAdamW beside the three sequences of the paper, in plain Python."""

import math
from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch

SETTINGS: list[dict[str, Any]] = [
    {},
    {"weight_decay": 0.1},
    {"warmup_steps": 5},
    {"r": 1.0, "weight_lr_power": 0.0},
    {"lr": 0.0},
    {"betas": (1.0, 0.9)},
    {"betas": (0.5, 0.9), "warmup_steps": 3, "weight_decay": 0.2, "r": 0.5, "weight_lr_power": 1.0},
]
WAYS = [{"foreach": False}, {"foreach": True}, {"capturable": True}, {"fused": True}]
STEPS = 12


def gradient(y: float, t: int) -> float:
    return math.cos(3 * y + t)


def paper(start: float, **given: Any) -> tuple[float, float]:
    """Defazio et al., 2024, Algorithm 1: y, where the gradient is taken, and x, their average."""
    known = {"lr": 0.1, "betas": (0.9, 0.999), "weight_decay": 0.0, "warmup_steps": 0}
    known |= {"r": 0.0, "weight_lr_power": 2.0, **given}
    beta1, beta2 = known["betas"]
    x = y = z = start
    v = total = largest = 0.0
    for t in range(1, STEPS + 1):
        rise = min(1.0, t / known["warmup_steps"]) if known["warmup_steps"] else 1.0
        rate = known["lr"] * rise
        g = gradient(y, t)
        v = beta2 * v + (1 - beta2) * g * g
        scaled = g / (math.sqrt(v / (1 - beta2**t)) + 1e-8)
        z = z - rate * (scaled + known["weight_decay"] * y)
        largest = max(largest, rate)
        weight = t ** known["r"] * largest ** known["weight_lr_power"]
        total += weight
        c = weight / total if total else 0.0
        x = (1 - c) * x + c * z
        y = (1 - beta1) * z + beta1 * x
    return y, x


STARTS = [0.3, -1.5, 2.0]


@pytest.mark.parametrize("given", SETTINGS, ids=str)
def test_numpy(given: dict[str, Any]) -> None:
    optimizer = steprule.numpy.ScheduleFreeAdamW(**{"lr": 0.1} | given)
    theta = np.array(STARTS)
    for t in range(1, STEPS + 1):
        optimizer.update(theta, np.array([gradient(y, t) for y in theta]))
    expected = np.array([paper(start, **given) for start in STARTS])
    # Some ten roundings in each of twelve steps; the cosine at most doubles an error in a step.
    np.testing.assert_allclose(theta, expected[:, 0], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(
        optimizer.output("averaged", theta), expected[:, 1], rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize("how", WAYS, ids=str)
@pytest.mark.parametrize("given", SETTINGS, ids=str)
def test_torch(given: dict[str, Any], how: dict[str, bool]) -> None:
    p = torch.nn.Parameter(torch.tensor(STARTS, dtype=torch.float64))
    optimizer = steprule.torch.ScheduleFreeAdamW([p], **{"lr": 0.1} | given, **how)
    for t in range(1, STEPS + 1):
        p.grad = torch.tensor([gradient(y, t) for y in p.tolist()], dtype=torch.float64)
        optimizer.step()
    expected = torch.tensor([paper(start, **given) for start in STARTS], dtype=torch.float64)
    # As above.
    torch.testing.assert_close(p.detach(), expected[:, 0], rtol=1e-12, atol=1e-12)
    with optimizer.swapped("averaged"):
        torch.testing.assert_close(p.detach(), expected[:, 1], rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(p.detach(), expected[:, 0], rtol=1e-12, atol=1e-12)


def test_a_checkpoint_goes_on() -> None:
    def made() -> tuple[torch.nn.Parameter, Any]:
        p = torch.nn.Parameter(torch.tensor(STARTS, dtype=torch.float64))
        return p, steprule.torch.ScheduleFreeAdamW([p], lr=0.1, warmup_steps=4)

    (p, optimizer), (q, resumed) = made(), made()
    for t in range(6):
        if t == 3:
            resumed.load_state_dict(optimizer.state_dict())
            q.data.copy_(p.data)
        p.grad = torch.cos(3 * p.detach() + t)
        optimizer.step()
        if t >= 3:
            q.grad = torch.cos(3 * q.detach() + t)
            resumed.step()
    assert torch.equal(p, q)
    assert {*optimizer.state[p]} == {"step", "z", "exp_avg_sq", "weight_sum", "lr_max"}
    with pytest.raises(ValueError, match=r"betas\[0\] must satisfy 0 < beta1 <= 1, got 0"):
        steprule.torch.ScheduleFreeAdamW([p], betas=(0.0, 0.9))
