"""Parameter groups by name: empty ones, and what is no entry."""

from typing import Any

import pytest
import steprule.torch
import torch
from steprule.torch import groups
from torch import nn


@pytest.fixture
def model() -> nn.Module:
    return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))


@pytest.mark.parametrize("cls", [steprule.torch.AdamW, torch.optim.AdamW])
@pytest.mark.parametrize(
    ("which", "sizes"),
    [
        ({"*.weight": {}, "*.bias": {"weight_decay": 0.0}}, [0, 2, 2]),
        ({f"{i}.*": {"lr": 0.1**i} for i in (0, 2)}, [0, 2, 2]),
        ({"0.*": {}, "0.weight": {}}, [2, 2, 0]),
    ],
)
def test_a_group_can_be_empty(
    cls: Any, which: dict[str, dict[str, float]], sizes: list[int], model: nn.Module
) -> None:
    optimizer = cls(groups(model, which), lr=0.1)
    assert [len(g["params"]) for g in optimizer.param_groups] == sizes
    assert [len(g["param_names"]) for g in optimizer.param_groups] == sizes
    for p in model.parameters():
        p.grad = torch.ones_like(p)
    optimizer.step()
    optimizer.load_state_dict(optimizer.state_dict())


@pytest.mark.parametrize(
    ("model", "which", "message"),
    [
        (nn.Linear(1, 1).parameters(), {"*": {}}, "made of a torch.nn.Module, got generator"),
        (nn.Linear(1, 1), [{}], "by a mapping, .*, got list"),
        (nn.Linear(1, 1), {nn.Linear: {}}, "a pattern of names, or a function .*, got Linear"),
        (nn.Linear(1, 1), {nn.Linear(1, 1): {}}, "a pattern of names, .*, got Linear"),
        (nn.Linear(1, 1), {("weight",): {}}, "a pattern of names, .*, got tuple"),
        (nn.Linear(1, 1), {"weight": None}, "'weight' stands for arguments by name, .*NoneType"),
    ],
)
def test_what_is_no_entry_is_told(model: Any, which: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        groups(model, which)
