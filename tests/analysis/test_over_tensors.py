"""What goes over all tensors: where it can stand, and what states that are one for all take."""

from dataclasses import replace

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    Shape,
    State,
    Update,
    global_amax,
    global_norm,
    global_total,
    grad,
    hyperparameters,
    intermediates,
    norm,
    numel,
    states,
    t,
    theta,
)
from sympy import Abs, floor

lr, beta = hyperparameters("lr beta")
(m,) = states("m")
(d,) = intermediates("d")
g = grad(theta[t - 1])
ONE = State(m, 0, "m", shape=Shape.GLOBAL)


def updates(value):
    return [Update(m[t], value), Update(theta[t], theta[t - 1] - lr * m[t] * g)]


@pytest.mark.parametrize(
    "value",
    [
        beta * m[t - 1] + global_total(g * theta[t - 1]),
        beta * m[t - 1] + global_norm(g) * t,
        beta * global_amax(norm(g)),
        beta * global_total(global_norm(g) * Abs(g)) / (1 + m[t - 1] ** 2),
        beta + global_total(numel),
        beta * m[t - 1] + 1,
    ],
)
def test_what_is_one_for_all(momentum, value):
    assert analyse(momentum(states=[ONE], updates=updates(value)))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (beta * m[t - 1] + g, ["gives a tensor", "Take global_total", "Shape.TENSOR"]),
        (beta + norm(g), ["gives one number a tensor", "global_norm", "Shape.PER_TENSOR"]),
        (beta * global_norm(g) * norm(g), ["gives one number a tensor"]),
        (beta * m[t - 1] + numel, ["m is one number for all tensors", "reads numel of one"]),
    ],
)
def test_what_is_one_for_each(momentum, refused, value, words):
    spec = momentum(states=[ONE], updates=updates(value))
    refused(spec, "shape", "m[t] = ", "m is one number for all tensors", *words)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (Shape.SCALAR, ["a number known before any tensor is", "goes over all", "Shape.GLOBAL"]),
        (Shape.TENSOR, ["m is a tensor", "gives one number for all tensors", "Shape.GLOBAL"]),
    ],
)
def test_another_state_of_a_total(momentum, refused, shape, words):
    value = beta * m[t - 1] + global_norm(g) if shape is Shape.SCALAR else beta * global_norm(g)
    spec = momentum(states=[replace(ONE, shape=shape)], updates=updates(value))
    refused(spec, "shape", "m[t] = ", *words)


@pytest.mark.parametrize("value", [global_total(beta), global_norm(m[t - 1]), global_amax(t * lr)])
def test_a_total_of_what_is_one_for_all(momentum, refused, value):
    spec = momentum(states=[ONE], updates=updates(beta * m[t - 1] + value))
    refused(spec, "shape", "m[t] = ", "is taken of one number for all tensors", "Leave global_")


def test_a_whole_part_of_a_total(momentum):
    more = [Update(d[t], global_norm(g)), *updates(beta * m[t - 1] + floor(d[t]))]
    assert analyse(momentum(states=[ONE], updates=more))


def test_a_state_of_each_tensor_can_keep_a_total(momentum):
    kept = replace(ONE, shape=Shape.PER_TENSOR)
    assert analyse(momentum(states=[kept], updates=updates(beta * m[t - 1] + global_norm(g))))


@pytest.mark.parametrize("key", ["lr", "beta", "foreach", "clipnorm"])
def test_a_key_that_groups_have(momentum, refused, key):
    spec = momentum(states=[replace(ONE, key=key)], updates=updates(beta * global_norm(g)))
    refused(spec, "duplicate", "state m", f"{key} is already that of", "another key")
