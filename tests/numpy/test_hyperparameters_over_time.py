"""Every number of a rule as a function of the step, against runs in which it is set by hand."""

import pickle
from collections.abc import Callable
from typing import Any, get_type_hints

import numpy as np
import pytest
import steprule.numpy
from steprule.numpy.schedules import (
    CosineAnnealingLR,
    LinearLR,
    LinearWarmupLR,
    PolynomialLR,
)

from ..sample import optimizers, takes_any_shape

STEPS = 6
GRADIENT = np.array([0.5, -1.0, 2.0])


def run(optimizer: Any, settings: dict[str, Any] | None = None) -> list[list[float]]:
    """Parameters after each step; with settings, each argument set by hand before it."""
    theta, seen = np.ones(3), list[list[float]]()
    for step in range(STEPS):
        for name, value in (settings or {}).items():
            setattr(optimizer, name, _at(value, step))
        optimizer.update(theta, GRADIENT * (1 + step))
        seen.append(theta.tolist())
    return seen


def _at(value: Any, step: int) -> Any:
    if isinstance(value, tuple):
        return tuple(_at(x, step) for x in value)
    return value(step) if callable(value) else value


def moving(value: float) -> Any:
    """A function of the step near a default, that stays in every domain the default is in."""
    return lambda step: value * (1 - 0.01 * step)


SAMPLE = optimizers(takes_any_shape)


@pytest.mark.parametrize("name", SAMPLE)
def test_each_number_of_each_rule(name: str) -> None:
    kind = getattr(steprule.numpy, name)
    for argument, count in kind._numbers.items():
        default = getattr(kind(), argument)
        if default is None or argument in kind._whole or argument in kind._viewing:
            continue
        value = (*map(moving, default[:-1]), default[-1]) if count else moving(default)
        expected = run(kind(), {argument: value})
        assert run(kind(**{argument: value})) == expected, argument


def test_schedules_of_decay_betas_and_rate() -> None:
    decay = CosineAnnealingLR(lr=0.1, T_max=6)
    beta1 = LinearLR(0.9, 1, 0.5, 6)
    rate = LinearWarmupLR(PolynomialLR(0.1, 9), 2)
    given = {
        "lr": rate,
        "weight_decay": decay,
        "betas": (beta1, 0.99),
        "clipnorm": PolynomialLR(9.0, 20),
    }
    expected = run(steprule.numpy.AdamW(clipnorm=1.0), given)
    optimizer = steprule.numpy.AdamW(**given)  # pyright: ignore
    assert run(optimizer) == expected
    assert run(steprule.numpy.AdamW(lr=rate, weight_decay=decay)) != expected  # pyright: ignore
    assert optimizer.betas[0] is beta1, "what was given is kept"


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_both_engines(engine: Any) -> None:
    given: Any = {"weight_decay": lambda k: 0.1 * k, "momentum": lambda k: 0.9 if k else 0.0}
    expected = run(steprule.numpy.SGD(0.1), given)
    assert run(steprule.numpy.SGD(0.1, engine=engine, **given)) == expected


def test_resumed_where_it_stood() -> None:
    def make() -> Any:
        decay = CosineAnnealingLR(lr=0.1, T_max=6)
        momentum = LinearLR(0.9, 0.5, 1, 4)
        return steprule.numpy.SGD(0.1, momentum=momentum, weight_decay=decay)  # pyright: ignore

    whole, theta = run(make()), np.ones(3)
    first = make()
    for step in range(3):
        first.update(theta, GRADIENT * (1 + step))
    for second in (make(), pickle.loads(pickle.dumps(first))):
        second.load_state_dict(first.state_dict())
        at = theta.copy()
        for step in range(3, STEPS):
            second.update(at, GRADIENT * (1 + step))
            assert at.tolist() == whole[step]


def test_a_number_outside_its_domain_is_refused_at_its_step() -> None:
    theta = np.ones(3)
    optimizer = steprule.numpy.AdamW(weight_decay=lambda k: 0.1 - k)  # pyright: ignore
    optimizer.update(theta, GRADIENT)
    before = theta.tolist()
    with pytest.raises(ValueError, match="0 <= weight_decay"):
        optimizer.update(theta, GRADIENT)
    assert theta.tolist() == before
    assert optimizer.step == 1
    with pytest.raises(ValueError, match="weight_decay must be a number"):
        steprule.numpy.AdamW(weight_decay=lambda k: "much")  # pyright: ignore
    with pytest.raises(ValueError, match="amsgrad must be True or False"):
        steprule.numpy.AdamW(amsgrad=PolynomialLR(1.0, 5))  # pyright: ignore


@pytest.mark.filterwarnings("error::DeprecationWarning")
@pytest.mark.parametrize("name", SAMPLE)
def test_arrays_of_one_are_the_numbers_in_them(name: str) -> None:
    kind = getattr(steprule.numpy, name)
    expected = run(kind())
    for argument, count in kind._numbers.items():
        default = getattr(kind(), argument)
        if default is None:
            continue
        members = default if count else (default,)
        arrays = tuple(x if x is None else np.array([x]) for x in members)
        functions = tuple(x if x is None else lambda step, x=x: x for x in arrays)
        for value in (arrays, functions):
            optimizer = kind(**{argument: value if count else value[0]})
            assert run(optimizer) == expected, argument
            kept = optimizer.state_dict()
            assert all(kept[n].shape == () for n in kind._scalar_states if n in kept), argument


def test_a_checkpoint_loads_where_the_rate_is_an_array_of_one() -> None:
    optimizer = steprule.numpy.Adam(lr=np.array([0.1]))
    run(optimizer)
    again = steprule.numpy.Adam(lr=np.array([0.1]))
    again.load_state_dict(optimizer.state_dict())
    assert again.step == STEPS


def test_signatures_say_what_can_be_a_function() -> None:
    """Else editors would mark what the README writes."""
    hints = get_type_hints(steprule.numpy.AdamW.__init__)
    number = float | Callable[[int], float]
    assert hints["lr"] == hints["eps"] == hints["weight_decay"] == number
    assert hints["betas"] == tuple[number, number]
    assert hints["clipnorm"] == number | None
