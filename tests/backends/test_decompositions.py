"""Matrices taken apart in the step that reads them, on NumPy's arrays and torch's, against NumPy.

Functions of matrices do not depend on which of their factors were found.
"""

import numpy as np
import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Optimizer,
    State,
    Update,
    cols,
    eigenvalues,
    eigenvectors,
    grad,
    hyperparameters,
    matmul,
    qr,
    rows,
    states,
    t,
    theta,
    transpose,
)
from sympy import Eq, Max, Mod, Piecewise, Rational

lr, eps = hyperparameters("lr eps")
L, R, U, V = states("L R U V")
G = grad(theta[t - 1])
HYPER = [Hyper(lr, "0.1", NON_NEGATIVE, "rate"), Hyper(eps, "1e-6", POSITIVE, "least eigenvalue")]


def root(Q, A):
    """The inverse fourth root of a matrix."""
    return matmul(Q * Max(eigenvalues(A), eps) ** Rational(-1, 4), transpose(Q))


SHAMPOO = Optimizer(
    "Shampoo",
    summary="Shampoo.",
    source="Gupta et al., 2018, arXiv:1802.09568, Algorithm 1",
    hyper=HYPER,
    states=[
        *(State(s, init=0, shape=(rows, rows), key=s.name) for s in (L, U)),
        *(State(s, init=0, shape=(cols, cols), key=s.name) for s in (R, V)),
    ],
    updates=[
        Update(L[t], L[t - 1] + matmul(G, transpose(G))),
        Update(R[t], R[t - 1] + matmul(transpose(G), G)),
        Update(U[t], eigenvectors(L[t])),
        Update(V[t], eigenvectors(R[t])),
        Update(theta[t], theta[t - 1] - lr * matmul(root(U[t], L[t]), G, root(V[t], R[t]))),
    ],
)
PROJECTED = Optimizer(
    "Projected",
    summary="Steps in a basis that is found every three steps.",
    source="here",
    hyper=HYPER,
    states=[State(U, init=0, shape=(rows, rows), key="U")],
    updates=[
        Update(
            U[t],
            Piecewise(
                (qr(matmul(G, transpose(G)) + matmul(U[t - 1], U[t - 1])), Eq(Mod(t, 3), 1)),
                (U[t - 1], True),
            ),
        ),
        Update(
            theta[t],
            theta[t - 1] - lr * matmul(U[t], matmul(transpose(U[t]), G) ** 3) / Max(eps, 1),
        ),
    ],
)
"""Cubes do not see which sign a column has."""

SHAPES = ((3, 4), (4, 3), (2, 3, 3))


def of_shampoo(start, gradients):
    left = right = 0.0

    def power(a):
        values, vectors = np.linalg.eigh(a)
        scaled = vectors * np.maximum(values, 1e-6)[..., None, :] ** -0.25
        return scaled @ vectors.mT

    for g in gradients:
        left, right = left + g @ g.mT, right + g.mT @ g
        start = start - 0.1 * power(left) @ g @ power(right)
    return start


def of_projected(start, gradients):
    basis = np.zeros((*start.shape[:-1], start.shape[-2]))
    for k, g in enumerate(gradients):
        if k % 3 == 0:
            basis = np.linalg.qr(g @ g.mT + basis @ basis).Q
        start = start - 0.1 * basis @ (basis.mT @ g) ** 3
    return start


RULES = {"Shampoo": (SHAMPOO, of_shampoo), "Projected": (PROJECTED, of_projected)}


@pytest.fixture(scope="module")
def rules(package):
    return package([analyse(spec) for spec, _ in RULES.values()], formatted=False)


@pytest.mark.parametrize("form", ["numpy", "loop", "foreach"])
@pytest.mark.parametrize("name", RULES)
def test_values(name, form, rules):
    spec, expected = RULES[name]
    drawn = [np.random.default_rng(k).uniform(-1, 1, (8, *s)) for k, s in enumerate(SHAPES * 2)]
    starts, gradients = [x[0].copy() for x in drawn], [x[1:] for x in drawn]
    if form == "numpy":
        optimizer = rules.optimizer("numpy", analyse(spec))()
        for each in zip(*gradients, strict=True):
            optimizer.update(starts, [*each])
        found = starts
    else:
        params = [torch.nn.Parameter(torch.from_numpy(x.copy())) for x in starts]
        optimizer = rules.optimizer("torch", analyse(spec))(params, foreach=form == "foreach")
        for each in zip(*gradients, strict=True):
            for p, g in zip(params, each, strict=True):
                p.grad = torch.from_numpy(g)
            optimizer.step()
        found = [p.detach().numpy() for p in params]
    for x, start, own in zip(found, [x[0] for x in drawn], gradients, strict=True):
        # A matrix is known to a few roundings, and its least root by 1e6 ** (1/4) times those.
        np.testing.assert_allclose(x, expected(start, own), rtol=0, atol=1e-11)
