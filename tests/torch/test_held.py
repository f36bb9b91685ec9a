"""Rules that a total may hold: which are the rules themselves where it holds none."""

import pytest
import steprule
import steprule.torch
import torch
from torch import nn


@pytest.mark.parametrize("foreach", [False, True])
@pytest.mark.parametrize(
    "name", ["PNM", "AdaPNM", "OptimisticAdam", "SPAM", "StableSPAM", "AdamW", "Lion"]
)
def test_skipping_no_step_is_the_rule(name: str, foreach: bool) -> None:
    """By numbers that one test of the host chooses of several, which stay what they are."""
    held = steprule.compile(f"skip({name.lower()}, limit=1e30)")
    gradients = torch.Generator().manual_seed(0)
    alone, within = (nn.Parameter(torch.ones(3, 4, dtype=torch.float64)) for _ in range(2))
    rule = getattr(steprule.torch, name)([alone], lr=0.1, foreach=foreach)
    skipping = held([within], lr=0.1, foreach=foreach)
    for _ in range(6):
        alone.grad = torch.randn(3, 4, dtype=torch.float64, generator=gradients)
        within.grad = alone.grad.clone()
        rule.step()
        skipping.step()
    # Numbers of the host may be rounded in another order.
    torch.testing.assert_close(within, alone, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(
    "stack",
    [
        "accumulate(schedule_free(sgd))",
        "accumulate(sophia)",
        "skip(decay_to_start(adam))",
        "accumulate(adafactor)",
    ],
)
def test_stacks_whose_parts_wait_for_one_another_are_made(stack: str) -> None:
    for backend in ("numpy", "torch"):
        assert steprule.compile(stack, backend=backend)
