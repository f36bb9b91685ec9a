"""Rule shape: tensors and scalars stand where they can."""

import re
from dataclasses import replace

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    Shape,
    State,
    Update,
    amax,
    clip,
    cols,
    grad,
    hyperparameters,
    identity,
    intermediates,
    iterate,
    matmul,
    mean,
    ndim,
    norm,
    numel,
    rms,
    rows,
    states,
    stored,
    t,
    theta,
    total,
    trace,
    transpose,
)
from sympy import Abs, Max, Mod, cos, floor, sqrt

lr, beta = hyperparameters("lr beta")
(m,) = states("m")
(d,) = intermediates("d")
g = grad(theta[t - 1])
GRAM = matmul(g, transpose(g))
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
    refused(spec, "shape", "m is a tensor, and its equation gives a scalar", "Shape.PER_TENSOR")


def test_parameter_of_a_scalar(step, refused):
    spec = replace(step(1), updates=(Update(theta[t], lr * norm(g)),))
    refused(spec, "shape", "theta is a tensor", "gives a scalar")


@pytest.mark.parametrize(
    "value",
    [
        beta * norm(beta * g) * g,
        beta * mean(g**2) * g,
        beta * matmul(matmul(g, transpose(g)), g),
        clip(g, -beta, norm(g)),
        beta * trace(matmul(g, transpose(g))) * matmul(identity(rows), g, identity(cols)),
        beta * iterate(3, g, lambda X: X - beta * matmul(X, transpose(X), X)),
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
        (trace(g) * beta * g, "trace is taken of a tensor"),
        (matmul(identity(cols), g) * beta, "of a value of shape (cols, cols) and a tensor"),
        (
            iterate(2, beta * g, lambda X: matmul(X, transpose(X))),
            "a round of iterate starts from a tensor and gives a value of shape (rows, rows)",
        ),
        (iterate(2, g, lambda X: beta * X + matmul(X, X)), "matrices, of a tensor and a tensor"),
        (beta * iterate(t / 2, g, lambda X: X + X), "the rounds of iterate are no whole number"),
        (iterate(beta, g, lambda X: X + g), "the rounds of iterate are no whole number"),
        (iterate(2, beta, lambda x: x + 1) * g, "iterate is taken of a scalar"),
        (clip(g, -beta, theta[t - 1]), "a bound of clip is a tensor"),
        (stored(beta) * g, "stored is taken of a scalar: stored(beta)"),
        (stored(norm(g)) * beta * g, "stored is taken of a scalar"),
        (floor(beta * g), "floor is taken of a tensor: floor(beta*grad(theta[t-1]))"),
        (beta * cos(theta[t - 1]), "cos is taken of a tensor: cos(theta[t-1])"),
        (Mod(beta, Abs(g) + 1), "Mod is taken of a tensor"),
        (floor(norm(g)) * beta * g, "floor is taken of what is reduced from a tensor"),
    ],
)
def test_misfits(step, momentum, refused, value, named):
    refused(step(value, hyper=[momentum().hyper[1]]), "shape", "theta[t] = ", named)


def test_function_of_the_host_through_an_intermediate(momentum, refused):
    more = [Update(d[t], norm(g)), Update(theta[t], theta[t - 1] - lr * cos(d[t]) * m[t])]
    spec = momentum(updates=[momentum().updates[0], *more])
    refused(
        spec,
        "shape",
        "cos is taken of what is reduced",
        "t, hyperparameters and scalar states, and what goes over all of them",
    )


def test_misfit_through_an_intermediate(momentum, refused):
    spec = momentum()
    more = [Update(d[t], beta * norm(g)), Update(theta[t], theta[t - 1] - lr * norm(d[t]) * m[t])]
    refused(momentum(updates=[spec.updates[0], *more]), "shape", "norm(d[t])")


ROWS = State(m, 0, "m", shape=(rows,))


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (Shape.PER_TENSOR, beta * m[t - 1] + norm(g)),
        (Shape.PER_TENSOR, total(g)),
        ((rows,), beta * m[t - 1] + mean(g**2, over=cols)),
        ((cols,), amax(g * theta[t - 1], over=rows)),
        ((rows, rows), m[t - 1] + matmul(g, transpose(g))),
        ((rows, rows), GRAM / (1 + norm(GRAM, over=(rows, rows)))),
        (Shape.TENSOR, g / (1 + norm(matmul(transpose(g), g), over=(cols, cols)))),
        (Shape.TENSOR, g / (1 + norm(transpose(g), over=(rows, cols)))),
        ((cols, cols), transpose(matmul(transpose(g), g))),
        ((rows, cols), beta * m[t - 1] + g),
        (Shape.TENSOR, sqrt(rows / cols) * g / Max(1, rms(g))),
        (Shape.TENSOR, mean(g, over=rows) * mean(g, over=cols)),
    ],
)
def test_shapes(momentum, shape, value):
    step = matmul(m[t], g) if shape == (rows, rows) else g * norm(m[t])
    step = matmul(g, m[t]) if shape == (cols, cols) else step
    step = g * m[t] if shape in (Shape.SCALAR, Shape.PER_TENSOR) else step
    more = [Update(m[t], value), Update(theta[t], theta[t - 1] - lr * beta * step)]
    assert analyse(momentum(states=[replace(ROWS, shape=shape)], updates=more))


@pytest.mark.parametrize(
    ("shape", "value", "words"),
    [
        ((rows,), beta * mean(g, over=rows), ["m is of shape (rows, 1)", "of shape (1, cols)"]),
        ((rows,), beta * g, ["m is of shape (rows, 1)", "gives a tensor", "Shape.TENSOR"]),
        ((cols,), beta * norm(g), ["m is of shape (1, cols)", "gives a scalar", "PER_TENSOR"]),
        ((cols,), m[t - 1] + beta * mean(g, over=cols), ["gives a tensor", "shape=(rows,)"]),
        (Shape.TENSOR, beta * mean(g, over=cols), ["m is a tensor", "shape=(rows,)"]),
        (Shape.TENSOR, beta * matmul(g, transpose(g)), ["a tensor", "shape=(rows, rows)"]),
        (Shape.PER_TENSOR, beta * g, ["m is one number a tensor", "gives a tensor"]),
        (Shape.TENSOR, beta * matmul(g, g), ["a product of matrices, of a tensor and a tensor"]),
        (Shape.TENSOR, g + transpose(beta * g), ["a tensor meets a value of shape (cols, rows)"]),
        (
            (rows,),
            mean(mean(g * beta, over=cols), over=cols),
            ["mean goes over cols of a value of shape (rows, 1)", "Name both axes that it has"],
        ),
        (
            (rows, rows),
            beta * norm(GRAM, over=(rows, cols)) * GRAM,
            ["norm goes over rows, cols of a value of shape (rows, rows)"],
        ),
        (
            (rows,),
            beta * transpose(mean(g, over=cols)),
            ["of shape (1, rows)", "Transpose what it gives"],
        ),
    ],
)
def test_misfits_of_shapes(momentum, refused, shape, value, words):
    more = [Update(m[t], value), Update(theta[t], theta[t - 1] - lr * norm(m[t]) * g)]
    refused(momentum(states=[replace(ROWS, shape=shape)], updates=more), "shape", "m[t] = ", *words)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mean(g, over="cols"), "mean can go over rows, cols and basis, not over 'cols'"),
        (lambda: mean(g, over=1), "not over 1"),
        (lambda: mean(g, axis=1), "mean has no argument axis"),
        (lambda: norm(g, over=(rows, cols, rows)), "norm goes over one axis or two, not over 3"),
        (lambda: norm(g, theta[t - 1]), "norm is of one tensor, not of 2"),
    ],
)
def test_reductions_of_what_is_none(call, words):
    with pytest.raises(TypeError, match=re.escape(words)):
        call()


def test_a_scalar_state_of_a_shape(momentum, refused):
    spec = momentum(states=[SCALAR], updates=updates(beta * m[t - 1] + numel))
    refused(spec, "shape", "m is one number for all tensors", "reads numel of one", "PER_TENSOR")


def test_a_state_of_no_shape(momentum, refused):
    refused(momentum(states=[replace(ROWS, shape=("rows",))]), "kind", "shape of State(", "Shape")


def test_a_state_read_where_the_shape_rules_it_out(momentum, refused):
    kept = replace(ROWS, shape=Shape.TENSOR, when=ndim >= 2)
    spec = momentum(states=[kept], updates=updates(beta * m[t - 1] + g))
    refused(spec, "existence", "m[t] is read when ndim = ")
