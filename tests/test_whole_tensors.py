"""Rules that reduce tensors take the steps of hand-written ones, which read like the papers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch
from numpy.typing import NDArray

Array = NDArray[np.float64]
Kept = dict[str, Any]
"""What a hand-written rule keeps of a tensor from step to step."""

STEPS = 12
SHAPES = [(4, 6), (8,), (2, 4, 6), (3, 2, 3, 3), ()]


def lamb(
    x: Array, g: Array, s: Kept, t: int, lr=1e-3, b1=0.9, b2=0.999, eps=1e-6, weight_decay=0.01,
    trust_clip=False,
) -> Array:  # fmt: skip
    s["m"] = b1 * s.get("m", 0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0) + (1 - b2) * g**2
    u = s["m"] / (1 - b1**t) / (np.sqrt(s["v"] / (1 - b2**t)) + eps) + weight_decay * x
    long, step = np.sqrt((x**2).sum()), np.sqrt((u**2).sum())
    ratio = long / step if long > 0 and step > 0 else 1.0
    return x - lr * (min(ratio, 1.0) if trust_clip else ratio) * u


def novograd(
    x: Array, g: Array, s: Kept, t: int, lr=1e-3, b1=0.95, b2=0.98, eps=1e-8, weight_decay=0.0,
    grad_averaging=False, amsgrad=False,
) -> Array:  # fmt: skip
    square = (g**2).sum()
    s["v"] = square if t == 1 else b2 * s["v"] + (1 - b2) * square
    s["vmax"] = max(s.get("vmax", 0), s["v"])
    d = g / (np.sqrt(s["vmax"] if amsgrad else s["v"]) + eps) + weight_decay * x
    s["m"] = b1 * s.get("m", 0) + (1 - b1 if grad_averaging else 1) * d
    return x - lr * s["m"]


def sm3(
    x: Array, g: Array, s: Kept, t: int, lr=0.1, momentum=0.0, beta=0.0, eps=1e-30
) -> Array:  # fmt: skip
    """Of a vector each element is a row, which has a sum of its own."""
    axes = [-1, -2] if x.ndim >= 2 else [()]
    before = s.get("mu", [np.zeros_like(x)] * len(axes))
    nu = (beta or 1) * np.minimum.reduce(np.broadcast_arrays(*before)) + (1 - beta) * g**2
    largest = [nu.max(axis=axis, keepdims=True) if axis else nu for axis in axes]
    s["mu"] = [np.maximum(a, b) if beta else a for a, b in zip(largest, before, strict=True)]
    d = g / np.sqrt(nu + eps)
    s["m"] = momentum * s.get("m", 0) + (1 - momentum) * d
    return x - lr * s["m"]


BY_HAND: dict[str, Callable[..., Array]] = {"Lamb": lamb, "NovoGrad": novograd, "SM3": sm3}

SETTINGS: list[tuple[str, dict[str, Any]]] = [
    ("Lamb", {}),
    ("Lamb", {"lr": 0.1, "weight_decay": 0.3, "trust_clip": True}),
    ("Lamb", {"lr": 0.1, "weight_decay": 0.0}),
    ("NovoGrad", {}),
    ("NovoGrad", {"lr": 0.1, "weight_decay": 0.3, "grad_averaging": True}),
    ("NovoGrad", {"lr": 0.1, "amsgrad": True}),
    ("SM3", {}),
    ("SM3", {"beta": 0.9}),
    ("SM3", {"momentum": 0.9, "beta": 0.5}),
]


@pytest.fixture
def tensors() -> tuple[list[Array], list[list[Array]]]:
    """Where the parameters start, and the gradients of each step."""
    rng = np.random.default_rng(0)

    def drawn() -> list[Array]:
        return [np.asarray(rng.normal(size=shape)) for shape in SHAPES]

    gradients = [drawn() for _ in range(STEPS)]
    gradients[3][0][...] = 0  # no norm
    return drawn(), gradients


def by_torch(cls: Any, start: list[Array], gradients: list[list[Array]], **given: Any) -> list[Any]:
    params = [torch.nn.Parameter(torch.tensor(x)) for x in start]
    optimizer = cls(params, **given)
    for of_step in gradients:
        for p, gradient in zip(params, of_step, strict=True):
            p.grad = torch.tensor(gradient)
        optimizer.step()
    return [p.detach().numpy() for p in params]


def require_equal(found: list[Array], expected: list[Array]) -> None:
    """To a few tens of roundings a step, of numbers of about 1."""
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("name", "given"), SETTINGS, ids=str)
def test_they_are_those_written_by_hand(name: str, given: dict[str, Any], tensors: Any) -> None:
    rule = BY_HAND[name]
    start, gradients = tensors
    expected, kept = [*start], [Kept() for _ in start]
    for t, of_step in enumerate(gradients, 1):
        each = zip(expected, of_step, kept, strict=True)
        expected = [rule(x, g, s, t, **given) for x, g, s in each]

    params = [x.copy() for x in start]
    optimizer = getattr(steprule.numpy, name)(**given)
    for of_step in gradients:
        optimizer.update(params, of_step)
    require_equal(params, expected)
    for mode in ({"foreach": False}, {"foreach": True}, {"capturable": True}):
        cls = getattr(steprule.torch, name)
        require_equal(by_torch(cls, start, gradients, **mode, **given), expected)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"lr": 0.5, "weight_decay": 0.1, "d": 2.0},
        {"eps": (1e-3, 1e-2), "maximize": True},
        {"beta2_decay": -0.3},
    ],
    ids=str,
)
@pytest.mark.parametrize("foreach", [False, True])
def test_adafactor_is_torchs(given: dict[str, Any], foreach: bool, tensors: Any) -> None:
    start, gradients = tensors
    expected = by_torch(torch.optim.Adafactor, start, gradients, **given)
    cls = steprule.torch.Adafactor
    require_equal(by_torch(cls, start, gradients, foreach=foreach, **given), expected)
    params = [x.copy() for x in start]
    optimizer = steprule.numpy.Adafactor(**given)
    for of_step in gradients:
        optimizer.update(params, of_step)
    require_equal(params, expected)


def test_adafactor_reads_torchs_checkpoints_and_torch_its(tensors: Any) -> None:
    start, gradients = tensors
    params = [torch.nn.Parameter(torch.tensor(x)) for x in start]
    others = [torch.nn.Parameter(torch.tensor(x)) for x in start]
    ours, theirs = steprule.torch.Adafactor(params), torch.optim.Adafactor(others)
    for t, of_step in enumerate(gradients):
        for p, q, gradient in zip(params, others, of_step, strict=True):
            p.grad, q.grad = torch.tensor(gradient), torch.tensor(gradient)
        ours.step()
        theirs.step()
        if t == STEPS // 2:
            before, after = ours.state_dict(), theirs.state_dict()
            assert after["param_groups"][0]["eps"] == before["param_groups"][0]["eps"]
            ours, theirs = steprule.torch.Adafactor(params), torch.optim.Adafactor(others)
            ours.load_state_dict(after)
            theirs.load_state_dict(before)
    require_equal([p.detach().numpy() for p in params], [q.detach().numpy() for q in others])


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_adafactors_first_epsilon_is_the_dtypes_by_default(dtype: torch.dtype) -> None:
    """A gradient of that size squared: its root is that size, and so is what it is divided by."""
    epsilon = torch.finfo(dtype).eps
    p = torch.nn.Parameter(torch.ones(4, dtype=dtype))
    p.grad = torch.full_like(p, epsilon / 2)
    steprule.torch.Adafactor([p], lr=0.5).step()
    # The update is 1/2 in each element, and so not clipped; the rate is the parameter's size / 2.
    assert p.tolist() == [0.75] * 4


@pytest.mark.parametrize("given", [(1e-8,), (None, None), ("1", 1e-3), (-1.0, 1e-3)], ids=str)
def test_what_adafactors_epsilons_cannot_be(given: Any) -> None:
    p = torch.nn.Parameter(torch.ones(4))
    for make in (
        lambda: steprule.torch.Adafactor([p], eps=given),
        lambda: steprule.numpy.Adafactor(eps=given),
    ):
        with pytest.raises(ValueError, match=r"^eps"):
            make()
