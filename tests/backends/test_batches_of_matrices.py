"""Heads over whole tensors, on tensors of any number of axes: NumPy and torch alike."""

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    State,
    Update,
    amax,
    cols,
    grad,
    hyperparameters,
    intermediates,
    matmul,
    mean,
    norm,
    rows,
    states,
    t,
    theta,
    total,
    transpose,
)

(lr,) = hyperparameters("lr")
(m,) = states("m")
(x,) = intermediates("x")
G, P = grad(theta[t - 1]), theta[t - 1]

HEADS = {
    "Products": G + matmul(matmul(G, transpose(G)), G) / 8,
    "Transposes": transpose(transpose(G) + 2 * transpose(m[t - 1]))
    + matmul(G, matmul(transpose(P), P)),
    "Reductions": G / (1 + norm(G)) + mean(P) * G,
    "Squares": G / (1 + norm(matmul(G, transpose(G)), over=(rows, rows)))
    + total(matmul(transpose(G), P), over=(cols, cols)) * G / 8
    + amax(transpose(P), over=(rows, cols)) * G,
}


def rule(name):
    return analyse(
        Optimizer(
            name,
            summary=name,
            source="here",
            hyper=[Hyper(lr, "0.5", NON_NEGATIVE, "rate")],
            states=[State(m, init=0, key="m")],
            updates=[
                Update(x[t], HEADS[name]),
                Update(m[t], (m[t - 1] + x[t]) / 2),
                Update(theta[t], P - lr * m[t]),
            ],
        )
    )


@pytest.fixture(scope="module")
def rules(package):
    return package([rule(name) for name in HEADS], formatted=False)


def run(rules, name, form, theta, gradients):
    """The parameter after a step along each gradient."""
    import torch

    if form == "numpy":
        theta = theta.copy()
        optimizer = rules.optimizer("numpy", rule(name))()
        for g in gradients:
            optimizer.update(theta, g)
        return theta
    p = torch.nn.Parameter(torch.from_numpy(theta.copy()))
    optimizer = rules.optimizer("torch", rule(name))([p], foreach=form == "foreach")
    for g in gradients:
        p.grad = torch.from_numpy(g)
        optimizer.step()
    return p.detach().numpy()


def drawn(shape):
    rng = np.random.default_rng(7)
    return rng.uniform(-1, 1, shape), [rng.uniform(-1, 1, shape) for _ in range(2)]


@pytest.mark.parametrize("form", ["numpy", "loop", "foreach"])
@pytest.mark.parametrize("name", ["Products", "Transposes"])
@pytest.mark.parametrize("batch", [(4,), (3, 2), (1, 4)], ids=str)
def test_a_batch_is_its_matrices_one_by_one(batch, name, form, rules):
    theta, gradients = drawn((*batch, 3, 3))
    found = run(rules, name, form, theta, gradients)
    for i in np.ndindex(batch):
        alone = run(rules, name, form, theta[i], [g[i] for g in gradients])
        # Sums of three products, in another order where a library multiplies in batches.
        np.testing.assert_allclose(found[i], alone, rtol=1e-13, atol=1e-14)


def test_a_batch_by_hand(rules):
    g = np.arange(8.0).reshape(2, 2, 2)
    expected = g + np.einsum("bij,bkj,bkl->bil", g, g, g) / 8
    theta = run(rules, "Products", "numpy", np.zeros_like(g), [g])
    np.testing.assert_array_equal(theta, -0.25 * expected)  # exact: eighths of whole numbers


@pytest.mark.parametrize("form", ["numpy", "loop", "foreach"])
@pytest.mark.parametrize("shape", [(), (5,), (2, 3, 4), (2, 2, 3, 2)], ids=str)
def test_reductions_are_over_all_axes(shape, form, rules):
    theta, (g, _) = drawn(shape)
    x = g / (1 + np.sqrt(np.sum(g * g))) + np.sum(theta) / theta.size * g
    found = run(rules, "Reductions", form, theta, [g])
    # Sums of up to 24 numbers of size 1, in any order.
    np.testing.assert_allclose(found, theta - 0.25 * x, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("form", ["numpy", "loop", "foreach"])
@pytest.mark.parametrize("shape", [(), (3,)], ids=str)
def test_what_is_no_matrix_is_refused_before_anything_changes(shape, form, rules):
    import torch

    cls = rules.optimizer("numpy" if form == "numpy" else "torch", rule("Products"))
    params = [np.ones((2, 2)), np.ones(shape)]
    if form == "numpy":
        optimizer, arguments = cls(), (params, [np.ones((2, 2)), np.ones(shape)])
        step = optimizer.update
    else:
        wrapped = [torch.nn.Parameter(torch.from_numpy(x)) for x in params]
        for p in wrapped:
            p.grad = torch.ones_like(p)
        step, arguments = cls, (wrapped,)
    with pytest.raises(ValueError, match=r"Products works on matrices, and .* has shape \("):
        step(*arguments)
    np.testing.assert_array_equal(params[0], 1)


@pytest.mark.parametrize("form", ["numpy", "loop", "foreach"])
@pytest.mark.parametrize("shape", [(2, 3), (4, 3, 2), (2, 2, 2, 5)], ids=str)
def test_two_axes_are_all_of_each_matrix(shape, form, rules):
    theta, (g, _) = drawn(shape)
    x = np.empty_like(g)
    for i in np.ndindex(shape[:-2]):
        size = np.linalg.norm(g[i] @ g[i].T, "fro")
        x[i] = g[i] * (1 / (1 + size) + (g[i].T @ theta[i]).sum() / 8 + theta[i].max())
    # Sums of up to 25 numbers of size 1, in any order.
    np.testing.assert_allclose(
        run(rules, "Squares", form, theta, [g]), theta - 0.25 * x, rtol=1e-13, atol=1e-14
    )
