"""Checkpoints have the entries of torch's, so that its tools for distributed training take them."""

import copy
from pathlib import Path
from typing import Any

import pytest
import steprule.torch
import torch
from torch import Tensor
from torch.distributed import checkpoint
from torch.distributed.checkpoint import state_dict as distributed
from torch.testing import assert_close

DIRECTIONS = pytest.mark.parametrize(
    "direction", ["torch to here", "here to torch", "here to here"]
)

# Two steps of float32 arithmetic in another order, at a rate of 0.5.
F32: dict[str, Any] = {"rtol": 1e-5, "atol": 1e-6}


def makers(rule: Any, direction: str) -> tuple[Any, Any]:
    made = {"torch": rule.peer, "here": rule.ours}
    source, _, target = direction.split()
    return made[source], made[target]


def shapes(value: Any) -> Any:
    """What a checkpoint has, without its numbers; scalar states have a precision of their own."""
    if isinstance(value, dict):
        return {key: shapes(x) for key, x in value.items()}
    if isinstance(value, list):
        return [shapes(x) for x in value]
    return tuple(value.shape) if isinstance(value, Tensor) else value


@pytest.mark.parametrize("more", [{}, {"foreach": True}, {"maximize": True}], ids=str)
def test_a_checkpoint_has_the_entries_of_the_peers(rule: Any, more: dict[str, Any]) -> None:
    mine, theirs = rule.parameters(), rule.parameters()
    ours, peer = rule.ours(mine, **more), rule.peer(theirs, **more)
    rule.train(ours, mine, 2)
    rule.train(peer, theirs, 2)
    assert shapes(ours.state_dict()) == shapes(peer.state_dict())


def test_plain_sgd_has_no_states() -> None:
    params = [torch.ones(2).requires_grad_(), torch.ones(2, dtype=torch.float64).requires_grad_()]
    for how in ({}, {"foreach": False}, {"fused": True}):
        optimizer = steprule.torch.SGD(params, **how)
        for p in params:
            p.grad = torch.ones_like(p)
        optimizer.step()
        assert optimizer.state_dict()["state"] == {}


@DIRECTIONS
@pytest.mark.parametrize("flat", [False, True], ids=["nested", "flat"])
def test_distributed_checkpoints(rule: Any, direction: str, flat: bool, tmp_path: Path) -> None:
    """torch.distributed.checkpoint asks a file for every entry of the state it is to fill."""
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2)
    twin = copy.deepcopy(model)
    first, second = makers(rule, direction)
    before, after = first(model.parameters()), second(twin.parameters(), lr=1e-3)
    rule.train(before, list(model.parameters()), 2)
    twin.load_state_dict(model.state_dict())
    how = distributed.StateDictOptions(flatten_optimizer_state_dict=flat)
    saved = distributed.get_optimizer_state_dict(model, before, options=how)
    checkpoint.save({"optimizer": saved}, checkpoint_id=tmp_path, no_dist=True)
    loaded = {"optimizer": distributed.get_optimizer_state_dict(twin, after, options=how)}
    checkpoint.load(loaded, checkpoint_id=tmp_path, no_dist=True)
    distributed.set_optimizer_state_dict(twin, after, loaded["optimizer"], options=how)
    rule.train(before, list(model.parameters()), 2, 5)
    rule.train(after, list(twin.parameters()), 2, 5)
    for p, q in zip(model.parameters(), twin.parameters(), strict=True):
        assert_close(p, q, **F32)


def test_states_of_the_users_own_are_kept(rule: Any) -> None:
    params = rule.parameters((2,))
    before = rule.ours(params)
    rule.train(before, params, 2)
    mark = torch.arange(3.0)
    before.state[params[0]] |= {"mark": mark, "seen": 7}
    others = [params[0].detach().clone().requires_grad_()]
    after, peer = rule.ours(others), rule.peer(rule.parameters((2,)))
    after.load_state_dict(before.state_dict())
    peer.load_state_dict(before.state_dict())
    assert torch.equal(after.state[others[0]]["mark"], mark)
    assert after.state[others[0]]["seen"] == 7
    rule.train(before, params, 2, 5)
    rule.train(after, others, 2, 5)
    assert all(
        torch.equal(torch.as_tensor(x), torch.as_tensor(before.state[params[0]][key]))
        for key, x in after.state[others[0]].items()
    )


def test_options_of_our_own_pass_and_stay() -> None:
    """A checkpoint that says nothing of them leaves them; one limit takes another's place."""
    p = torch.ones(2).requires_grad_()
    make = steprule.torch.Adam
    clipped = make([p], global_clipnorm=0.5, error_if_nonfinite=True)
    for other in (make([p]), make([p], clipvalue=0.1)):
        other.load_state_dict(clipped.state_dict())
        (group,) = other.param_groups
        assert (group["global_clipnorm"], group["error_if_nonfinite"]) == (0.5, True)
        assert group.get("clipvalue") is None
    clipped.load_state_dict(torch.optim.Adam([p], lr=0.7).state_dict())
    (group,) = clipped.param_groups
    assert (group["lr"], group["global_clipnorm"], group["error_if_nonfinite"]) == (0.7, 0.5, True)


def test_an_adamw_stays_one() -> None:
    """As torch has it: whatever a checkpoint says, the weight decay is decoupled."""
    p = torch.ones(2).requires_grad_()
    ours = steprule.torch.AdamW([p])
    ours.load_state_dict(torch.optim.Adam([p], lr=0.7).state_dict())
    assert ours.param_groups[0]["decoupled_weight_decay"] is True
    assert ours.param_groups[0]["lr"] == 0.7
