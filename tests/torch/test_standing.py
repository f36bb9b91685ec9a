"""What a step has to do is remembered from the one before; whatever changes it is seen, though."""

from collections.abc import Callable
from typing import Any

import pytest
import steprule.torch as ours
import torch
from torch import Tensor, optim

WAYS: dict[str, dict[str, Any]] = {"fused": {"fused": True}, "foreach": {"foreach": True}, "": {}}


def _set(**entries: Any) -> Callable[[Any, list[Tensor]], None]:
    return lambda optimizer, params: optimizer.param_groups[0].update(entries)


def _no_gradient(optimizer: Any, params: list[Tensor]) -> None:
    params[1].grad = None


def _more(optimizer: Any, params: list[Tensor]) -> None:
    params.append(_param(7))
    params[-1].grad = torch.ones(7)
    optimizer.param_groups[0]["params"].append(params[-1])


def _another(optimizer: Any, params: list[Tensor]) -> None:
    params[0] = _param(4)
    params[0].grad = torch.full((4,), -1.0)
    optimizer.param_groups[0]["params"][0] = params[0]


def _added(optimizer: Any, params: list[Tensor]) -> None:
    params.append(_param(2))
    params[-1].grad = torch.ones(2)
    optimizer.add_param_group({"params": params[-1:], "lr": 0.5})


def _wider(optimizer: Any, params: list[Tensor]) -> None:
    for p in params:
        grad, p.grad = p.grad, None
        p.data = p.data.double()
        p.grad = None if grad is None else grad.double()
        for name, x in optimizer.state[p].items():
            optimizer.state[p][name] = x.double()


def _larger(optimizer: Any, params: list[Tensor]) -> None:
    optimizer.param_groups[0]["lr"].mul_(3)


CHANGES: dict[str, tuple[dict[str, Any], Callable[[Any, list[Tensor]], None]]] = {
    "nothing": ({"lr": 0.1}, lambda optimizer, params: None),
    "a rate": ({"lr": 0.1}, _set(lr=0.3)),
    "a rate that is a tensor": ({"lr": torch.tensor(0.1)}, _larger),
    "a state that there was not": ({"lr": 0.1}, _set(momentum=0.5)),
    "a state that there was": ({"lr": 0.1, "momentum": 0.5}, _set(momentum=0.0)),
    "an option": ({"lr": 0.1, "momentum": 0.5}, _set(nesterov=True)),
    "the sign": ({"lr": 0.1, "momentum": 0.5}, _set(maximize=True)),
    "a gradient less": ({"lr": 0.1, "momentum": 0.5}, _no_gradient),
    "a parameter more": ({"lr": 0.1, "momentum": 0.5}, _more),
    "another parameter": ({"lr": 0.1, "momentum": 0.5}, _another),
    "a group more": ({"lr": 0.1, "momentum": 0.5}, _added),
    "another dtype": ({"lr": 0.1, "momentum": 0.5}, _wider),
}


def _param(size: int) -> Tensor:
    return torch.nn.Parameter(torch.linspace(-1, 1, size))


def _trained(
    kind: Any, settings: dict[str, Any], change: Callable[[Any, list[Tensor]], None]
) -> list[Tensor]:
    params = [_param(size) for size in (4, 5, 1)]
    settings = {k: x.clone() if isinstance(x, Tensor) else x for k, x in settings.items()}
    optimizer = kind(params, **settings)
    for step in range(8):
        for i, p in enumerate(params):
            p.grad = torch.linspace(i - 1, step, p.numel(), dtype=p.dtype)
        if step == 4:
            change(optimizer, params)
        optimizer.step()
    return params


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("change", CHANGES)
def test_steps_are_those_of_torch_whatever_changes(change: str, way: str) -> None:
    settings, changed = CHANGES[change]
    found = _trained(ours.SGD, settings | WAYS[way], changed)
    expected = _trained(optim.SGD, settings | {"foreach": False}, changed)
    for p, q in zip(found, expected, strict=True):
        # Some roundings of a few numbers of about one.
        torch.testing.assert_close(p, q, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("limit", ["clipnorm", "global_clipnorm", "clipvalue"])
@pytest.mark.parametrize("way", WAYS)
def test_a_limit_set_between_steps_counts(way: str, limit: str) -> None:
    param = torch.nn.Parameter(torch.zeros(1))
    optimizer = ours.SGD([param], lr=1.0, **WAYS[way])
    for expected in (-4.0, -8.0, -12.0, -12.5):
        if expected == -12.5:
            optimizer.param_groups[0][limit] = 0.5
        param.grad = torch.full((1,), 4.0)
        optimizer.step()
        # torch adds 1e-6 to the norm that it divides by.
        assert param.item() == pytest.approx(expected, abs=1e-6)


def test_a_step_stands_while_rates_change() -> None:
    param = _param(4)
    optimizer = ours.Adam([param], lr=0.1, fused=True)
    param.grad = torch.ones(4)
    optimizer.step()
    (standing,) = optimizer._memory.standing
    for rate in (0.2, 0.3):
        optimizer.param_groups[0]["lr"] = rate
        param.grad = torch.ones(4)
        optimizer.step()
        assert optimizer._memory.standing == [standing]


def test_numbers_written_into_a_list_count() -> None:
    """A group that was read from a file may have lists where the constructor takes tuples."""
    trained: list[Tensor] = []
    for kind, how in ((ours.Adam, {"fused": True}), (optim.Adam, {"foreach": False})):
        param = _param(4)
        optimizer = kind([param], lr=0.1, **how)
        optimizer.param_groups[0]["betas"] = betas = [0.9, 0.999]
        for step in range(8):
            param.grad = torch.linspace(-1, step, 4)
            betas[0] = 0.9 if step < 4 else 0.2
            optimizer.step()
        trained.append(param)
    # Some roundings of a few numbers of about one.
    torch.testing.assert_close(*trained, rtol=1e-5, atol=1e-6)
