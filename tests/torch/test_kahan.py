"""Compensated sums do in half precision what they promise, in every form of the rule."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch
from steprule.torch import _storage as storage

FORMS: list[dict[str, Any]] = [
    {"foreach": False},
    {"foreach": True},
    {"capturable": True},
    {"fused": True},
]
STEPS = 100


def trained(name: str, dtype: torch.dtype, step: Any = None, **arguments: Any) -> torch.Tensor:
    """What is left of 1 after steps of 1e-3 each, with the compensation."""
    p = torch.nn.Parameter(torch.ones(3, dtype=dtype))
    optimizer = getattr(steprule.torch, name)([p], **{"lr": 1e-3, "weight_decay": 0} | arguments)
    take = step(optimizer.step) if step else optimizer.step
    for _ in range(STEPS):
        p.grad = torch.ones_like(p)
        take()
    kept = optimizer.state[p].get("kahan_comp", torch.zeros_like(p))
    return torch.stack([p.detach().double(), kept.double()])


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_small_steps_add_up(dtype: torch.dtype, form: dict[str, Any]) -> None:
    p, _ = trained("KahanAdamW", dtype, **form)
    ulp = torch.finfo(dtype).eps / 2  # at numbers from 1/2 to 1
    assert float((p - 0.9).abs().max()) <= ulp
    if dtype == torch.bfloat16:
        assert torch.equal(trained("AdamW", dtype, **form)[0], torch.ones(3).double())


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_weight_decay_adds_up(form: dict[str, Any]) -> None:
    """Which is lost where the parameter is shrunk by itself before."""
    p = torch.nn.Parameter(torch.ones(3, dtype=torch.bfloat16))
    optimizer = steprule.torch.KahanAdamW([p], lr=1e-3, weight_decay=1.0, **form)
    for _ in range(STEPS):
        p.grad = torch.zeros_like(p)
        optimizer.step()
    expected = torch.full((3,), (1 - 1e-3) ** STEPS)
    torch.testing.assert_close(p.detach().float(), expected, rtol=0, atol=2.0**-8)  # an ulp


def test_in_float32_it_is_adamw_but_for_rounding() -> None:
    steps = [trained(name, torch.float32, weight_decay=0.1)[0] for name in ("KahanAdamW", "AdamW")]
    # A hundred roundings of half an ulp at 1, which one of the two does not make.
    torch.testing.assert_close(*steps, rtol=0, atol=STEPS * 2.0**-24)


def test_a_compiled_step_rounds_too() -> None:
    torch._dynamo.reset()
    by_graph = trained(
        "KahanAdamW", torch.bfloat16, lambda step: torch.compile(step, backend="aot_eager")
    )
    assert torch.equal(by_graph, trained("KahanAdamW", torch.bfloat16))
    torch._dynamo.reset()


@pytest.mark.exhaustive
def test_a_compiler_leaves_the_rounding_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    torch._dynamo.reset()
    by_graph = trained("KahanAdamW", torch.bfloat16, torch.compile)
    torch.testing.assert_close(by_graph, trained("KahanAdamW", torch.bfloat16), rtol=0, atol=2e-5)
    torch._dynamo.reset()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_rounding_by_bits_is_torchs_conversion(dtype: torch.dtype) -> None:
    generator = torch.Generator().manual_seed(0)
    bits = torch.randint(-(2**31), 2**31, (200_000,), generator=generator).to(torch.int32)
    small = torch.randn(50_000, generator=generator) * 2.0**-14
    ends = [65504.0, 65519.99, 65520.0, -65520.0, 2.0**-24, 2.0**-25, 1 + 2.0**-9, 1 + 2.0**-11]
    x = torch.cat([bits.view(torch.float32), small, torch.tensor([*ends, 0.0, -0.0, math.inf])])
    found, expected = storage._rounded(x, dtype), x.to(dtype).float()
    assert torch.equal(found.isnan(), expected.isnan())
    known = ~expected.isnan()
    assert torch.equal(found[known].view(torch.int32), expected[known].view(torch.int32))


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_arrays_beside_one_another_round_to_their_own_dtypes(engine: Any) -> None:
    """Small ones are computed together, in float32."""
    optimizer = steprule.numpy.KahanAdamW(lr=1e-5, weight_decay=0, engine=engine)
    params = [np.ones(3, np.float16), np.ones(3, np.float32), np.ones(2, np.float16)]
    for _ in range(STEPS):
        optimizer.update(params, [np.ones_like(p) for p in params])
    for p in params:
        # A step of 1e-5 is 1/48 of an ulp of float16, and a hundred of them are two.
        off = np.abs(p.astype(np.float64) - (1 - STEPS * 1e-5)).max()
        assert off <= np.finfo(p.dtype).eps / 2
    kept = optimizer.state_dict()
    # Two ulps are taken, and of the rest each of a hundred sums is off by half an ulp at 2**-16.
    rest = 2 * 2.0**-11 - STEPS * 1e-5
    assert np.abs(kept["c/0"] - rest).max() <= STEPS * 2.0**-27 + 1e-5
    assert np.abs(kept["c/1"]).max() <= 2.0**-25
