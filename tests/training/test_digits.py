"""A network learns to read digits, and learns alike in NumPy, in torch and with torch.optim."""

import importlib
import inspect
from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
from steprule.codegen.loading.load import builtin

from ..sample import optimizers, takes_any_shape

STEPS = 30

TOLERANCE = {"float64": 1e-13, "float32": 1e-5}
"""Of losses between 1 and 2.5: some fifty times their rounding. A step rounds about ten times,
the sums in a gradient hundreds of times, and one step's errors shift the next one's gradients.
"""

FLOAT32_SCALARS = 1e-7
"""torch keeps NAdam's product of momenta and ASGD's rate in it, whatever the parameters are."""


OF_TORCH = optimizers(lambda spec: bool(spec.peer) and takes_any_shape(spec))
"""The network has biases."""
RATES = {"SGD": 0.5, "Adadelta": 1.0}
"""Others learn at 0.01."""


@pytest.mark.parametrize(
    "dtype", ["float64", pytest.param("float32", marks=pytest.mark.exhaustive)]
)
@pytest.mark.parametrize("name", OF_TORCH.params())
def test_the_same_curve(name: str, dtype: str, trainer: Any) -> None:
    module, _, peer = builtin()[name].peer.rpartition(".")
    theirs = getattr(importlib.import_module(module), peer)
    arguments: dict[str, Any] = {"lr": RATES.get(name, 0.01)}
    if "weight_decay" in inspect.signature(theirs).parameters:
        arguments["weight_decay"] = 1e-3
    ours = getattr(steprule.torch, name)
    expected = trainer.in_torch(lambda p: theirs(p, foreach=False, **arguments), dtype, STEPS)
    runs = {
        "numpy": trainer.in_numpy(getattr(steprule.numpy, name)(**arguments), dtype, STEPS),
        "loop": trainer.in_torch(lambda p: ours(p, foreach=False, **arguments), dtype, STEPS),
        "foreach": trainer.in_torch(lambda p: ours(p, foreach=True, **arguments), dtype, STEPS),
    }
    assert expected.losses[-1] < expected.losses[0]
    to_peer = max(TOLERANCE[dtype], FLOAT32_SCALARS if name in ("NAdam", "ASGD") else 0)
    for form, run in runs.items():
        for losses, tolerance in (
            (expected.losses, to_peer),
            (runs["numpy"].losses, TOLERANCE[dtype]),
        ):
            np.testing.assert_allclose(run.losses, losses, rtol=0, atol=tolerance, err_msg=form)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Adam", "SGD", "Lion"])
def test_the_digits_are_learnt(name: str, trainer: Any) -> None:
    arguments = {
        "Adam": {"lr": lambda step: 0.01 * 0.99 ** (step / 4)},
        "SGD": {"lr": 0.2, "momentum": 0.9, "nesterov": True},
        "Lion": {"lr": 0.002, "weight_decay": 0.1},
    }[name]
    optimizer = getattr(steprule.numpy, name)(**arguments)
    run = trainer.in_numpy(optimizer, "float32", 600)
    assert run.params["hidden/weight"].dtype == np.float32
    assert trainer.digits.accuracy(run.params) > 0.95
