"""Steps of the fused kernels on a GPU, beside those of the loop on the same device."""

from typing import Any

import pytest
import steprule.torch
import torch
from steprule.torch import SGD, Adam, AdamW
from torch import Tensor
from torch.nn import Parameter

CASES = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("Adagrad", {"lr_decay": 0.1, "initial_accumulator_value": 0.5}),
    ("Adadelta", {"weight_decay": 0.1}),
    ("RMSprop", {"centered": True, "momentum": 0.5, "maximize": True}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1}),
    ("AdamW", {"maximize": True}),
    ("Adamax", {}),
    ("NAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("Lion", {"weight_decay": 0.1}),
]

ULPS = {
    torch.float32: 2**-24,
    torch.float64: 2**-53,
    torch.bfloat16: 2**-9,
    torch.float16: 2**-12,
}

BOUND = 128
"""In half ulps of the largest element: a product and a sum are one rounding in one of the two and
two in the other, three steps long, and moments of gradients of both signs lose some digits more."""


def tensors(dtype: torch.dtype, seed: int = 0) -> list[Tensor]:
    """Blocks and tails, unaligned, 0-d, empty, transposed, channels last, with holes."""
    generator = torch.Generator("cuda").manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, device="cuda").to(dtype)

    images = draw(2, 3, 4, 5).contiguous(memory_format=torch.channels_last)
    odd = [draw(7, 13), draw(), draw(0, 3), draw(5, 3).T, images, draw(9, 8)[::2, ::3]]
    return [draw(1024), draw(5000), draw(2049)[1:], *odd]


def trained(cls: Any, dtype: torch.dtype, steps: int = 3, **arguments: Any) -> list[Tensor]:
    """The parameters after some steps, and their states."""
    params = [Parameter(p) for p in tensors(dtype)]
    optimizer = cls(params, **arguments)
    for step in range(steps):
        for p, grad in zip(params, tensors(dtype, seed=step + 1), strict=True):
            p.grad = grad
        optimizer.step()
    return [
        *(p.detach() for p in params),
        *(x for p in params for x in optimizer.state[p].values()),
    ]


def near(ours: list[Tensor], theirs: list[Tensor], dtype: torch.dtype) -> None:
    for x, y in zip(ours, theirs, strict=True):
        if y.numel():
            # What a step takes away from a start of about 4 is not better than its last place.
            scale = max(float(y.abs().max()), 4)
            bound = BOUND * ULPS[dtype] * scale
            torch.testing.assert_close(x, y, rtol=0, atol=bound, check_device=False)


@pytest.mark.parametrize("dtype", ULPS, ids=str)
@pytest.mark.parametrize(("name", "options"), CASES)
def test_every_rule_beside_the_loop(name: str, options: Any, dtype: torch.dtype) -> None:
    cls = getattr(steprule.torch, name)
    fused = trained(cls, dtype, **options)
    near(fused, trained(cls, dtype, foreach=False, **options), dtype)
    near(fused, trained(cls, dtype, capturable=True, **options), dtype)
    assert not torch.equal(fused[0], tensors(dtype)[0])


@pytest.mark.parametrize("limit", ["clipvalue", "clipnorm", "global_clipnorm"])
@pytest.mark.parametrize("dtype", ULPS, ids=str)
def test_gradients_are_clipped(limit: str, dtype: torch.dtype) -> None:
    clip = {limit: 0.5}
    fused = trained(Adam, dtype, **clip)
    near(fused, trained(Adam, dtype, foreach=False, **clip), dtype)
    assert not torch.equal(fused[1], trained(Adam, dtype)[1])


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "Adagrad", "RMSprop", "NAdam"])
def test_every_rule_beside_torch(name: str) -> None:
    ours, theirs = (
        trained(getattr(module, name), torch.float32, lr=0.1)
        for module in (steprule.torch, torch.optim)
    )
    count = len(tensors(torch.float32))
    near(ours[:count], theirs[:count], torch.float32)


def test_kernels_run_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the tests above would compare the loop with itself."""
    p = Parameter(torch.ones(3, device="cuda"))
    p.grad = torch.ones_like(p)
    Adam([p], foreach=False)
    optimizers = [Adam([p], lr=0.5), Adam([p], lr=0.5, fused=True)]
    others = [Adam([p], lr=0.5, **off) for off in ({"fused": False}, {"foreach": True})]
    monkeypatch.setattr(Adam, "_foreach", None)
    monkeypatch.setattr(Adam, "_loop", None)
    for optimizer in optimizers:
        optimizer.step()
    torch.testing.assert_close(p.detach().cpu(), torch.zeros(3), rtol=0, atol=1e-6)
    for optimizer in others:
        with pytest.raises(TypeError):
            optimizer.step()


def test_numbers_of_the_hosts_groups_stay_there() -> None:
    """A group on the host and one on the GPU, of two dtypes, in one optimizer."""

    def ended(**how: Any) -> list[Tensor]:
        params = [
            Parameter(torch.ones(5, device=device, dtype=dtype))
            for device in ("cpu", "cuda")
            for dtype in (torch.float32, torch.float64)
        ]
        optimizer = AdamW([{"params": params[:2]}, {"params": params[2:], "lr": 0.1}], **how)
        for step in range(3):
            for p in params:
                p.grad = torch.full_like(p, 1.0 + step)
            optimizer.step()
        assert all(optimizer.state[p]["step"].is_cpu for p in params)
        return [p.detach().cpu() for p in params]

    for ours, theirs in zip(ended(), ended(foreach=False), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-6, atol=0)


def test_complex_numbers_are_pairs() -> None:
    def ended(**how: Any) -> Tensor:
        p = Parameter(torch.tensor([1 + 2j, -3j, 0.5], device="cuda"))
        optimizer = Adam([p], lr=0.1, **how)
        for grad in ([1j, 1, -1], [2, 0.5j, 1]):
            p.grad = torch.tensor(grad, device="cuda").conj()
            optimizer.step()
        return p.detach()

    torch.testing.assert_close(ended(), ended(foreach=False), rtol=1e-6, atol=1e-7)


def test_more_elements_than_32_bits_count() -> None:
    size = 2**31 + 3000
    if torch.cuda.mem_get_info()[0] < 6 * size:
        pytest.skip("needs 13 GB of a GPU's memory")
    p = Parameter(torch.zeros(size, dtype=torch.bfloat16, device="cuda"))
    p.grad = torch.ones_like(p)
    p.grad[-1] = 4
    p.grad[2**31] = 2
    SGD([p], lr=1.0, maximize=True).step()
    assert p[[0, 2**31 - 1, 2**31, 2**31 + 1, -1]].tolist() == [1, 1, 2, 1, 4]
    assert p.sum(dtype=torch.float64).item() == size + 4


def test_checkpoints_go_to_torch_and_back() -> None:
    p, q = (Parameter(torch.ones(300, device="cuda")) for _ in range(2))
    ours, theirs = Adam([p], lr=0.1), torch.optim.Adam([q], lr=0.1, fused=True)
    for step in range(4):
        for x in (p, q):
            x.grad = torch.full_like(x, 1.0 + step)
        if step == 2:
            saved = ours.state_dict(), theirs.state_dict()
            ours.load_state_dict({**saved[0], "state": saved[1]["state"]})
            theirs.load_state_dict({**saved[1], "state": saved[0]["state"]})
        ours.step()
        theirs.step()
    # Four steps of 0.1 down from 1, whose sizes each computes with a few roundings of its own.
    torch.testing.assert_close(p, q, rtol=1e-5, atol=0)


def test_a_scaled_loss() -> None:
    p = Parameter(torch.ones(300, device="cuda"))
    optimizer = Adam([p], lr=0.5)
    scaler = torch.amp.GradScaler("cuda", init_scale=2.0**10)
    for factor, expected in ((1.0, 0.5), (float("inf"), 0.5)):
        optimizer.zero_grad()
        scaler.scale((factor * p).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        torch.testing.assert_close(p.detach().cpu(), torch.full((300,), expected))
    assert optimizer.state[p]["step"].item() == 1


@pytest.mark.parametrize("limit", [{}, {"clipnorm": 0.5}, {"global_clipnorm": 0.5}], ids=str)
@pytest.mark.usefixtures("no_waiting")
def test_nothing_waits_for_the_device(limit: dict[str, float]) -> None:
    params = [Parameter(torch.ones(k, device="cuda")) for k in (3, 5000)]
    optimizer = Adam(params, **limit)
    for _ in range(4):
        for p in params:
            p.grad = torch.ones_like(p)
        optimizer.step()


def kernels(step: Any) -> list[str]:
    """The names of what a step runs on the device, copies among them."""
    torch.cuda.synchronize()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profiler:
        step()
        torch.cuda.synchronize()
    return [e.name for e in profiler.events() if e.device_type == torch.autograd.DeviceType.CUDA]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("name", ["SGD", "Adam", "NAdam"])
def test_a_step_is_one_launch(name: str, dtype: torch.dtype) -> None:
    params = [Parameter(torch.ones(1 + k, device="cuda", dtype=dtype)) for k in range(300)]
    optimizer = getattr(steprule.torch, name)(params, lr=1e-3)
    grads = [[torch.ones_like(p) for p in params] for _ in range(2)]
    found: list[list[str]] = []
    for turn in (0, 0, 0, 1):
        for p, grad in zip(params, grads[turn], strict=True):
            p.grad = grad
        found.append(kernels(optimizer.step))
    # The first steps make states and tables; then one is written again where gradients moved.
    assert found[2:] == [["step"], ["Memcpy HtoD (Pinned -> Device)", "step"]]


def test_on_a_stream_of_its_own() -> None:
    p = Parameter(torch.zeros(1 << 22, device="cuda"))
    optimizer = SGD([p], lr=1.0, maximize=True)
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for k in range(20):
            p.grad = torch.full_like(p, float(k))
            optimizer.step()
    torch.cuda.current_stream().wait_stream(stream)
    assert torch.equal(p, torch.full_like(p, 190.0))


def test_when_memory_runs_out_all_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    params = [Parameter(torch.ones(1000, device="cuda")) for _ in range(64)]
    for p in params:
        p.grad = torch.ones_like(p)
    optimizer = Adam(params, lr=0.5)
    left = iter(range(100))
    full_like = torch.full_like

    def scarce(*args: Any, **how: Any) -> Tensor:
        if next(left, None) is None:
            raise torch.OutOfMemoryError("no more")
        return full_like(*args, **how)

    with monkeypatch.context() as patch:
        patch.setattr(torch, "full_like", scarce)
        with pytest.raises(torch.OutOfMemoryError):
            optimizer.step()
    assert not optimizer.state
    assert all(torch.equal(p, torch.ones_like(p)) for p in params)
    optimizer.step()
    torch.testing.assert_close(params[-1].detach().cpu(), torch.full((1000,), 0.5))
