"""Rule shape: tensors and scalars stand where they can."""

from dataclasses import replace

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    Shape,
    State,
    Update,
    clip,
    grad,
    hyperparameters,
    intermediates,
    matmul,
    mean,
    norm,
    states,
    t,
    theta,
    transpose,
)

lr, beta = hyperparameters("lr beta")
(m,) = states("m")
(d,) = intermediates("d")
g = grad(theta[t - 1])
SCALAR = State(m, 0, "m", shape=Shape.SCALAR)


def updates(value):
    return [Update(m[t], value), Update(theta[t], theta[t - 1] - lr * m[t] * g)]


def test_scalar_state(momentum):
    assert analyse(momentum(states=[SCALAR], updates=updates(beta * m[t - 1] + 1)))


def test_scalar_state_of_a_reduction(momentum, refused):
    spec = momentum(states=[SCALAR], updates=updates(beta * m[t - 1] + norm(g)))
    refused(spec, "shape", "m[t] = ", "its equation reduces one", "an intermediate")


def test_scalar_state_of_a_reduced_intermediate(momentum, refused):
    through = [Update(d[t], norm(g)), *updates(beta * m[t - 1] + d[t])]
    refused(momentum(states=[SCALAR], updates=through), "shape", "m[t] = ", "reduces one")


def test_scalar_state_of_a_tensor(momentum, refused):
    spec = momentum(states=[SCALAR], updates=updates(beta * m[t - 1] + g))
    refused(
        spec, "shape", "m[t] = ", "m is a scalar, and its equation gives a tensor", "Shape.TENSOR"
    )


def test_tensor_state_of_a_scalar(momentum, refused):
    spec = momentum(states=[replace(SCALAR, shape=Shape.TENSOR)], updates=updates(beta * norm(g)))
    refused(spec, "shape", "m is a tensor, and its equation gives a scalar", "shape=Shape.SCALAR")


def test_parameter_of_a_scalar(step, refused):
    spec = replace(step(1), updates=(Update(theta[t], lr * norm(g)),))
    refused(spec, "shape", "theta is a tensor", "gives a scalar")


@pytest.mark.parametrize(
    "value",
    [
        beta * norm(beta * g) * g,
        beta * mean(g**2) * g,
        beta * matmul(g, transpose(g)),
        clip(g, -beta, norm(g)),
    ],
)
def test_operands(step, momentum, value):
    assert analyse(step(value, hyper=[momentum().hyper[1]]))


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (norm(beta) * g, "norm is taken of a scalar: norm(beta)"),
        (mean(norm(g)) * beta * g, "mean is taken of a scalar: mean(norm("),
        (matmul(g, beta), "matmul is taken of a scalar"),
        (transpose(beta) * g, "transpose is taken of a scalar"),
        (clip(g, -beta, theta[t - 1]), "a bound of clip is a tensor"),
    ],
)
def test_misfits(step, momentum, refused, value, named):
    refused(step(value, hyper=[momentum().hyper[1]]), "shape", "theta[t] = ", named)


def test_misfit_through_an_intermediate(momentum, refused):
    spec = momentum()
    more = [Update(d[t], beta * norm(g)), Update(theta[t], theta[t - 1] - lr * norm(d[t]) * m[t])]
    refused(momentum(updates=[spec.updates[0], *more]), "shape", "norm(d[t])")
