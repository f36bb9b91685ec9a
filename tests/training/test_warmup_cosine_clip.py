"""A warm-up, a cosine and a clip by global norm: the same curve in NumPy and in torch."""

from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch
from steprule.numpy.schedules import CosineAnnealingLR, LinearWarmupLR
from steprule.torch import lr_scheduler

from .test_digits import TOLERANCE

STEPS, WARMUP, LR, LIMIT = 60, 10, 0.5, 0.3
"""The limit is below most of the gradients' norms, so that it clips."""


def cosine(optimizer: Any) -> Any:
    inner = lr_scheduler.CosineAnnealingLR(optimizer, T_max=STEPS - WARMUP)
    return lr_scheduler.LinearWarmupLR(optimizer, inner, warmup_steps=WARMUP)


def cosine_of_torch(optimizer: Any) -> Any:
    """The same, of torch's own parts; a warm-up from 0 is one torch cannot make."""

    def factor(step: int) -> float:
        if step < WARMUP:
            return step / WARMUP
        return (1 + np.cos(np.pi * (step - WARMUP) / (STEPS - WARMUP))) / 2

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


class ClippedByTorch(torch.optim.SGD):
    """What a training loop does by hand."""

    def step(self, closure: Any = None) -> Any:
        parameters = [p for group in self.param_groups for p in group["params"]]
        torch.nn.utils.clip_grad_norm_(parameters, LIMIT)
        return super().step(closure)


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_the_same_curve(dtype: str, trainer: Any) -> None:
    arguments: dict[str, Any] = {"momentum": 0.9, "nesterov": True, "global_clipnorm": LIMIT}
    schedule = LinearWarmupLR(CosineAnnealingLR(lr=LR, T_max=STEPS - WARMUP), warmup_steps=WARMUP)
    runs = {
        "numpy": trainer.in_numpy(steprule.numpy.SGD(schedule, **arguments), dtype, STEPS),
        "torch": trainer.in_torch(
            lambda p: steprule.torch.SGD(p, LR, **arguments), dtype, STEPS, cosine
        ),
        "by hand": trainer.in_torch(
            lambda p: ClippedByTorch(p, LR, momentum=0.9, nesterov=True),
            dtype,
            STEPS,
            cosine_of_torch,
        ),
    }
    expected = runs.pop("by hand").losses
    assert expected[-1] < 0.2 * expected[0]
    for form, run in runs.items():
        np.testing.assert_allclose(
            run.losses, expected, rtol=0, atol=TOLERANCE[dtype], err_msg=form
        )


def test_it_is_clipped(trainer: Any) -> None:
    """Without the clip the curve is another one."""
    make = lambda limit: steprule.numpy.SGD(LR, global_clipnorm=limit)  # noqa: E731
    clipped, free = (trainer.in_numpy(make(x), "float64", 5).losses for x in (LIMIT, None))
    assert abs(clipped[-1] - free[-1]) > 0.01
