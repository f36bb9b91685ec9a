"""Muon: beside its definition in float64, and torch's, which rounds to bfloat16."""

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

STEPS = 12
COEFFICIENTS = (3.4445, -4.775, 2.0315)
SHAPES = ((6, 9), (9, 6), (5, 5), (3, 4, 7))
WAYS: dict[str, dict[str, Any]] = {
    "loop": {"foreach": False},
    "foreach": {"foreach": True},
    "capturable": {"capturable": True},
}
SETTINGS: list[dict[str, Any]] = [
    {},
    {"nesterov": False, "adjust_lr_fn": "match_rms_adamw"},
    {"ns_steps": 2, "weight_decay": 0.0, "momentum": 0.5, "adjust_lr_fn": "original"},
]


def near_orthogonal(u: Tensor, rounds: int) -> Tensor:
    """Newton and Schulz's rounds as torch has them: of tall matrices transposed."""
    a, b, c = COEFFICIENTS
    is_tall = u.shape[-2] > u.shape[-1]
    x = u.mT if is_tall else u
    x = x / torch.linalg.matrix_norm(x, keepdim=True).clamp(min=1e-7)
    for _ in range(rounds):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return x.mT if is_tall else x


def expected(
    start: Tensor,
    gradients: list[Tensor],
    lr: float = 0.1,
    seen: tuple[int, ...] | None = None,
    **settings: Any,
) -> Tensor:
    """The parameter after steps along some gradients, by the definition; seen in some shape."""
    if seen:
        found = expected(start.reshape(seen), [x.reshape(seen) for x in gradients], lr, **settings)
        return found.reshape(start.shape)
    momentum, decay = settings.get("momentum", 0.95), settings.get("weight_decay", 0.1)
    theta, average = start.clone(), torch.zeros_like(start)
    rows, cols = start.shape[-2:]
    rate = lr * math.sqrt(max(1, rows / cols))
    if settings.get("adjust_lr_fn") == "match_rms_adamw":
        rate = lr * 0.2 * math.sqrt(max(rows, cols))
    for grad in gradients:
        average = average.lerp(grad, 1 - momentum)
        u = grad.lerp(average, momentum) if settings.get("nesterov", True) else average
        o = near_orthogonal(u, settings.get("ns_steps", 5))
        theta = theta * (1 - lr * decay) - rate * o
    return theta


def drawn(shape: tuple[int, ...]) -> tuple[Tensor, list[Tensor]]:
    torch.manual_seed(0)
    start, *gradients = torch.randn(1 + STEPS, *shape, dtype=torch.float64)
    return start, gradients


def stepped(optimizer: Any, params: list[Tensor], gradients: list[list[Tensor]]) -> list[Tensor]:
    for each in zip(*gradients, strict=True):
        for p, grad in zip(params, each, strict=True):
            p.grad = grad.to(p.dtype)
        optimizer.step()
    return [p.detach() for p in params]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_steps_are_those_of_the_definition(settings: dict[str, Any], way: str) -> None:
    starts, gradients = zip(*map(drawn, SHAPES), strict=True)
    params = [torch.nn.Parameter(x.clone()) for x in starts]
    optimizer = steprule.torch.Muon(params, lr=0.1, **settings, **WAYS[way])
    for p, start, own in zip(
        stepped(optimizer, params, [*gradients]), starts, gradients, strict=True
    ):
        wanted = expected(start, own, **settings)
        torch.testing.assert_close(p, wanted, rtol=0, atol=1e-12)  # many roundings of 1e-16


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_numpy_takes_the_same_steps(settings: dict[str, Any]) -> None:
    for shape in SHAPES:
        start, gradients = drawn(shape)
        theta, optimizer = start.numpy().copy(), steprule.numpy.Muon(lr=0.1, **settings)
        for grad in gradients:
            optimizer.update(theta, grad.numpy())
        wanted = expected(start, gradients, **settings)
        np.testing.assert_allclose(theta, wanted, rtol=0, atol=1e-12)


VIEWS: list[tuple[tuple[int, ...], dict[str, Any], tuple[int, ...]]] = [
    ((8, 3, 2, 2), {}, (8, 12)),
    ((4, 2, 3, 1, 2), {}, (4, 12)),
    ((8, 3, 2, 2), {"flatten": None}, (8, 12)),
    ((8, 3, 2, 2), {"flatten": "never"}, (8, 3, 2, 2)),
    ((8, 3, 5), {}, (8, 3, 5)),
    ((8, 3, 5), {"flatten": "always"}, (8, 15)),
    ((12, 4), {"split": 3}, (3, 4, 4)),
    ((12, 2, 2, 1), {"split": 3}, (3, 4, 4)),
    ((2, 6, 4), {"split": 3}, (2, 3, 2, 4)),
]
"""Shapes, what is said of them, and what is then seen."""


@pytest.mark.parametrize(("shape", "settings", "seen"), VIEWS, ids=str)
def test_convolutions_and_parts_are_seen_as_matrices(
    shape: tuple[int, ...], settings: dict[str, Any], seen: tuple[int, ...]
) -> None:
    start, gradients = drawn(shape)
    wanted = expected(start, gradients, seen=seen)
    for way in WAYS.values():
        params = [torch.nn.Parameter(start.clone()) for _ in range(2)]  # which can go together
        optimizer = steprule.torch.Muon(params, lr=0.1, **settings, **way)
        for p in stepped(optimizer, params, [gradients] * 2):
            torch.testing.assert_close(p, wanted, rtol=0, atol=1e-12)  # as above
        assert optimizer.state[params[0]]["momentum_buffer"].shape == shape
    theta, other = start.numpy().copy(), steprule.numpy.Muon(lr=0.1, **settings)
    for grad in gradients:
        other.update(theta, grad.numpy())
    np.testing.assert_allclose(theta, wanted, rtol=0, atol=1e-12)


def test_groups_see_parameters_each_its_own_way() -> None:
    start, gradients = drawn((6, 4))
    p, q = (torch.nn.Parameter(start.clone()) for _ in range(2))
    optimizer = steprule.torch.Muon([{"params": [p]}, {"params": [q], "split": 3}], lr=0.1)
    found = stepped(optimizer, [p, q], [gradients] * 2)
    for x, seen in zip(found, ((6, 4), (3, 2, 4)), strict=True):
        torch.testing.assert_close(x, expected(start, gradients, seen=seen), rtol=0, atol=1e-12)


def test_what_torch_does_not_know_stands_in_a_group_only_while_it_is_said() -> None:
    def entries(**settings: Any) -> set[str]:
        optimizer = steprule.torch.Muon([torch.nn.Parameter(torch.ones(6, 4))], **settings)
        return {*optimizer.param_groups[0]}

    theirs = {*torch.optim.Muon([torch.nn.Parameter(torch.ones(6, 4))]).param_groups[0]}
    assert entries() == theirs
    assert entries(split=3, flatten="never") == theirs | {"split", "flatten"}


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("shape", [(6, 9), (9, 6)])
def test_torch_is_as_near_as_bfloat16_is(shape: tuple[int, int], settings: dict[str, Any]) -> None:
    start, gradients = drawn(shape)
    found = []
    for cls in (steprule.torch.Muon, torch.optim.Muon):
        p = torch.nn.Parameter(start.to(torch.float32, copy=True))
        found.append(*stepped(cls([p], lr=0.1, **settings), [p], [gradients]))
    # Of each step, which is of size 0.1 or so, a few roundings of 1/256.
    torch.testing.assert_close(found[0], found[1], rtol=0, atol=STEPS * 0.1 * 4 / 256)


def test_checkpoints_are_torchs() -> None:
    start, gradients = drawn((6, 9))
    p, q = (torch.nn.Parameter(start.clone()) for _ in range(2))
    theirs, ours = torch.optim.Muon([q]), steprule.torch.Muon([p])
    stepped(theirs, [q], [gradients])
    ours.load_state_dict(theirs.state_dict())
    assert ours.state_dict()["param_groups"] == theirs.state_dict()["param_groups"]
    torch.testing.assert_close(ours.state[p], theirs.state[q])
    torch.optim.Muon([q]).load_state_dict(ours.state_dict())


def test_without_rounds_the_momentum_itself_is_stepped_along_and_stays() -> None:
    start, gradients = drawn((4, 3))
    p = torch.nn.Parameter(start.clone())
    settings = {"ns_steps": 0, "nesterov": False}
    optimizer = steprule.torch.Muon([p], lr=0.1, foreach=True, **settings)
    (found,) = stepped(optimizer, [p], [gradients])
    torch.testing.assert_close(found, expected(start, gradients, **settings), rtol=0, atol=1e-13)
    average = torch.zeros_like(start)
    for grad in gradients:
        average = average.lerp(grad, 1 - 0.95)
    torch.testing.assert_close(optimizer.state[p]["momentum_buffer"], average)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"ns_steps": 2.5}, "ns_steps must be a whole number, got 2.5"),
        ({"ns_steps": 100}, "ns_steps must satisfy 0 <= ns_steps < 100, got 100"),
        (
            {"flatten": "sometimes"},
            "flatten must be one of 'convolutions', 'always', 'never', or None, got 'sometimes'",
        ),
        (
            {"adjust_lr_fn": "none"},
            "adjust_lr_fn must be one of 'original', 'match_rms_adamw', or None, got 'none'",
        ),
    ],
)
def test_what_is_no_setting(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        steprule.torch.Muon([torch.nn.Parameter(torch.ones(2, 2))], **settings)
    with pytest.raises(ValueError, match=message):
        steprule.numpy.Muon(**settings)


def test_a_vector_is_refused_when_it_is_added() -> None:
    optimizer = steprule.torch.Muon([torch.nn.Parameter(torch.ones(2, 2))])
    with pytest.raises(ValueError, match=r"shape \(3,\); give such .* such as AdamW"):
        optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(3))]})
    assert len(optimizer.param_groups) == 1


class Calls(TorchDispatchMode):
    """How often each operation is called."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.counts[func.__name__] += 1
        return func(*args, **(kwargs or {}))


def test_equal_matrices_take_as_many_products_as_two() -> None:
    counts: list[Counter[str]] = []
    for many in (2, 30):
        start, gradients = drawn((4, 6))
        params = [torch.nn.Parameter(start + i) for i in range(many)]
        optimizer = steprule.torch.Muon(params)
        stepped(optimizer, params, [gradients] * many)
        with Calls() as calls:
            optimizer.step()
        counts.append(calls.counts)
    assert (counts[0]["bmm.default"], counts[0]["baddbmm.default"]) == (5, 10)  # three a round
    assert {name: n for name, n in counts[1].items() if name != "detach.default"} == {
        name: n for name, n in counts[0].items() if name != "detach.default"
    }


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_together_is_as_one_by_one(dtype: torch.dtype) -> None:
    starts, gradients = zip(*(drawn(shape) for shape in (*SHAPES, *SHAPES)), strict=True)
    found = []
    for foreach in (True, False):
        params = [torch.nn.Parameter(x.to(dtype)) for x in starts]
        optimizer = steprule.torch.Muon(params, lr=0.1, foreach=foreach)
        found.append(stepped(optimizer, params, [*gradients]))
        found[-1] += [optimizer.state[p]["momentum_buffer"] for p in params]
    eps = torch.finfo(dtype).eps  # sums of products in another order, of numbers up to 4 or so
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=4 * eps, atol=100 * eps)
