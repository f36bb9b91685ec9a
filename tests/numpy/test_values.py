"""What a step computes: cases worked by hand, and torch.optim's classes in float64."""

import importlib
from typing import Any

import numpy as np
import pytest
import torch
from steprule.numpy import (
    ASGD,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Adan,
    Lion,
    NAdam,
    RAdam,
    RMSprop,
)

from ..sample import can_stand_still


@pytest.mark.parametrize(
    ("optimizer", "gradients", "expected"),
    [
        (SGD(0.5), [4.0, 2.0], 1 - 2 - 1),
        # b = 4, then 4/2 + 2 = 4
        (SGD(0.5, momentum=0.5), [4.0, 2.0], 1 - 2 - 2),
        # b = 4, then 4/2 + 2*(1 - 1/2) = 3: dampening spares the first step
        (SGD(0.5, momentum=0.5, dampening=0.5), [4.0, 2.0], 1 - 2 - 1.5),
        # gradient plus half of b: 4 + 2, then 2 + 2
        (SGD(0.5, momentum=0.5, nesterov=True), [4.0, 2.0], 1 - 3 - 2),
        (SGD(0.5, weight_decay=2.0), [4.0], 1 - 3),
        (SGD(0.5, maximize=True), [4.0], 1 + 2),
        # mhat = g and vhat = g**2 at the first step, whatever the decay rates
        (Adam(0.25, eps=0), [-3.0], 1 + 0.25),
        # sqrt(vhat) + eps = 3 + 1: eps stands outside the root
        (Adam(0.25, eps=1.0), [-3.0], 1 + 0.25 * 3 / 4),
        # m = 2, 1 and v = 8, 4: the second step is 1/0.75 / sqrt(4/0.75)
        (Adam(1.0, betas=(0.5, 0.5), eps=0), [4.0, 0.0], 1 - 1 - 3**-0.5),
        (Adam(0.25, eps=0, weight_decay=2.0), [-3.0], 1 + 0.25),
        (AdamW(0.25, eps=0, weight_decay=2.0), [-3.0], 0.5 + 0.25),
        (Adamax(0.25, eps=0), [-3.0], 1 + 0.25),
        (Adagrad(0.5, eps=0, initial_accumulator_value=7.0), [3.0], 1 - 0.5 * 3 / 4),
        # the rate decays as 1, 1/2; s = 16, 25
        (Adagrad(1.0, eps=0, lr_decay=1.0), [4.0, 3.0], 1 - 1 - 0.5 * 3 / 5),
        # v = 16/4
        (RMSprop(0.5, alpha=0.75, eps=0), [4.0], 1 - 0.5 * 4 / 2),
        # v - gbar**2 = 4 - 1
        (RMSprop(0.5, alpha=0.75, eps=0, centered=True), [4.0], 1 - 0.5 * 4 / 3**0.5),
        # sqrt(0 + 3) / sqrt(4/4 + 3) * 2
        (Adadelta(0.5, rho=0.75, eps=3.0), [2.0], 1 - 0.5 * 3**0.5),
        (Lion(0.25), [-3.0], 1 + 0.25),
        # m = -0.03 after the first step; 0.9*m + 0.1*0.2 < 0 still
        (Lion(0.25), [-3.0, 0.2], 1 + 0.5),
        (Lion(0.25, weight_decay=2.0), [-3.0], 0.5 + 0.25),
        # the point shrinks by 1 - 1/2 as it steps; then the rate is 1/(1 + 1) to the power of 1
        (ASGD(1.0, lambd=0.5, alpha=1.0), [1.0, 0.0], (0.5 - 1) * (1 - 0.5 * 2 / 3)),
        # rho is at most 3, so that the first moment alone is taken: 3, then 1/0.75
        (RAdam(1.0, betas=(0.5, 0.5)), [3.0, 0.0], 1 - 3 - 0.75 / 0.75),
        # m = 3, n = 9; then m = 5/3, the change's average -4/3, n = 3, each corrected for its start
        (Adan(1.0, betas=(0.5, 0.5, 0.5), eps=0), [3.0, 1.0], 1 - 1 - (5 - 2) / 3 / 3**0.5),
        # the step before the parameter shrinks, or after it has
        (Adan(1.0, eps=0, weight_decay=1.0), [3.0], (1 - 1) / 2),
        (Adan(0.5, eps=0, weight_decay=1.0, no_prox=True), [3.0], 0.5 - 0.5),
        # mu = 1/4 twice: mhat = g * (1/4 * 1/2 / (1 - 1/16) + (1 - 1/4) / (1 - 1/4))
        (NAdam(1.0, betas=(0.5, 0.5), eps=0, momentum_decay=0.0), [3.0], 1 - (0.125 / 0.9375 + 1)),
    ],
)  # fmt: skip
def test_by_hand(optimizer: Any, gradients: list[float], expected: float) -> None:
    theta = np.array([1.0, 1.0])
    for gradient in gradients:
        optimizer.update(theta, np.full(2, gradient))
    # A step has about ten roundings.
    np.testing.assert_allclose(theta, [expected, expected], rtol=0, atol=4e-15)


def test_like_the_peer(case_with_peer: Any, rng: np.random.Generator) -> None:
    case = case_with_peer
    module, _, name = case.spec.peer.rpartition(".")
    start = {"a": rng.normal(size=(3, 4)), "b": rng.normal(size=5)}
    ours = {key: value.copy() for key, value in start.items()}
    theirs = {
        key: torch.nn.Parameter(torch.from_numpy(value.copy())) for key, value in start.items()
    }
    optimizer = case.make(lr=0.1)
    peer = getattr(importlib.import_module(module), name)(
        theirs.values(), lr=0.1, foreach=False, **case.arguments
    )
    # Both round each of some ten operations a step once, in a different order. But torch keeps
    # NAdam's product and ASGD's rate in float32: twelve steps of 0.1, each off by a part in 2**24.
    atol = 1e-7 if case.spec.name in ("NAdam", "ASGD") else 1e-13
    for _ in range(12):
        gradients = {key: rng.normal(size=value.shape) for key, value in start.items()}
        for key, parameter in theirs.items():
            parameter.grad = torch.from_numpy(gradients[key].copy())
        optimizer.update(ours, gradients)
        peer.step()
        for key, parameter in theirs.items():
            np.testing.assert_allclose(ours[key], parameter.detach(), rtol=1e-12, atol=atol)
    # The states by their own names are the ones torch keeps under its keys.
    kept, first = optimizer.state_dict(), peer.state[theirs["a"]]
    for state in case.spec.states:
        if f"{state.name}/a" in kept:
            own, its = kept[f"{state.name}/a"], first[state.key]
            np.testing.assert_allclose(own, its, rtol=1e-12, atol=atol)
        elif state.name in kept:
            assert float(kept[state.name]) == pytest.approx(float(first[state.key]), rel=1e-6)


def test_rate_from_a_function_of_the_step() -> None:
    asked: list[int] = []

    def rate(step: int) -> float:
        asked.append(step)
        return 1.0 / (1 << step)

    theta = np.array([0.0])
    optimizer = SGD(lr=rate)
    assert optimizer.step == 0
    for _ in range(3):
        optimizer.update(theta, np.array([1.0]))
    assert asked == [0, 1, 2]
    assert theta.tolist() == [-1.75]
    assert optimizer.step == 3


def test_the_rule_of_each_step_is_that_of_its_rate(case: Any, rng: np.random.Generator) -> None:
    if not can_stand_still(case.spec):
        pytest.skip("it has no rate, or none that is 0")
    first, second = (np.linspace(-1, 1, 7) for _ in range(2))
    rates = [0.5, 0.0, 0.125]
    scheduled, set_by_hand = case.make(lr=lambda step: rates[step]), case.make(lr=0.0)
    for value in rates:
        gradient = rng.normal(size=7)
        set_by_hand.lr = value
        scheduled.update(first, gradient)
        set_by_hand.update(second, gradient)
    assert first.tobytes() == second.tobytes()


def test_an_option_changed_between_steps(rng: np.random.Generator) -> None:
    theta, gradient = rng.normal(size=3), rng.normal(size=3)
    optimizer = Adam()
    optimizer.update(theta, gradient)
    optimizer.amsgrad = True
    optimizer.update(theta, gradient)
    kept = optimizer.state_dict()
    assert kept["vmax"].tolist() == kept["v"].tolist()
    optimizer.amsgrad = False
    optimizer.update(theta, gradient)
    assert "vmax" not in optimizer.state_dict()
