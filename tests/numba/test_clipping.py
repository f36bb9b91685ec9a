"""Kernels of every rule clip as the hand does: one compilation of each rule for all three ways."""

from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch
from steprule.codegen.loading.load import builtin

from ..sample import declarations, has_rate

GRADIENTS = [np.array([3.0, -4.0, 0.0], np.float32), np.array([12.0, 0.0], np.float32)]
"""Of norms 5 and 12, which together are 13."""

EPS = 1e-6
"""Beside a norm, in the transforms' equations."""

BY_HAND: dict[str, tuple[float, list[list[float]]]] = {
    "clipvalue": (0.5, [[0.5, -0.5, 0.0], [0.5, 0.0]]),
    "clipnorm": (
        2.5,
        [[3 * 2.5 / (5 + EPS), -4 * 2.5 / (5 + EPS), 0.0], [12 * 2.5 / (12 + EPS), 0.0]],
    ),
    "global_clipnorm": (
        6.5,
        [[3 * 6.5 / (13 + EPS), -4 * 6.5 / (13 + EPS), 0.0], [12 * 6.5 / (13 + EPS), 0.0]],
    ),
}


def with_numpy(name: str, gradients: list[np.ndarray], **arguments: Any) -> list[np.ndarray]:
    """Parameters and states after two steps."""
    params = [np.ones_like(x) for x in gradients]
    optimizer = getattr(steprule.numpy, name)(**arguments)
    for _ in range(2):
        optimizer.update(params, gradients)
    kept = optimizer.state_dict()
    tensors = (np.asarray(kept[key]) for key in sorted(kept) if "/" in key)
    return [*params, *tensors]


def with_torch(name: str, **arguments: Any) -> list[np.ndarray]:
    params = [torch.ones(x.shape, requires_grad=True) for x in GRADIENTS]
    optimizer = getattr(steprule.torch, name)(params, fused=True, **arguments)
    for p, grad in zip(params, GRADIENTS, strict=True):
        p.grad = torch.tensor(grad)
    for _ in range(2):
        optimizer.step()
    keys = {s.key: s.name for s in builtin()[name].states if not s.shape.on_host}
    states = [
        (f"{keys[key]}/{i}", x)
        for i, p in enumerate(params)
        for key, x in optimizer.state[p].items()
        if key in keys and x is not None
    ]
    return [x.detach().numpy() for x in (*params, *(x for _, x in sorted(states)))]


@pytest.mark.parametrize("limit", BY_HAND)
@pytest.mark.parametrize(
    "name",
    declarations(lambda s: getattr(steprule.torch, s.name)._kernel and not s.inputs).params(),
)
def test_every_rule_is_given_clipped_gradients(name: str, limit: str) -> None:
    size, clipped = BY_HAND[limit]
    rate: dict[str, Any] = {"lr": 0.5} if has_rate(builtin()[name]) else {}
    by_hand = [np.array(x, np.float32) for x in clipped]
    expected = with_numpy(name, by_hand, engine="numpy", **rate)
    unclipped = with_numpy(name, GRADIENTS, engine="numpy", **rate)
    arguments = rate | {limit: size}
    by_numpy = with_numpy(name, GRADIENTS, engine="numba", **arguments)
    for found in (by_numpy, with_torch(name, **arguments)):
        for x, y in zip(found, expected, strict=True):
            # The scale is rounded to float32, and what it is taken of; squares double that.
            # A parameter that has come near 0 keeps the rounding of 1.
            np.testing.assert_allclose(x, y, rtol=2.0**-20, atol=2.0**-22)
        pairs = zip(found, unclipped, strict=True)
        is_seen = not all(np.allclose(x, y, rtol=0.1) for x, y in pairs)
        # What a rule divides by a norm can be as long clipped as not; so can signs, and what is
        # scaled by the largest gradient so far.
        assert is_seen or getattr(steprule.torch, name)._is_whole or name in {"COCOB", "SignSGD"}
