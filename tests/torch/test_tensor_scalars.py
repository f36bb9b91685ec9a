"""Rates, betas and step counts as tensors: capturable and differentiable steps."""

from collections.abc import Callable
from typing import Any

import pytest
import steprule.torch
import torch
from torch import Tensor
from torch.testing import assert_close

# Float64 arithmetic in another order.
F64: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-14}


def never(*args: Any) -> Any:
    raise AssertionError("the host waits for the device")


def test_capturable_step_never_waits_for_a_value(
    rule: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    params = [*rule.parameters(), *rule.parameters((2,), dtype=torch.complex64)]
    params += rule.parameters((3,), dtype=torch.bfloat16)
    optimizer = rule.ours(params, capturable=True, lr=torch.tensor(0.5))
    rule.train(optimizer, params, 1)
    before = [p.detach().clone() for p in params]
    tensors = [*params, *(s for p in params for s in optimizer.state[p].values())]
    for name in ("item", "tolist", "__bool__", "__float__", "__int__", "cpu"):
        monkeypatch.setattr(Tensor, name, never)
    optimizer.step()
    monkeypatch.undo()
    kept = [*params, *(s for p in params for s in optimizer.state[p].values())]
    assert all(x is y for x, y in zip(tensors, kept, strict=True))  # a graph writes to these
    assert not any(torch.equal(p, q) for p, q in zip(params, before, strict=True))


@pytest.mark.parametrize("capturable", [False, True], ids=["plain", "capturable"])
@pytest.mark.parametrize("foreach", [None, False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("shape", [(), (1,)], ids=["0-d", "1-d"])
@pytest.mark.usefixtures("double_precision")
def test_rate_as_a_tensor(
    rule: Any, dtype: torch.dtype, foreach: bool | None, shape: Any, capturable: bool
) -> None:
    rate = torch.full(shape, 0.5, dtype=dtype)
    mine, theirs = rule.parameters(), rule.parameters()
    ours = rule.ours(mine, lr=rate, foreach=foreach, capturable=capturable)
    peer = rule.peer(theirs, lr=0.5)
    rule.train(ours, mine, 2)
    rule.train(peer, theirs, 2)
    rate.fill_(0.125)
    peer.param_groups[0]["lr"] = 0.125
    rule.train(ours, mine, 2)
    rule.train(peer, theirs, 2)
    assert ours.param_groups[0]["lr"] is rate
    for p, q in zip(mine, theirs, strict=True):
        assert_close(p, q, **F64)


@pytest.mark.parametrize("name", ["Adam", "AdamW", "Adamax", "NAdam"])
@pytest.mark.parametrize("foreach", [None, False, True])
@pytest.mark.usefixtures("double_precision")
def test_betas_as_tensors(name: str, foreach: bool | None) -> None:
    p, q = (torch.tensor([1.0, -2.0]).requires_grad_() for _ in range(2))
    betas = (torch.tensor(0.8), torch.tensor(0.9))
    ours = getattr(steprule.torch, name)([p], lr=0.5, betas=betas, foreach=foreach)
    peer = getattr(torch.optim, name)([q], lr=0.5, betas=(0.8, 0.9))
    for _ in range(3):
        for x, optimizer in ((p, ours), (q, peer)):
            x.grad = 2 * x.detach()
            optimizer.step()
    assert_close(p, q, **F64)


def numbers(rule: Any) -> list[str]:
    """The hyperparameters an equation reads; a state's initial value is taken as it is."""
    found = [name for name, value in rule.arguments.items() if type(value) is float]
    return [name for name in found if name != "initial_accumulator_value"]


def unrolled(rule: Any, steps: int = 3) -> Callable[..., Tensor]:
    """The loss after some differentiable steps, of the start, the gradients and scalars."""
    names = numbers(rule)

    def loss(start: Tensor, gradients: Tensor, *values: Tensor) -> Tensor:
        p = start.clone()
        chosen = dict(zip(names, values, strict=False))
        optimizer = rule.ours([p], differentiable=True, **chosen)
        for t in range(steps):
            p.grad = gradients[t] * p.clone() ** 2  # p itself is overwritten
            optimizer.step()
        return (p**3).sum()

    return loss


@pytest.mark.parametrize("capturable", [False, True], ids=["plain", "capturable"])
def test_gradients_through_steps_are_finite_differences(rule: Any, capturable: bool) -> None:
    """With respect to the start, the gradients, and every hyperparameter that is a number."""
    generator = torch.Generator().manual_seed(4)
    start = torch.rand(3, generator=generator, dtype=torch.float64) + 1
    gradients = torch.rand(3, 3, generator=generator, dtype=torch.float64) + 0.5
    # Small rates: far steps would amplify the error of the differences.
    values = [0.1 * rule.arguments[name] for name in numbers(rule)]
    scalars = [torch.tensor(x, dtype=torch.float64) for x in values]
    inputs = [x.requires_grad_() for x in (start, gradients, *scalars)]
    quiet = type(rule)(rule.name, {**rule.arguments, "capturable": capturable})
    # The default differences of 1e-6 and tolerances of gradcheck, meant for float64.
    assert torch.autograd.gradcheck(unrolled(quiet), inputs, eps=1e-6, atol=1e-5, rtol=1e-3)


@pytest.mark.parametrize("name", ["Adam", "NAdam"])
def test_gradients_with_respect_to_betas(name: str) -> None:
    def loss(beta1: Tensor, beta2: Tensor) -> Tensor:
        p = torch.tensor([1.0, 2.0], dtype=torch.float64)
        cls = getattr(steprule.torch, name)
        optimizer = cls([p], lr=0.1, betas=(beta1, beta2), differentiable=True)
        for _ in range(3):
            p.grad = p.clone() ** 2
            optimizer.step()
        return (p**3).sum()

    betas = [torch.tensor(b, dtype=torch.float64).requires_grad_() for b in (0.8, 0.9)]
    # The default differences of 1e-6 and tolerances of gradcheck, meant for float64.
    assert torch.autograd.gradcheck(loss, betas, eps=1e-6, atol=1e-5, rtol=1e-3)


def test_rate_may_change_between_differentiable_steps() -> None:
    """A scheduler fills the tensor that the graph of the first step was made with."""
    rate = torch.tensor(0.5, dtype=torch.float64)
    scale = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    p = torch.tensor([1.0], dtype=torch.float64)
    optimizer = steprule.torch.SGD([p], lr=rate, differentiable=True)
    for value in (0.5, 0.25):
        rate.fill_(value)
        p.grad = scale * torch.ones(1, dtype=torch.float64)
        optimizer.step()
    assert torch.autograd.grad(p.sum(), scale)[0].item() == -0.75


def test_differentiable_values_are_the_plain_ones(case: Any) -> None:
    mine = [p.detach().double() for p in case.parameters()]
    theirs = [p.clone() for p in mine]
    ours, peer = case.ours(mine, differentiable=True), case.ours(theirs)
    case.train(ours, mine)
    case.train(peer, theirs)
    for p, q in zip(mine, theirs, strict=True):
        assert_close(p, q, **F64)


def test_differentiable_complex_step() -> None:
    rate = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    p = torch.tensor([1 + 2j], dtype=torch.complex128)
    optimizer = steprule.torch.SGD([p], lr=rate, momentum=0.5, differentiable=True)
    for _ in range(2):
        p.grad = torch.tensor([2 - 1j], dtype=torch.complex128)
        optimizer.step()
    # theta2 = theta0 - lr*(g + (0.5*g + g)), so d|theta2.real|/dlr = -2.5 * 2
    assert p.tolist() == [1 + 2j - 0.5 * 2.5 * (2 - 1j)]
    (slope,) = torch.autograd.grad(p.real.sum(), rate)
    assert slope.item() == -5.0


class Subclass(Tensor):
    """A tensor of another type: updated by ordinary operations, which it may override."""


def test_tensor_subclasses(rule: Any) -> None:
    mine = [p.detach().as_subclass(Subclass).requires_grad_() for p in rule.parameters()]
    theirs = rule.parameters()
    ours, peer = rule.ours(mine), rule.peer(theirs)
    rule.train(ours, mine)
    rule.train(peer, theirs)
    for p, q in zip(mine, theirs, strict=True):
        # Four float32 steps in another order.
        assert_close(p.as_subclass(Tensor), q, rtol=2e-5, atol=2e-6)
