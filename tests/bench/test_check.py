"""Contenders that do not do the work are found."""

import numpy as np
import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.codegen.bench.arrays import DeviceArrays, HostArrays
from steprule.codegen.bench.check import deviations
from steprule.codegen.bench.contenders import subject
from steprule.codegen.bench.workload import Data, Workload
from steprule.codegen.loading.load import builtin

STEPS = 4
SIZES = (7, 40_000)


def ended(rule, data, *, steps=STEPS, scale=1.0):
    """The parameters after steps by the rule, in the dtype of the data."""
    rule = rule.by(data.arrays.functions)
    found = []
    for i, start in enumerate(data.parameters()):
        theta, states = start, rule.initial(start)
        for step in range(steps):
            grad = data.gradients(step)[i] * scale
            theta, states = rule.step(step + 1, theta, grad, states)
        found.append(theta)
    return found


@pytest.fixture(params=["SGD", "Adam", "Lion"])
def rule(request):
    spec = analyse(builtin()[request.param])
    return subject(spec, lambda backend: pytest.fail("nothing is imported")).rule


def in_short_stretches():
    arrays = DeviceArrays("float32", torch.device("cpu"))
    arrays.stretch = 1 << 14
    return arrays


@pytest.fixture(
    params=[
        lambda: HostArrays("float32"),
        lambda: DeviceArrays("float32", torch.device("cpu")),
        in_short_stretches,
    ],
    ids=["host", "device", "device, three stretches"],
)
def data(request):
    return Data(Workload("two", SIZES), STEPS, request.param())


def judged(rule, data, result):
    return deviations(rule, data, STEPS, {"it": result})["it"]


def test_rounding_is_no_fault(rule, data):
    assert judged(rule, data, ended(rule, data)) < 0.1


def test_a_step_too_few(rule, data):
    assert judged(rule, data, ended(rule, data, steps=STEPS - 1)) > 1


def test_another_gradient(rule, data):
    assert judged(rule, data, ended(rule, data, scale=-1)) > 10


def test_one_tensor_left_alone(rule, data):
    result = ended(rule, data)
    result[0] = data.parameters()[0]
    assert judged(rule, data, result) > 10


def test_the_last_elements_left_alone(rule, data):
    result = ended(rule, data)
    result[1][-9:] = data.parameters()[1][-9:]  # signed steps can lead some of them back
    assert judged(rule, data, result) > 1


def test_not_a_number_wherever_it_is(rule, data):
    right = ended(rule, data)
    # The ends of the tensor, of a patch, and of a stretch on the host and of a short one.
    for place in (0, 4095, (1 << 14) - 1, 1 << 14, (1 << 15) - 1, 1 << 15, SIZES[1] - 1):
        result = [right[0], data.arrays.wide(right[1])]
        result[1][place] = np.nan
        assert judged(rule, data, result) == np.inf


def test_each_is_judged_by_itself(rule, data):
    right = ended(rule, data)
    found = deviations(rule, data, STEPS, {"a": right, "b": data.parameters(), "c": right})
    assert found["a"] == found["c"] < 1 < found["b"]
