"""What is no checkpoint of a rule is refused as it is loaded, and nothing has changed then."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
import steprule.torch
import torch
from torch import Tensor

ONES = torch.ones(2)
GOOD = {"step": 3, "exp_avg": ONES, "exp_avg_sq": ONES}

BAD_STATES: list[tuple[dict[str, Any], str]] = [
    ({"step": 1.0, "square_avg": ONES}, "parameter 0 has states ['square_avg', 'step'], but lacks"),
    ({"exp_avg": ONES, "exp_avg_sq": ONES}, "lacks 'step': Adam keeps"),
    ({"step": 1.0, "exp_avg": ONES}, "lacks 'exp_avg_sq'"),
    (GOOD | {"exp_avg_sq": None}, "lacks 'exp_avg_sq'"),
    (GOOD | {"exp_avg": torch.ones(3)}, "parameter's shape, (2,), got a tensor of shape (3,)"),
    (GOOD | {"exp_avg": torch.ones(())}, "parameter's shape, (2,), got a tensor of shape ()"),
    (GOOD | {"exp_avg": [1.0, 1.0]}, "must be a tensor of the parameter's shape, (2,), got [1.0"),
    (GOOD | {"max_exp_avg_sq": torch.ones(2, 1)}, "got a tensor of shape (2, 1)"),
    (GOOD | {"exp_avg": ONES.bool()}, "which is of torch.float32, cannot be of torch.bool"),
    (GOOD | {"exp_avg": ONES.int()}, "cannot be of torch.int32"),
    (GOOD | {"exp_avg": ONES.to(torch.complex64)}, "cannot be of torch.complex64"),
    (GOOD | {"step": float("nan")}, "'step' of parameter 0 must be a number, got nan"),
    (
        GOOD | {"step": torch.tensor(float("nan"))},
        "'step' of parameter 0 must be a number, got nan",
    ),
    (GOOD | {"step": float("inf")}, "'step' of parameter 0 must be a count of steps, got inf"),
    (GOOD | {"step": 1.5}, "must be a count of steps, got 1.5"),
    (GOOD | {"step": torch.tensor(1.5)}, "must be a count of steps, got tensor(1.5000)"),
    (GOOD | {"step": -1}, "must be a count of steps, got -1"),
    (GOOD | {"step": "3"}, "must be a number, got '3'"),
    (GOOD | {"step": True}, "must be a number, got True"),
    (GOOD | {"step": torch.tensor(True)}, "must be a number, got tensor(True)"),
    (GOOD | {"step": 3j}, "must be a number, got 3j"),
    (GOOD | {"step": ONES}, "must be a number, got tensor([1., 1.])"),
    (GOOD | {"step": 10**400}, "must be a number, got 1000"),
]


def trained() -> tuple[Tensor, torch.optim.Optimizer]:
    p = torch.ones(2).requires_grad_()
    optimizer = steprule.torch.Adam([p], lr=0.1)
    p.grad = torch.ones(2)
    optimizer.step()
    return p, optimizer


def refused(change: Callable[[dict[str, Any]], dict[str, Any]], error: type, message: str) -> None:
    _, optimizer = trained()
    before = copy.deepcopy(optimizer.state_dict())
    groups = copy.deepcopy(before["param_groups"])
    groups[0]["lr"] = 0.7
    with pytest.raises(error, match=message):
        optimizer.load_state_dict(change({"state": before["state"], "param_groups": groups}))
    after = optimizer.state_dict()
    assert after["param_groups"] == before["param_groups"]
    assert repr(after["state"]) == repr(before["state"])


@pytest.mark.parametrize(("state", "message"), BAD_STATES, ids=[m[:40] for _, m in BAD_STATES])
def test_a_state_that_cannot_be_this_rules(state: dict[str, Any], message: str) -> None:
    refused(lambda saved: saved | {"state": {0: state}}, ValueError, re.escape(message))


def test_groups_that_do_not_fit() -> None:
    def another_group(saved: dict[str, Any]) -> dict[str, Any]:
        return saved | {"param_groups": saved["param_groups"] * 2}

    def another_parameter(saved: dict[str, Any]) -> dict[str, Any]:
        return saved | {"param_groups": [saved["param_groups"][0] | {"params": [0, 1]}]}

    refused(another_group, ValueError, "different number of parameter groups")
    refused(another_parameter, ValueError, "doesn't match the size of optimizer's group")


def test_what_is_no_checkpoint_of_an_optimizer() -> None:
    refused(lambda _: {"weight": ONES}, ValueError, re.escape("this one has ['weight']"))


def test_a_scalar_state_is_a_number() -> None:
    p = torch.ones(2).requires_grad_()
    optimizer = steprule.torch.NAdam([p])
    for bad in ("1", None, float("nan"), True):
        state = GOOD | {"mu_product": bad}
        with pytest.raises(ValueError, match="mu_product"):
            optimizer.load_state_dict(optimizer.state_dict() | {"state": {0: state}})
    assert not optimizer.state


@pytest.mark.parametrize(
    "count", [3, 3.0, torch.tensor(3), torch.tensor([3.0]), torch.tensor(3.0).double()]
)
def test_a_step_count_in_any_form(count: Any) -> None:
    p, optimizer = trained()
    optimizer.load_state_dict(optimizer.state_dict() | {"state": {0: GOOD | {"step": count}}})
    kept = optimizer.state[p]["step"]
    assert (kept.item(), kept.shape) == (3.0, ())
    assert kept.is_floating_point()
