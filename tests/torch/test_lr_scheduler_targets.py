"""Schedulers of other numbers than the rate, against runs in which these are set by hand."""

import copy
import io
from typing import Any

import pytest
import steprule.torch
import torch
from steprule.numpy import schedules
from steprule.torch import lr_scheduler as ours

STEPS = 8


def parameters() -> list[Any]:
    return [torch.nn.Parameter(torch.tensor([1.0, -2.0])), torch.nn.Parameter(torch.ones(2, 2))]


def made(kind: str = "AdamW", library: Any = steprule.torch, **how: Any) -> Any:
    first, second = parameters()
    groups = [{"params": [first]}, {"params": [second], "weight_decay": 0.3}]
    return getattr(library, kind)(groups, lr=0.1, **how)


def take(optimizer: Any, step: int) -> None:
    for group in optimizer.param_groups:
        for p in group["params"]:
            p.grad = torch.full_like(p, 0.5) * (step - 3)
    optimizer.step()


def values(optimizer: Any) -> list[Any]:
    return [p.detach().clone() for g in optimizer.param_groups for p in g["params"]]


def same(one: Any, other: Any) -> None:
    for x, y in zip(values(one), values(other), strict=True):
        assert torch.equal(x, y)


def put(group: dict[str, Any], target: str, value: float) -> None:
    name, _, place = target.partition("[")
    if place:
        several = list(group[name])
        several[int(place[:-1])] = value
        value = tuple(several)  # pyright: ignore
    group[name] = value


def start(group: dict[str, Any], target: str) -> float:
    name, _, place = target.partition("[")
    return group[name][int(place[:-1])] if place else group[name]


TARGETS = [
    ("AdamW", "weight_decay"),
    ("AdamW", "betas[1]"),
    ("AdamW", "betas[0]"),
    ("AdamW", "eps"),
    ("SGD", "momentum"),
    ("Lion", "betas[0]"),
    ("SGD", "lr"),
]


@pytest.mark.parametrize("how", [{}, {"foreach": True}, {"fused": True}])
@pytest.mark.parametrize(("kind", "target"), TARGETS)
def test_as_if_set_by_hand(kind: str, target: str, how: dict[str, Any]) -> None:
    more = {"momentum": 0.9} if kind == "SGD" else {}
    scheduled, by_hand = made(kind, **how, **more), made(kind, **how, **more)
    scheduler = ours.CosineAnnealingLR(scheduled, STEPS, target=target)
    starts = [start(group, target) for group in by_hand.param_groups]
    for step in range(STEPS):
        for group, first in zip(by_hand.param_groups, starts, strict=True):
            put(group, target, schedules.CosineAnnealingLR(first, STEPS)(step))
        rates = [start(group, target) for group in by_hand.param_groups]
        assert scheduler.get_last_lr() == rates
        take(scheduled, step)
        take(by_hand, step)
        same(scheduled, by_hand)
        scheduler.step()
    if target != "lr":
        assert scheduled.param_groups[0]["lr"] == 0.1
        assert "initial_lr" not in scheduled.param_groups[0]


def test_torchs_own_optimizers_too() -> None:
    optimizer = made(library=torch.optim)
    scheduler = ours.PolynomialLR(optimizer, 4, target="weight_decay")
    seen: list[list[float]] = []
    for step in range(4):
        seen.append([group["weight_decay"] for group in optimizer.param_groups])
        take(optimizer, step)
        scheduler.step()
    assert [x for x, _ in seen] == [0.01, 0.0075, 0.005, 0.0025]
    assert [x for _, x in seen] == pytest.approx([0.3, 0.225, 0.15, 0.075], rel=1e-15)


def several(optimizer: Any) -> list[Any]:
    """The rate warmed up, the decay behind a warm-up of its own, and both betas."""
    decay = ours.CosineAnnealingLR(optimizer, 6, target="weight_decay")
    return [
        ours.LinearWarmupLR(optimizer, ours.PolynomialLR(optimizer, 9), 2),
        ours.LinearWarmupLR(optimizer, decay, 3, 0.5),
        ours.LinearLR(optimizer, 0.5, 1, 4, target="betas[0]"),
        ours.ExponentialLR(optimizer, 0.9, target="betas[1]"),
    ]


def go(optimizer: Any, schedulers: list[Any], first: int, last: int) -> None:
    for step in range(first, last):
        take(optimizer, step)
        for s in schedulers:
            s.step()


def test_several_over_one_optimizer_saved_and_resumed() -> None:
    whole, stopped, resumed = made(), made(), made()
    go(whole, several(whole), 0, STEPS)
    schedulers = several(stopped)
    go(stopped, schedulers, 0, 3)
    file = io.BytesIO()
    torch.save([stopped.state_dict(), *(s.state_dict() for s in schedulers)], file)
    file.seek(0)
    state, *states = torch.load(file, weights_only=True)
    again = several(resumed)
    resumed.load_state_dict(state)
    for s, kept in zip(again, states, strict=True):
        s.load_state_dict(kept)
    for p, q in zip(values(resumed), values(stopped), strict=True):
        assert p.shape == q.shape
    with torch.no_grad():
        for group, other in zip(resumed.param_groups, stopped.param_groups, strict=True):
            for p, q in zip(group["params"], other["params"], strict=True):
                p.copy_(q)
    go(resumed, again, 3, STEPS)
    same(resumed, whole)
    for group, other in zip(resumed.param_groups, whole.param_groups, strict=True):
        assert group["betas"] == other["betas"]
        assert group["weight_decay"] == other["weight_decay"]


def test_with_the_optimizers_own_numbers_it_goes_on_from_last_epoch() -> None:
    optimizer = made()
    with pytest.raises(KeyError, match="initial_weight_decay"):
        ours.StepLR(optimizer, 1, 0.5, last_epoch=1, target="weight_decay")
    ours.StepLR(optimizer, 1, 0.5, target="weight_decay")
    resumed = ours.StepLR(optimizer, 1, 0.5, last_epoch=1, target="weight_decay")
    assert resumed.get_last_lr() == [0.0025, 0.075]


def test_a_tensor_stays_the_one_it_is_in_a_compiled_step() -> None:
    optimizer = made("SGD", momentum=0.9)
    by_hand = made("SGD", momentum=0.9)
    compiled = torch.compile(optimizer.step, backend="eager")
    scheduler = ours.LinearLR(optimizer, 0.2, 1, 5, target="momentum")
    for step in range(4):
        for group in by_hand.param_groups:
            group["momentum"] = schedules.LinearLR(0.9, 0.2, 1, 5)(step)
        for group in optimizer.param_groups:
            for p in group["params"]:
                p.grad = torch.full_like(p, 0.5) * (step - 3)
        compiled()
        take(by_hand, step)
        for x, y in zip(values(optimizer), values(by_hand), strict=True):
            # The same operations, some in another order within a graph.
            torch.testing.assert_close(x, y, rtol=1e-6, atol=1e-6)
        scheduler.step()


def test_a_cycle_of_a_decay_leaves_the_momentum() -> None:
    optimizer = made("SGD", momentum=0.5)
    scheduler = ours.CyclicLR(optimizer, 0.01, 0.05, 2, target="weight_decay")
    seen: list[float] = []
    for step in range(4):
        seen.append(optimizer.param_groups[0]["weight_decay"])
        take(optimizer, step)
        scheduler.step()
    assert seen == pytest.approx([0.01, 0.03, 0.05, 0.03], rel=1e-15)
    assert optimizer.param_groups[0]["momentum"] == 0.5
    assert optimizer.param_groups[0]["lr"] == 0.1


def test_a_metric_moves_it_too() -> None:
    optimizer = made()
    scheduler = ours.ReduceLROnPlateau(optimizer, patience=0, factor=0.5, target="weight_decay")
    for metric in (1.0, 1.0, 1.0):
        scheduler.step(metric)
    assert [g["weight_decay"] for g in optimizer.param_groups] == [0.0025, 0.075]
    assert [g["lr"] for g in optimizer.param_groups] == [0.1, 0.1]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("decay", r"one of lr, betas\[0\], betas\[1\], eps, weight_decay.*got 'decay'"),
        ("amsgrad", "got 'amsgrad', which is on or off"),
        ("betas", "got 'betas', of which there are 2"),
        ("betas[2]", r"got 'betas\[2\]', of which there are 2"),
        ("params", "got 'params'"),
        (3, "got 3"),
        ("", "got ''"),
    ],
)
def test_targets_that_are_refused(target: Any, said: str) -> None:
    optimizer = made()
    before = copy.deepcopy(optimizer.state_dict())
    with pytest.raises(ValueError, match=said):
        ours.StepLR(optimizer, 2, target=target)
    assert optimizer.state_dict() == before


def test_parts_have_one_target_and_so_has_a_checkpoint() -> None:
    optimizer = made()
    decay = ours.StepLR(optimizer, 2, target="weight_decay")
    rate = ours.StepLR(optimizer, 2)
    with pytest.raises(ValueError, match="of lr: give all of them target='weight_decay'"):
        ours.SequentialLR(optimizer, [decay, rate], [3])
    with pytest.raises(ValueError, match="a scheduler of weight_decay, not of lr"):
        rate.load_state_dict(decay.state_dict())
