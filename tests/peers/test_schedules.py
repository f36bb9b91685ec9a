"""Schedules beside those of other libraries, over all steps in float64, where these are installed.

And beside what is written in libraries that are not worth installing: their formulas, as functions.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from steprule.numpy import schedules as ours
from torch.optim import SGD
from torch.optim.swa_utils import SWALR

LR = 0.3
STEPS: Any = np.arange(140)
ROUNDED = 1e-13
"""Some roundings of float64, of rates below 1, after 140 steps of multiplying."""


def stepped(make: Callable[[Any], Any], *, lr: float = LR) -> list[float]:
    """The rates of a scheduler of torch's kind."""
    optimizer = SGD([torch.nn.Parameter(torch.zeros(()))], lr=lr)
    scheduler = make(optimizer)
    found: list[float] = []
    for _ in STEPS:
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


def agree(schedule: Any, theirs: Sequence[float], steps: Any = STEPS) -> None:
    np.testing.assert_allclose(schedule(steps), np.asarray(theirs)[steps], rtol=0, atol=ROUNDED)


@pytest.mark.parametrize("strategy", ["cos", "linear"])
@pytest.mark.parametrize("epochs", [0, 1, 10])
def test_swalr(strategy: Any, epochs: int) -> None:
    theirs = stepped(lambda o: SWALR(o, 0.05, epochs, strategy))
    agree(ours.SWALR(LR, 0.05, epochs, strategy), theirs)


def of_transformers(step: int, warmup: int, total: int, decay: str, floor: float = 0.0) -> float:
    """A linear warm-up and a decay over what is left of the total."""
    if step < warmup:
        return LR * step / warmup
    share = (step - warmup) / (total - warmup)
    shapes = {
        "linear": max(0.0, 1 - share),
        "cosine": max(0.0, (1 + math.cos(math.pi * share)) / 2),
        "constant": 1.0,
    }
    return LR * (floor + (1 - floor) * shapes[decay])


@pytest.mark.parametrize(
    ("decay", "behind"),
    [
        ("linear", ours.PolynomialLR(LR, 80)),
        ("cosine", ours.CosineAnnealingLR(LR, 80, clamp=True)),
        ("constant", ours.ConstantLR(LR, total_iters=0)),
    ],
)
def test_transformers_with_warm_up(decay: str, behind: Any) -> None:
    schedule = ours.LinearWarmupLR(behind, warmup_steps=20)
    theirs = [of_transformers(k, 20, 100, decay) for k in STEPS]
    agree(schedule, theirs, STEPS[:101])  # after the end, their cosine rises


def wsd(step: int, how: str, decay: str) -> float:
    """Transformers' and pytorch_optimizer's: 10 steps of warm-up, 50 and 40 of decay."""
    if step < 10:
        x = step / 10
        shape = {
            "linear": x,
            "cosine": (1 - math.cos(math.pi * x)) / 2,
            "1-sqrt": 1 - (1 - x) ** 0.5,
        }
        return LR * (0.1 + 0.9 * shape[how])
    x = min(max(step - 60, 0), 40) / 40
    falls = {
        "linear": 1 - x,
        "cosine": (1 + math.cos(math.pi * x)) / 2,
        "1-sqrt": 1 - x**0.5,
        "1-square": 1 - x * x,
        "exponential": 2 * 0.5**x - 1,  # Megatron-LM's
    }
    return LR * (0.1 + 0.9 * falls[decay])


@pytest.mark.parametrize("decay", ["linear", "cosine", "1-sqrt", "1-square", "exponential"])
@pytest.mark.parametrize("how", ["linear", "cosine", "1-sqrt"])
def test_warm_ups_and_decays(how: str, decay: str) -> None:
    stable: Any = ours.WarmupStableDecayLR(LR, 0, 50, 40, 0.1, decay.removeprefix("1-"))  # pyright: ignore
    warm = {
        "linear": ours.LinearWarmupLR,
        "cosine": ours.CosineWarmupLR,
        "1-sqrt": ours.SqrtWarmupLR,
    }[how]
    agree(warm(stable, 10, 0.1), [wsd(k, how, decay) for k in STEPS])


def test_axolotl() -> None:
    def rex(k: int) -> float:
        z = max(100 - k, 0) / 100
        return 0.03 + (LR - 0.03) * z / (0.1 + 0.9 * z)

    agree(ours.RexLR(LR, 100, 0.03, start_weight=0.1), [rex(k) for k in STEPS])

    def constant(k: int) -> float:
        if k < 10:
            return LR * k / 10
        share = (min(k, 60) - 10) / 50
        return LR * (0.1 + 0.9 * (1 + math.cos(math.pi * share)) / 2)

    agree(ours.CosineConstantLR(LR, 100, 10, 0.6, 0.1), [constant(k) for k in STEPS])

    def quadratic(k: int) -> float:
        return LR * (k / 10) ** 2 if k < 10 else of_transformers(k, 10, 100, "cosine")

    behind = ours.CosineAnnealingLR(LR, 90, clamp=True)
    agree(ours.QuadraticWarmupLR(behind, 10), [quadratic(k) for k in STEPS], STEPS[:101])

    def log(k: int) -> float:
        """One step later than ours, from the second on."""
        return 1e-4 * 1e3 ** ((k - 1) / 49) if 0 < k < 50 else (1e-4 if k == 0 else 0.1)

    schedule = ours.InterpolatingLogLR(50, 1e-4, 0.1)
    np.testing.assert_allclose(schedule(STEPS[:-1]), [log(k) for k in STEPS[1:]], rtol=1e-13)
    assert schedule(0) == pytest.approx(log(0), rel=1e-15)


def test_deepspeed() -> None:
    continuous = [1e-3 * (1 + 0.5 * k / 20) for k in STEPS]
    agree(ours.LRRangeTest(1e-3, 20, 0.5), continuous)
    agree(ours.LRRangeTest(1e-3, 20, 0.5, True), [1e-3 * (1 + 0.5 * (k // 20)) for k in STEPS])


def test_adafactors() -> None:
    """Torch's rho_t, and the relative step of transformers."""
    agree(ours.RelativeStepLR(0.1), [min(0.1, 1 / math.sqrt(k + 1)) for k in STEPS])
    warm = [min(1e-6 * (k + 1), 1 / math.sqrt(k + 1)) for k in STEPS]
    agree(ours.RelativeStepLR(0.1, warmup_init=True), warm)


def test_pytorch_scheduler() -> None:
    theirs = pytest.importorskip("pytorch_scheduler")

    def same(schedule: Any, name: str, *given: Any, **how: Any) -> None:
        agree(schedule, stepped(lambda o: getattr(theirs, f"{name}Scheduler")(o, *given, **how)))

    same(ours.RexLR(LR, 100), "Rex", 100)
    same(ours.TanhDecayLR(LR, 100, -3, 3, 0.01), "TanhDecay", 100, 3.0, 0.01)
    same(ours.KDecayLR(LR, 100, 1.7, 0.01), "KDecay", 100, 1.7, 0.01)
    same(ours.HyperbolicLR(LR, 100, 150), "HyperbolicLR", 100, 150)
    same(ours.ExpHyperbolicLR(LR, 100, 150), "ExpHyperbolicLR", 100, 150)
    same(ours.SlantedTriangularLR(LR, 100, 0.15, 20), "SlantedTriangular", 100, 0.15, 20)
    same(ours.TrapezoidalLR(LR, 100, 10, 30, 0.1), "Trapezoidal", 100, 10, 30, LR * 0.1)
    same(ours.WarmupHoldCosineLR(LR, 100, 10, 20, 0.1), "WarmupHoldCosine", 100, 10, 20, LR * 0.1)
    same(ours.FlatCosineLR(LR, 100, 0.6, 0.1), "FlatCosine", 100, 0.6, LR * 0.1)


def test_pytorch_warmup() -> None:
    theirs = pytest.importorskip("pytorch_warmup")
    inner = ours.CosineAnnealingLR(LR, 100)

    def same(schedule: Any, make: Callable[[Any], Any]) -> None:
        parameter = torch.nn.Parameter(torch.zeros(()))
        optimizer = torch.optim.Adam([parameter], lr=LR, betas=(0.9, 0.95))
        cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 100)
        warm = make(optimizer)
        found: list[float] = []
        for _ in STEPS:
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            with warm.dampening():
                cosine.step()
        agree(schedule, found)

    same(ours.ExponentialWarmupLR(inner, 15), lambda o: theirs.ExponentialWarmup(o, 15))
    # 2/(1 - beta2) and 1/(1 - beta2) are whole numbers but for a rounding, which they cut off.
    schedule = ours.UntunedLinearWarmupLR(inner, 1 - 2 / int(2 / (1 - 0.95)))
    same(schedule, theirs.UntunedLinearWarmup)
    schedule = ours.UntunedExponentialWarmupLR(inner, 1 - 1 / int(1 / (1 - 0.95)))
    same(schedule, theirs.UntunedExponentialWarmup)
    same(ours.RAdamWarmupLR(inner, 0.95), theirs.RAdamWarmup)


def test_pytorch_optimizer() -> None:
    scheduler = pytest.importorskip("pytorch_optimizer.lr_scheduler")
    # Its first step is at the lowest rate.
    theirs = stepped(lambda o: scheduler.rex.REXScheduler(o, 100, LR, 0.01))
    agree(ours.RexLR(LR, 100, 0.01), theirs, STEPS[1:])
    assert theirs[0] == 0.01


def test_optax() -> None:
    optax = pytest.importorskip("optax")
    for how in ("linear", "cosine"):
        theirs = optax.piecewise_interpolate_schedule(how, 0.2, {10: 0.5, 40: 3.0})
        found = [float(theirs(k)) for k in STEPS]
        schedule = ours.PiecewiseInterpolateLR([10, 40], [0.2, 0.1, 0.3], how)  # pyright: ignore
        # optax computes in float32.
        np.testing.assert_allclose(schedule(STEPS), found, rtol=1e-6)


def test_timm() -> None:
    scheduler = pytest.importorskip("timm.scheduler")

    def rates(make: Callable[[Any], Any]) -> list[float]:
        optimizer = SGD([torch.nn.Parameter(torch.zeros(()))], lr=LR)
        made = make(optimizer)
        return [made._get_lr(int(k))[0] for k in STEPS]

    agree(ours.TanhDecayLR(LR, 100), rates(lambda o: scheduler.TanhLRScheduler(o, 100)))
    cosine = rates(lambda o: scheduler.CosineLRScheduler(o, 100, 0.01, k_decay=1.3))
    agree(ours.KDecayLR(LR, 100, 1.3, 0.01), cosine)
    poly = rates(lambda o: scheduler.PolyLRScheduler(o, 100, 0.5, 0.01, k_decay=1.3))
    agree(ours.KDecayLR(LR, 100, 1.3, 0.01, "polynomial", 0.5), poly)
