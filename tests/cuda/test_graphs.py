"""Steps that a CUDA graph captures: at each replay scalars are read anew."""

from collections.abc import Callable
from typing import Any

import pytest
import steprule.torch
import torch
from steprule.torch import Adam
from torch import Tensor
from torch.nn import Parameter

SIZES = (3, 1024, 5000)


def captured(step: Callable[[], Any], warm: int = 3) -> torch.cuda.CUDAGraph:
    """A graph of a step, after some steps that are taken: states are made, kernels compiled."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(warm):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph


def parameters() -> list[Parameter]:
    generator = torch.Generator("cuda").manual_seed(0)
    return [Parameter(torch.randn(n, generator=generator, device="cuda")) for n in SIZES]


@pytest.mark.parametrize("fused", [None, False], ids=["fused", "loop"])
@pytest.mark.parametrize("limit", [{}, {"clipnorm": 1.0}, {"global_clipnorm": 1.0}], ids=str)
@pytest.mark.parametrize("name", ["SGD", "Adam", "NAdam", "RAdam", "RMSprop"])
def test_replays_go_on_as_steps_do(name: str, limit: dict[str, float], fused: bool | None) -> None:
    def ended(*, by_graph: bool) -> list[Tensor]:
        params = parameters()
        lr = torch.tensor(0.1, device="cuda")
        how = {"capturable": True, "fused": fused} if by_graph else {"foreach": False}
        optimizer = getattr(steprule.torch, name)(params, lr=lr, **limit, **how)
        for p in params:
            p.grad = torch.ones_like(p)

        def step() -> None:
            optimizer.step()

        if by_graph:
            graph = captured(step)
            step = graph.replay
        else:
            for _ in range(3):
                step()
        for k in range(4):
            lr.fill_(0.1 / (1 + k))
            for p in params:
                assert p.grad is not None
                p.grad.copy_(p.detach().cos() * (1 + k))
            step()
        states = [optimizer.state[p] for p in params]
        for state in states:
            if "step" in state:
                assert state["step"].item() == 7
        return [p.detach() for p in params]

    for ours, theirs in zip(ended(by_graph=True), ended(by_graph=False), strict=True):
        # Products and sums are rounded together in one and apart in the other, seven steps long.
        torch.testing.assert_close(ours, theirs, rtol=2e-5, atol=2e-6)


def test_gradients_of_the_graphs_own_memory() -> None:
    """The backward pass is captured too; what tables were made of may be gone at the replay."""

    def ended(*, by_graph: bool) -> list[Tensor]:
        params = parameters()
        optimizer = Adam(params, lr=0.1, capturable=True)
        x = torch.ones((), device="cuda")

        def step() -> None:
            optimizer.zero_grad(set_to_none=True)
            sum((p * x).square().sum() for p in params).backward()  # pyright: ignore
            optimizer.step()

        if by_graph:
            step = captured(step).replay
        else:
            for _ in range(3):
                step()
        for k in range(4):
            x.fill_(1.0 + k)
            junk = [torch.full((1 << 16,), float("nan")).pin_memory() for _ in range(8)]
            [each.cuda(non_blocking=True) for each in junk]
            step()
        return [p.detach() for p in params]

    for ours, theirs in zip(ended(by_graph=True), ended(by_graph=False), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-6, atol=1e-7)


@pytest.mark.filterwarnings("ignore:The CUDA Graph is empty:UserWarning")
def test_what_cannot_be_captured_says_so() -> None:
    (p, *_) = parameters()
    optimizer = Adam([p])
    p.grad = torch.ones_like(p)
    optimizer.step()
    with (
        pytest.raises(RuntimeError, match="needs capturable=True"),
        torch.cuda.graph(torch.cuda.CUDAGraph()),
    ):
        optimizer.step()


def test_after_a_capture_steps_are_taken_as_before() -> None:
    params = parameters()
    optimizer = Adam(params, lr=0.5, capturable=True)
    for p in params:
        p.grad = torch.ones_like(p)
    before = [p.detach().clone() for p in params]
    graph = captured(optimizer.step, warm=1)
    graph.replay()
    optimizer.step()
    for p, start in zip(params, before, strict=True):
        torch.testing.assert_close(p.detach(), start - 1.5, rtol=1e-5, atol=1e-5)
