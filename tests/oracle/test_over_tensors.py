"""Totals over all tensors, worked by hand."""

import numpy as np
import pytest
from flint import fmpq
from steprule.codegen.oracle import optimizers as oracle
from steprule.specs.language import (
    REAL,
    Hyper,
    Optimizer,
    Shape,
    State,
    Update,
    global_amax,
    global_norm,
    global_total,
    grad,
    hyperparameters,
    norm,
    states,
    t,
    theta,
)

(a,) = hyperparameters("a")
(d,) = states("d")
G, P = grad(theta[t - 1]), theta[t - 1]
GRADIENTS = [np.array([3.0, -4.0]), np.array([[12.0]]), np.array(0.0), np.zeros((0, 2))]


def stepped(value, scales=(1, 1, 1, 1), kept=2):
    spec = Optimizer(
        "Small", summary="s", source="here", hyper=[Hyper(a, "1", REAL, "any")],
        states=[State(d, 0, "d", shape=Shape.GLOBAL)],
        updates=[Update(d[t], d[t - 1] + value), Update(theta[t], P + d[t] * G)],
    )  # fmt: skip
    tensors = [
        oracle.Tensor(np.zeros_like(g), g, {}, {"a": scale}, {})
        for g, scale in zip(GRADIENTS, scales, strict=True)
    ]
    return oracle.steps(spec, tensors, t=1, shared={"d": kept})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (global_total(G), 11),
        (global_norm(G), 13),
        (global_amax(G), 12),
        (global_total(norm(G)), 17),
        (global_amax(norm(G)), 12),
        (global_total(global_norm(G) * G), 143),
    ],
)
def test_totals(value, expected):
    found = stepped(value)
    assert [each["d"] for each in found] == [fmpq(2 + expected)] * 4
    assert found[0]["theta"].tolist() == [fmpq(3 * (2 + expected)), fmpq(-4 * (2 + expected))]
    assert found[3]["theta"].shape == (0, 2)


def test_hyperparameters_of_groups():
    """In a total they are those of the tensor; beside it those of the first."""
    (first, *_) = stepped(a * global_total(a * G), scales=(2, 3, 3, 3))
    assert first["d"] == fmpq(2 + 2 * (2 * -1 + 3 * 12))
