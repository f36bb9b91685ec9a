"""What a training loop asks of an optimizer besides values."""

import re
import subprocess
import sys
from contextlib import nullcontext
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import steprule.torch
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.distributed import checkpoint
from torch.distributed.checkpoint import state_dict as distributed
from torch.optim import lr_scheduler
from torch.testing import assert_close

FOREACH = pytest.mark.parametrize("foreach", [False, True], ids=["one", "foreach"])

# A few float64 steps in another order of operations.
F64: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-14}

SCHEDULERS = {
    "StepLR": lambda o: lr_scheduler.StepLR(o, 2),
    "LambdaLR": lambda o: lr_scheduler.LambdaLR(o, lambda epoch: 0.5**epoch),
    "ChainedScheduler": lambda o: lr_scheduler.ChainedScheduler(
        [lr_scheduler.ExponentialLR(o, 0.7), lr_scheduler.ConstantLR(o, 0.5, 2)]
    ),
    "SequentialLR": lambda o: lr_scheduler.SequentialLR(
        o, [lr_scheduler.LinearLR(o, 0.1, total_iters=2), lr_scheduler.CosineAnnealingLR(o, 3)], [2]
    ),
}


def given_beside(name: str) -> dict[str, str]:
    """What a step of a rule is given beside gradients."""
    return getattr(getattr(steprule.torch, name), "_inputs", {})


def test_closure_runs_under_grad_and_its_loss_is_returned(rule: Any) -> None:
    (p,) = rule.parameters((3,))
    optimizer = rule.ours([p])

    def closure() -> Tensor:
        assert torch.is_grad_enabled()
        optimizer.zero_grad()
        loss = (p**2).sum()
        loss.backward()
        return loss

    expected = (p**2).sum().item()
    with torch.no_grad():
        assert optimizer.step(closure).item() == expected
    assert (p**2).sum().item() != expected
    assert optimizer.step() is None


def test_step_keeps_the_grad_mode_and_needs_none(rule: Any) -> None:
    (p,) = rule.parameters((3,))
    optimizer = rule.ours([p])
    p.grad = torch.ones(3)
    optimizer.step()
    assert torch.is_grad_enabled()
    assert p.requires_grad
    assert p.is_leaf


def test_hooks_see_every_step_once(rule: Any) -> None:
    (p,) = rule.parameters((3,))
    one, two = rule.ours([p]), rule.ours(rule.parameters((2,)))
    seen: list[str] = []
    one.register_step_pre_hook(lambda o, args, kwargs: seen.append("before"))
    handle = one.register_step_post_hook(lambda o, args, kwargs: seen.append("after"))
    two.step()
    assert seen == []
    one.step()
    handle.remove()
    one.step()
    assert seen == ["before", "after", "before"]


def test_profiler_names_the_step(rule: Any) -> None:
    optimizer = rule.ours(rule.parameters((3,)))
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        optimizer.step()
    names = [event.key for event in profile.key_averages()]
    assert names.count(f"Optimizer.step#{rule.name}.step") == 1


@pytest.mark.parametrize("scheduler", SCHEDULERS)
@pytest.mark.parametrize("tensor", [False, True], ids=["float", "tensor"])
@pytest.mark.usefixtures("double_precision")
def test_schedulers_drive_the_rate(rule: Any, scheduler: str, tensor: bool) -> None:
    rate = torch.tensor(0.5) if tensor else 0.5
    mine, theirs = rule.parameters(), rule.parameters()
    ours, peer = rule.ours(mine, lr=rate), rule.peer(theirs, lr=0.5)
    ours_next, peer_next = SCHEDULERS[scheduler](ours), SCHEDULERS[scheduler](peer)
    for seed in range(5):
        rule.train(ours, mine, 1, seed)
        rule.train(peer, theirs, 1, seed)
        ours_next.step()
        peer_next.step()
        assert float(ours.param_groups[0]["lr"]) == pytest.approx(peer.param_groups[0]["lr"])
    if tensor:
        assert ours.param_groups[0]["lr"] is rate
    for p, q in zip(mine, theirs, strict=True):
        assert_close(p, q, **F64)


def test_gradient_scaler_skips_a_step_on_overflow(rule: Any) -> None:
    (p,) = rule.parameters((3,))
    optimizer = rule.ours([p])
    scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
    before = p.detach().clone()
    for factor, moves in ((float("inf"), False), (1.0, True)):
        optimizer.zero_grad()
        scaler.scale((p * factor).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        assert torch.equal(p, before) is not moves
    if rule.name != "SGD":
        assert optimizer.state[p]["step"].item() == 1.0


@FOREACH
def test_parameters_and_states_are_updated_in_place(case: Any, foreach: bool) -> None:
    params = case.parameters((3, 4), (5,), ())
    optimizer = case.ours(params, foreach=foreach)
    case.train(optimizer, params, 1)
    tensors = [*params, *(s for p in params for s in optimizer.state[p].values())]
    where = [x.data_ptr() for x in tensors]
    gradients = [p.grad.clone() for p in params]
    optimizer.step()
    kept = [*params, *(s for p in params for s in optimizer.state[p].values())]
    assert all(x is y for x, y in zip(tensors, kept, strict=True))
    assert [x.data_ptr() for x in kept] == where
    assert all(torch.equal(p.grad, g) for p, g in zip(params, gradients, strict=True))


def test_sparse_gradients_are_refused_before_anything_changes(rule: Any) -> None:
    a, b = rule.parameters((2,), (2, 2))
    optimizer = rule.ours([{"params": [a]}, {"params": [b]}])
    before = deepcopy(optimizer.state_dict()["state"])
    start = a.detach().clone()
    a.grad = torch.ones(2)
    b.grad = torch.eye(2).to_sparse()
    with pytest.raises(RuntimeError, match=f"{rule.name} does not support sparse gradients"):
        optimizer.step()
    assert torch.equal(a, start)
    assert repr(optimizer.state_dict()["state"]) == repr(before)


@FOREACH
def test_a_step_at_rate_zero_makes_states_and_moves_nothing(case: Any, foreach: bool) -> None:
    """So distributed checkpoints make the states they load into."""
    params = case.parameters()
    start = deepcopy(params)
    optimizer = case.ours(params, lr=0.0, foreach=foreach)
    for p in params:
        p.grad = torch.zeros_like(p)
    optimizer.step()
    assert all(torch.equal(p, q) for p, q in zip(params, start, strict=True))
    peer = case.peer(start)
    case.train(peer, start, 1)
    for p, q in zip(params, start, strict=True):
        assert optimizer.state[p].keys() == {k for k, v in peer.state[q].items() if v is not None}


def test_distributed_checkpoint_round_trip(rule: Any) -> None:
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2)
    twin = deepcopy(model)
    before, after = rule.ours(model.parameters()), rule.ours(twin.parameters())
    rule.train(before, list(model.parameters()), 2)
    saved = deepcopy(distributed.get_optimizer_state_dict(model, before))
    twin.load_state_dict(model.state_dict())
    distributed.set_optimizer_state_dict(twin, after, saved)
    rule.train(before, list(model.parameters()), 2, 5)
    rule.train(after, list(twin.parameters()), 2, 5)
    for p, q in zip(model.parameters(), twin.parameters(), strict=True):
        assert torch.equal(p, q)


@pytest.mark.parametrize("name", ["A2Grad", "AdamW", "Ftrl", "GPAAdamW", "ScheduleFreeSGD"])
def test_states_made_for_a_checkpoint_move_nothing(name: str) -> None:
    """Averages of parameters round, and Ftrl divides by its rate: no step is taken."""
    torch.manual_seed(0)
    model = torch.nn.Linear(64, 64)
    start = deepcopy(model.state_dict())
    optimizer = getattr(steprule.torch, name)(model.parameters())
    saved = distributed.get_optimizer_state_dict(model, optimizer)
    assert saved["state"].keys() == start.keys()
    assert all(torch.equal(p, start[key]) for key, p in model.state_dict().items())
    assert all(state.get("step", 0) == 0 for state in optimizer.state.values())


@pytest.mark.parametrize("name", [n for n in dir(steprule.torch) if given_beside(n)])
def test_distributed_checkpoints_of_rules_that_are_given_more(name: str, tmp_path: Path) -> None:
    """Their states are made by a step that is given nothing, and moves nothing."""
    make = getattr(steprule.torch, name)
    x = torch.linspace(-1, 1, 12).reshape(4, 3)

    def train(model: torch.nn.Module, optimizer: Any, steps: int) -> None:
        for _ in range(steps):

            def closure() -> Tensor:
                optimizer.zero_grad()
                loss = model(x).square().mean()
                loss.backward()
                return loss

            closure()
            squares = [p.grad.square() for p in model.parameters() if p.grad is not None]
            read = [key for key, source in given_beside(name).items() if source == "elements"]
            optimizer.step(closure, **dict.fromkeys(read, squares))

    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2)
    twin = deepcopy(model)
    before, after = make(model.parameters(), lr=0.01), make(twin.parameters(), lr=0.01)
    train(model, before, 3)
    saved = {"optimizer": distributed.get_optimizer_state_dict(model, before)}
    checkpoint.save(saved, checkpoint_id=tmp_path, no_dist=True)
    start = deepcopy(twin.state_dict())
    loaded = {"optimizer": distributed.get_optimizer_state_dict(twin, after)}
    assert all(torch.equal(p, start[key]) for key, p in twin.state_dict().items())
    checkpoint.load(loaded, checkpoint_id=tmp_path, no_dist=True)
    distributed.set_optimizer_state_dict(twin, after, loaded["optimizer"])
    twin.load_state_dict(model.state_dict())
    train(model, before, 3)
    train(twin, after, 3)
    for p, q in zip(model.parameters(), twin.parameters(), strict=True):
        assert torch.equal(p, q)


@pytest.mark.usefixtures("double_precision")
def test_parameters_added_while_training(rule: Any) -> None:
    (a, b), (x, y) = rule.parameters((3,), (4,)), rule.parameters((3,), (4,))
    ours, peer = rule.ours([a]), rule.peer([x])
    rule.train(ours, [a], 2)
    rule.train(peer, [x], 2)
    ours.add_param_group({"params": b, "lr": 0.1})
    peer.add_param_group({"params": y, "lr": 0.1})
    rule.train(ours, [a, b], 2)
    rule.train(peer, [x, y], 2)
    assert_close(a, x, **F64)
    assert_close(b, y, **F64)


@pytest.mark.usefixtures("double_precision")
def test_two_optimizers_alternate(rule: Any) -> None:
    mine, theirs = rule.parameters((3,), (3,)), rule.parameters((3,), (3,))
    ours = [rule.ours([p]) for p in mine]
    peers = [rule.peer([p]) for p in theirs]
    for seed in range(3):
        for i in (0, 1, 1):
            rule.train(ours[i], [mine[i]], 1, seed)
            rule.train(peers[i], [theirs[i]], 1, seed)
    for p, q in zip(mine, theirs, strict=True):
        assert_close(p, q, **F64)


@pytest.mark.usefixtures("double_precision")
def test_momentum_and_rate_changed_while_training(rule: Any) -> None:
    params, others = rule.parameters(), rule.parameters()
    ours = steprule.torch.SGD(params, lr=0.5)
    peer = torch.optim.SGD(others, lr=0.5)
    for change in ({}, {"momentum": 0.9}, {"lr": 0.1}, {"momentum": 0.0}, {"momentum": 0.5}):
        for optimizer, some in ((ours, params), (peer, others)):
            optimizer.param_groups[0].update(change)
            rule.train(optimizer, some, 2)
    for p, q in zip(params, others, strict=True):
        assert_close(p, q, **F64)


@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.float8_e4m3fn], ids=str)
@pytest.mark.parametrize("how", [{}, {"foreach": False}, {"capturable": True}], ids=str)
def test_parameters_that_are_not_computed_with_are_named(
    dtype: torch.dtype, how: dict[str, bool]
) -> None:
    for rule in (steprule.torch.SGD, steprule.torch.AdamW, steprule.torch.Adafactor):
        p, q = torch.ones(2, 2).to(dtype), torch.ones(2, 2)
        optimizer = rule([q, p], **how)
        q.grad = torch.ones(2, 2)
        optimizer.step()
        before, p.grad = q.clone(), p.clone()
        name = re.escape(f"{rule.__name__} takes floating-point parameters of 16 bits or more, not")
        with pytest.raises(TypeError, match=f"{name} {dtype}"):
            optimizer.step()
        assert torch.equal(q, before)
        assert all(state["step"] == 1 for state in optimizer.state.values())


@pytest.mark.parametrize("foreach", [None, False, True])
@pytest.mark.parametrize(
    "name",
    [
        *("SGD", "AdamW", "Adafactor", "NAdam", "ScheduleFreeAdamW"),
        *("Prodigy", "AdaGC", "SWATS"),  # with numbers over all tensors
        *("PolyakSGD", "MoMoAdam", "Sophia", "SAM"),  # given more than gradients
        *("NoisySGD", "AdaHessian", "APOLLO", "Kron"),  # given or drawing tensors
    ],
)
def test_steps_of_tensors_without_numbers(name: str, foreach: bool | None) -> None:
    """As tools take that find out what memory a training needs."""
    kept: list[Any] = []
    for mode in (FakeTensorMode(), nullcontext()):
        with mode:
            params = [torch.nn.Parameter(torch.ones(4, 3)), torch.nn.Parameter(torch.ones(3, 2))]
            groups = [{"params": [p]} for p in params]
            optimizer = getattr(steprule.torch, name)(groups, foreach=foreach)
            sources = given_beside(name)
            beside = {
                key: [torch.ones_like(p) for p in params]
                for key, source in sources.items()
                if source == "elements"
            }
            closure = params[0].sum if {"loss", "gradient"} & {*sources.values()} else None
            for _ in range(3):
                for p in params:
                    p.grad = torch.ones_like(p)
                optimizer.step(closure, **beside)
            shared = [{*group} for group in optimizer.param_groups]
        states = [optimizer.state[p] for p in params]
        own = [{key: (x.shape, x.dtype) for key, x in each.items()} for each in states]
        kept.append((shared, own))
    assert kept[0] == kept[1]


@pytest.mark.parametrize("how", [{}, {"foreach": False}, {"fused": True}])
def test_a_number_set_to_where_the_equations_have_no_value_is_refused(how: dict[str, Any]) -> None:
    """A warm-up begins at rate 0, by which Ftrl divides: its parameters would be NaN for ever."""
    p = torch.nn.Parameter(torch.ones(3))
    p.grad = torch.ones(3)
    optimizer = steprule.torch.Ftrl([p], lr=0.1, **how)
    optimizer.step()
    before, state = p.detach().clone(), deepcopy(optimizer.state_dict()["state"])
    for rate in (0.0, torch.tensor(0.0)):
        optimizer.param_groups[0]["lr"] = rate
        with pytest.raises(ValueError, match="lr must satisfy 0 < lr, got 0"):
            optimizer.step()
    assert torch.equal(p, before)
    assert_close(optimizer.state_dict()["state"], state, rtol=0, atol=0)
    optimizer.param_groups[0]["lr"] = 0.1
    optimizer.step()
    assert p.isfinite().all()
    assert not torch.equal(p, before)


def test_zero_grad(rule: Any) -> None:
    (p,) = rule.parameters((3,))
    optimizer = rule.ours([p])
    p.grad = torch.ones(3)
    optimizer.zero_grad(set_to_none=False)
    assert p.grad.tolist() == [0.0, 0.0, 0.0]
    optimizer.zero_grad()
    assert p.grad is None
    optimizer.step()  # nothing to do


def test_importing_needs_torch_alone() -> None:
    heavy = "{'sympy', 'jinja2', 'click', 'rich'}"
    code = f"import sys; before = {heavy} & set(sys.modules); import torch\n"
    code += f"by_torch = {heavy} & set(sys.modules); import steprule.torch\n"
    code += f"print(sorted(({heavy} & set(sys.modules)) - by_torch))\n"
    code += "print('steprule.specs' in sys.modules, 'steprule.codegen' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == ["[]", "False False"]
