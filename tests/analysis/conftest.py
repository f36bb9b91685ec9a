"""A small valid spec to bend, and the shape every rule's test takes."""

from collections.abc import Callable
from typing import Any

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    SpecError,
    State,
    Update,
    grad,
    hyperparameters,
    states,
    t,
    theta,
)

lr, beta = hyperparameters("lr beta")
(m,) = states("m")

LR = Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate")
BETA = Hyper(beta, "0.9", UNIT, "decay rate")
M = State(m, init=0, key="exp_avg")
UPDATE_M = Update(m[t], beta * m[t - 1] + grad(theta[t - 1]))
UPDATE_THETA = Update(theta[t], theta[t - 1] - lr * m[t])


def make(**changes: Any) -> Optimizer:
    """Momentum with the given fields replaced."""
    fields: dict[str, Any] = {
        "name": "Momentum",
        "summary": "Momentum.",
        "source": "Polyak, 1964",
        "hyper": [LR, BETA],
        "states": [M],
        "updates": [UPDATE_M, UPDATE_THETA],
    }
    return Optimizer(**(fields | changes))


@pytest.fixture
def momentum() -> Callable[..., Optimizer]:
    """Builds ``m[t] = beta*m[t-1] + grad; theta[t] = theta[t-1] - lr*m[t]``, changed."""
    return make


@pytest.fixture
def step() -> Callable[..., Optimizer]:
    """Builds a spec of the one equation ``theta[t] = theta[t-1] - lr*(direction)``."""

    def build(direction: Any, *, hyper: Any = (), **changes: Any) -> Optimizer:
        update = Update(theta[t], theta[t - 1] - lr * direction)
        fields = {"hyper": [LR, *hyper], "states": [], "updates": [update]}
        return make(**(fields | changes))

    return build


@pytest.fixture
def refused() -> Callable[..., SpecError]:
    """Asserts that a spec breaks the rule of a code, and that the message says the words."""

    def assert_refused(spec: Optimizer, code: str, *words: str) -> SpecError:
        with pytest.raises(SpecError) as caught:
            analyse(spec)
        error = caught.value
        assert error.code == code, str(error)
        assert error.spec == spec.name
        for word in words:
            assert word in str(error)
        return error

    return assert_refused
