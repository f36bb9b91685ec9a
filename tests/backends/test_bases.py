"""A basis of few vectors, and triangles, on NumPy's arrays and torch's, against NumPy.

What is computed does not depend on the signs of the vectors.
"""

import numpy as np
import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    State,
    Update,
    View,
    basis,
    cols,
    counts,
    descending,
    eigenvectors,
    grad,
    hyperparameters,
    intermediates,
    leading,
    lower,
    matmul,
    ndim,
    norm,
    qr,
    rows,
    solve,
    states,
    t,
    theta,
    total,
    transpose,
)

(lr,) = hyperparameters("lr")
(rank,) = counts("rank")
U, V, R = states("U V R")
(x,) = intermediates("x")
G = grad(theta[t - 1])
HYPER = [
    Hyper(lr, "0.1", NON_NEGATIVE, "rate"),
    Hyper(rank, "2", AT_LEAST_ONE, "most vectors", keyword=True),
]

PROJECTED = Optimizer(
    "Projected",
    summary="Steps within a few directions.",
    source="here",
    view=View(flat=ndim >= 4, rank=rank),
    hyper=HYPER,
    states=[
        State(U, init=0, shape=(rows, basis), key="U"),
        State(V, init=0, shape=(cols, basis), key="V"),
        State(R, init=0, shape=(basis,), key="R"),
    ],
    updates=[
        Update(U[t], eigenvectors(matmul(G, transpose(G)), basis)),
        Update(V[t], qr(leading(matmul(transpose(G), G), basis))),
        Update(x[t], matmul(transpose(U[t]), G)),
        Update(R[t], R[t - 1] + total(matmul(G, V[t]) ** 2, over=rows)),
        Update(
            theta[t],
            theta[t - 1]
            - lr
            * (
                matmul(U[t], x[t] / (1 + norm(x[t], over=cols)))
                + matmul(matmul(G, V[t]) * R[t], transpose(V[t])) * basis
            ),
        ),
    ],
)
SOLVED = Optimizer(
    "Solved",
    summary="Steps that a triangle leads back from.",
    source="here",
    hyper=HYPER[:1],
    states=[],
    updates=[
        Update(x[t], matmul(G, transpose(G)) + 2),
        Update(
            theta[t],
            theta[t - 1]
            - lr
            * (
                solve(x[t], G)
                + matmul(lower(x[t]), G)
                + leading(descending(G, total(G, over=rows)), 1)
            ),
        ),
    ],
)

SHAPES = ((3, 4), (4, 3), (2, 3, 3), (1, 4), (3, 2, 2, 1))


def of_projected(start, gradients, kept):
    shape = start.shape
    summed = 0.0
    for g in gradients:
        g = g.reshape(g.shape[0], -1) if g.ndim == 4 else g
        k = min(kept, *g.shape[-2:])
        u = np.linalg.eigh(g @ g.mT).eigenvectors[..., ::-1][..., :k]
        v = np.linalg.qr((g.mT @ g)[..., :k]).Q
        low = u.mT @ g
        summed = summed + ((g @ v) ** 2).sum(-2, keepdims=True)
        step = u @ (low / (1 + np.linalg.norm(low, axis=-1, keepdims=True)))
        step = step + (g @ v * summed) @ v.mT * k
        start = start - 0.1 * step.reshape(shape)
    return start


def of_solved(start, gradients, kept):
    del kept
    for g in gradients:
        x = np.tril(g @ g.mT + 2)
        longest = np.take_along_axis(g, g.sum(-2, keepdims=True).argmax(-1)[..., None], axis=-1)
        start = start - 0.1 * (np.linalg.solve(x, g) + x @ g + longest)
    return start


RULES = {"Projected": (PROJECTED, of_projected, SHAPES), "Solved": (SOLVED, of_solved, SHAPES[:4])}


@pytest.fixture(scope="module")
def rules(package):
    return package([analyse(spec) for spec, *_ in RULES.values()], formatted=False)


@pytest.mark.parametrize("form", ["numpy", "loop", "foreach"])
@pytest.mark.parametrize(("name", "kept"), [("Projected", 2), ("Projected", 1), ("Solved", 2)])
def test_values(name, kept, form, rules):
    spec, expected, shapes = RULES[name]
    drawn = [np.random.default_rng(k).uniform(-1, 1, (5, *s)) for k, s in enumerate(shapes)]
    starts, gradients = [x[0].copy() for x in drawn], [x[1:] for x in drawn]
    given = {"rank": kept} if name == "Projected" else {}
    if form == "numpy":
        optimizer = rules.optimizer("numpy", analyse(spec))(**given)
        for each in zip(*gradients, strict=True):
            optimizer.update(starts, [*each])
        found, kept_states = starts, optimizer.state_dict()
    else:
        params = [torch.nn.Parameter(torch.from_numpy(x.copy())) for x in starts]
        made = rules.optimizer("torch", analyse(spec))
        optimizer = made(params, foreach=form == "foreach", **given)
        for each in zip(*gradients, strict=True):
            for p, g in zip(params, each, strict=True):
                p.grad = torch.from_numpy(g)
            optimizer.step()
        found = [p.detach().numpy() for p in params]
        kept_states = optimizer.state_dict()
        other = made(params, **given)
        other.load_state_dict(kept_states)
    if name == "Projected" and form == "numpy":
        assert kept_states["U/0"].shape == (3, kept)
        assert kept_states["V/2"].shape == (2, 3, kept)
        assert kept_states["R/3"].shape == (1, 1)  # as many as there are rows
        assert kept_states["V/4"].shape == (4, kept)  # of a kernel, seen as 3 by 4
    for x, start, own in zip(found, [x[0] for x in drawn], gradients, strict=True):
        np.testing.assert_allclose(x, expected(start, own, kept), rtol=1e-10, atol=1e-11)
