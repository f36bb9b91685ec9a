"""Checkpoints pass between torch.optim and here in both directions, and lose nothing."""

import copy
import io
import pickle
from typing import Any

import pytest
import steprule.torch
import torch
from torch import Tensor
from torch.testing import assert_close

KEYS = {
    "Adadelta": {"step", "square_avg", "acc_delta"},
    "Adagrad": {"step", "sum"},
    "Adam": {"step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"},
    "AdamW": {"step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"},
    "Adamax": {"step", "exp_avg", "exp_inf"},
    "ASGD": {"step", "eta", "mu", "ax"},
    "RAdam": {"step", "exp_avg", "exp_avg_sq"},
    "NAdam": {"step", "mu_product", "exp_avg", "exp_avg_sq"},
    "RMSprop": {"step", "square_avg", "momentum_buffer", "grad_avg"},
    "SGD": {"momentum_buffer"},
}

# Three steps of float64 arithmetic in another order.
F64: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-14}


def through_a_file(state_dict: dict[str, Any]) -> dict[str, Any]:
    file = io.BytesIO()
    torch.save(state_dict, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def copied(params: list[Tensor]) -> list[Tensor]:
    return [p.detach().clone().requires_grad_() for p in params]


def test_state_keys_and_scalars(rule: Any) -> None:
    params = rule.parameters()
    optimizer = rule.ours(params)
    rule.train(optimizer, params, 3)
    for p in params:
        state = optimizer.state[p]
        assert set(state) == KEYS[rule.name]
        if "step" in state:
            step = state.pop("step")
            assert (step.item(), step.dtype, step.shape, step.device.type) == (
                3.0,
                torch.float64,
                (),
                "cpu",
            )
        for scalar in ("mu_product", "eta", "mu"):
            state.pop(scalar, None)
        assert {(s.shape, s.dtype) for s in state.values()} == {(p.shape, p.dtype)}


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize("direction", ["torch to here", "here to torch"])
def test_training_goes_on(case: Any, direction: str) -> None:
    first, second = (case.peer, case.ours)
    if direction == "here to torch":
        first, second = second, first
    params = case.parameters()
    before = first(params)
    case.train(before, params, 2)
    others = copied(params)
    after = second(others, lr=1e-3)  # the checkpoint brings its own
    after.load_state_dict(through_a_file(before.state_dict()))
    for seed in (7, 8, 9):
        case.train(before, params, 1, seed)
        case.train(after, others, 1, seed)
        for p, q in zip(params, others, strict=True):
            assert_close(p, q, **F64)


def test_here_to_here_is_exact(rule: Any) -> None:
    params = rule.parameters(dtype=torch.float32)
    before = rule.ours(params)
    rule.train(before, params, 2)
    others = copied(params)
    after = rule.ours(others)
    after.load_state_dict(through_a_file(before.state_dict()))
    rule.train(before, params, 2, 5)
    rule.train(after, others, 2, 5)
    for p, q in zip(params, others, strict=True):
        assert torch.equal(p, q)
        assert all(torch.equal(before.state[p][k], after.state[q][k]) for k in before.state[p])


def test_loading_copies(rule: Any) -> None:
    params = rule.parameters()
    before = rule.ours(params)
    rule.train(before, params, 1)
    saved = before.state_dict()
    frozen = copy.deepcopy(saved["state"])
    others = copied(params)
    after = rule.ours(others)
    after.load_state_dict(saved)
    rule.train(after, others, 2, 5)
    for index, state in frozen.items():
        for key, value in state.items():
            assert torch.equal(saved["state"][index][key], value), key


def test_step_as_a_number(rule: Any) -> None:
    """Old versions of torch kept the step, and NAdam's mu_product, as Python numbers."""
    params = rule.parameters()
    before = rule.ours(params)
    rule.train(before, params, 2)
    old = copy.deepcopy(before.state_dict())
    for state in old["state"].values():
        for key in {"step", "mu_product"} & state.keys():
            state[key] = state[key].item()
    others = copied(params)
    after = rule.ours(others)
    after.load_state_dict(old)
    rule.train(before, params, 1, 5)
    rule.train(after, others, 1, 5)
    for p, q in zip(params, others, strict=True):
        assert torch.equal(p, q)
        assert all(isinstance(value, Tensor) for value in after.state[q].values())


def test_options_a_checkpoint_does_not_know(rule: Any) -> None:
    params = rule.parameters()
    optimizer = rule.ours(params)
    saved = copy.deepcopy(optimizer.state_dict())
    for group in saved["param_groups"]:
        for name in ("maximize", "foreach", "capturable", "differentiable", "fused"):
            group.pop(name, None)
    optimizer.load_state_dict(saved)
    assert optimizer.param_groups[0]["foreach"] is None
    rule.train(optimizer, params, 1)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_scalars_keep_their_precision_beside_halves(dtype: torch.dtype) -> None:
    """In bfloat16, 257 is 256, and mu_product has three digits."""
    p, q = (torch.ones(2, dtype=dtype).requires_grad_() for _ in range(2))
    before, after = steprule.torch.NAdam([p]), steprule.torch.NAdam([q])
    p.grad = torch.ones_like(p)
    before.step()
    before.state[p]["step"].fill_(257)
    after.load_state_dict(before.state_dict())
    assert after.state[q]["step"].item() == 257.0
    assert after.state[q]["mu_product"].item() == before.state[p]["mu_product"].item()
    assert after.state[q]["mu_product"].dtype == torch.float64
    assert after.state[q]["exp_avg"].dtype == dtype


def test_states_take_the_dtype_of_their_parameter(rule: Any) -> None:
    params = rule.parameters()
    before = rule.ours(params)
    rule.train(before, params, 1)
    others = [p.detach().double().requires_grad_() for p in params]
    after = rule.ours(others)
    after.load_state_dict(before.state_dict())
    for q in others:
        tensors = {k: v for k, v in after.state[q].items() if k not in ("step", "mu_product")}
        assert {v.dtype for v in tensors.values()} == {torch.float64}


def test_momentum_buffer_none() -> None:
    """Some versions of torch save the buffer of a parameter that had no gradient so."""
    mine, theirs = (torch.ones(2).requires_grad_() for _ in range(2))
    ours = steprule.torch.SGD([mine], lr=0.5, momentum=0.5, dampening=0.5)
    peer = torch.optim.SGD([theirs], lr=0.5, momentum=0.5, dampening=0.5)
    saved = peer.state_dict() | {"state": {0: {"momentum_buffer": None}}}
    for optimizer, p in ((ours, mine), (peer, theirs)):
        optimizer.load_state_dict(saved)
        for value in (1.0, 2.0):
            p.grad = torch.full((2,), value)
            optimizer.step()
    assert torch.equal(mine, theirs)
    assert ours.state[mine]["momentum_buffer"].tolist() == [1.5, 1.5]


@pytest.mark.parametrize("name", ["Adam", "AdamW", "Adagrad", "SGD"])
def test_checkpoint_of_a_fused_optimizer(name: str) -> None:
    p, q = (torch.ones(3).requires_grad_() for _ in range(2))
    more = {"momentum": 0.9} if name == "SGD" else {}
    before = getattr(torch.optim, name)([p], lr=0.5, fused=True, **more)
    after = getattr(steprule.torch, name)([q], lr=0.5, **more)
    for step in range(4):
        if step == 2:
            after.load_state_dict(through_a_file(before.state_dict()))
            q.data.copy_(p.data)
        for x, optimizer in ((p, before), (q, after)):
            x.grad = torch.full((3,), 1.0 + step)
            optimizer.step()
    # Two steps of float32 arithmetic in another order.
    assert_close(p, q, rtol=1e-6, atol=1e-7)


def test_shared_memory() -> None:
    """As torch's Adagrad offers it, for training by several processes."""
    p = torch.ones(2).requires_grad_()
    optimizer = steprule.torch.Adagrad([p])
    optimizer.share_memory()
    assert optimizer.state[p]["sum"].is_shared()


def test_groups_that_do_not_fit(rule: Any) -> None:
    a, b = rule.parameters((2,), (3,))
    saved = rule.ours([{"params": [a]}, {"params": [b]}]).state_dict()
    with pytest.raises(ValueError, match="different number of parameter groups"):
        rule.ours([a, b]).load_state_dict(saved)


def test_a_hook_can_mend_a_checkpoint() -> None:
    p = torch.ones(2).requires_grad_()
    optimizer = steprule.torch.Adagrad([p])

    def mend(_: Any, saved: dict[str, Any]) -> dict[str, Any]:
        state = {"step": saved["state"][0]["t"], "sum": saved["state"][0]["sum"]}
        return saved | {"state": {0: state}}

    handle = optimizer.register_load_state_dict_pre_hook(mend)
    old = optimizer.state_dict() | {"state": {0: {"t": 4, "sum": torch.full((2,), 3.0)}}}
    optimizer.load_state_dict(old)
    assert optimizer.state[p]["step"].item() == 4.0
    assert optimizer.state[p]["sum"].tolist() == [3.0, 3.0]
    handle.remove()
    with pytest.raises(ValueError, match="lacks 'step'"):
        optimizer.load_state_dict(old)


@pytest.mark.parametrize("how", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_copies_and_pickles_go_on_alike(rule: Any, how: Any) -> None:
    params = rule.parameters()
    optimizer = rule.ours(params)
    rule.train(optimizer, params, 2)
    twin = how(optimizer)
    others = twin.param_groups[0]["params"]
    rule.train(optimizer, params, 2, 5)
    rule.train(twin, others, 2, 5)
    for p, q in zip(params, others, strict=True):
        assert p is not q
        assert torch.equal(p, q)
