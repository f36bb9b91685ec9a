"""A learning rate whose domain lacks 0: a schedule is asked for it at each step, not before."""

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    POSITIVE,
    UNIT,
    Constraint,
    Hyper,
    Optimizer,
    Update,
    grad,
    hyperparameters,
    t,
    theta,
)

lr, w = hyperparameters("lr w")

spec = analyse(
    Optimizer(
        "Open",
        summary="A rule that must move.",
        source="here",
        hyper=[Hyper(lr, "0.5", POSITIVE, "rate"), Hyper(w, "0.25", UNIT, "a bound")],
        constraints=[Constraint(lr > w, "lr must exceed w")],
        states=[],
        updates=[Update(theta[t], theta[t - 1] - lr * grad(theta[t - 1]) * (1 - w) * 4 / 3)],
    )
)


@pytest.fixture(scope="module")
def cls(package):
    return package([spec], formatted=False).optimizer("numpy", spec)


def test_a_schedule_is_taken(cls):
    theta = np.zeros(1)
    optimizer = cls(lr=lambda step: 1 / (step + 1))
    for _ in range(2):
        optimizer.update(theta, np.ones(1))
    assert theta[0] == -1.5


@pytest.mark.parametrize(
    ("rate", "message"), [(0.0, "lr must satisfy 0 < lr, got 0.0"), (0.125, "lr must exceed w")]
)
def test_its_value_is_checked_at_each_step(rate, message, cls):
    theta = np.zeros(1)
    optimizer = cls(lr=[0.5, rate].__getitem__)
    optimizer.update(theta, np.ones(1))
    with pytest.raises(ValueError, match=message):
        optimizer.update(theta, np.ones(1))
    assert theta[0] == -0.5
    assert optimizer.step == 1


@pytest.mark.parametrize("rate", [0.0, 0.125])
def test_a_number_is_checked_at_once(rate, cls):
    with pytest.raises(ValueError, match="lr must"):
        cls(lr=rate)
