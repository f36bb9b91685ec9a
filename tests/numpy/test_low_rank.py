"""Rules that keep a few directions of a matrix, against what their papers say, written out."""

import numpy as np
import pytest
import steprule.numpy as rules
from steprule.numpy._random import columns

SHAPES = ((4, 6), (6, 4), (5, 5))
RANK, STEPS = 2, 5


def drawn(shape):
    rng = np.random.default_rng(7)
    return rng.uniform(-1, 1, shape), rng.uniform(-1, 1, (STEPS, *shape))


class Adam:
    """Directions of Adam of what it is given."""

    def __init__(self, eps=1e-8):
        self.t = self.m = self.v = 0
        self.eps = eps

    def __call__(self, g):
        self.t += 1
        self.m, self.v = 0.9 * self.m + 0.1 * g, 0.999 * self.v + 0.001 * g * g
        scale = np.sqrt(self.v / (1 - 0.999**self.t)) + self.eps
        return self.m / (1 - 0.9**self.t) / scale


def singular_vectors(g):
    """The leading ones of the shorter side."""
    left, _, right = np.linalg.svd(g)
    return left[:, :RANK] if g.shape[0] <= g.shape[1] else right[:RANK].T


def low(p, g):
    return p.T @ g if g.shape[0] <= g.shape[1] else g @ p


def back(p, x, g):
    return p @ x if g.shape[0] <= g.shape[1] else x @ p.T


@pytest.mark.parametrize("shape", SHAPES)
def test_galore(shape):
    start, gradients = drawn(shape)
    theta, adam = start.copy(), Adam()
    optimizer = rules.GaLore(lr=0.1, rank=RANK, update_proj_gap=10, weight_decay=0.01)
    p = singular_vectors(gradients[0])
    for g in gradients:
        optimizer.update(theta, g)
        start = start * (1 - 0.1 * 0.01) - 0.1 * 0.25 * back(p, adam(low(p, g)), g)
    np.testing.assert_allclose(theta, start, rtol=0, atol=1e-12)


def longer(n, r):
    """By how much Adam makes each of the longer side's longer."""
    axis = 0 if r.shape[0] == RANK else 1
    return np.linalg.norm(n, axis=axis, keepdims=True) / np.linalg.norm(r, axis=axis, keepdims=True)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["APOLLO"])
def test_steps_that_may_not_grow(name, shape):
    start, gradients = drawn(shape)
    gradients *= np.array([1, 5, 1, 9, 1])[:, None, None]
    theta, adam, last = start.copy(), Adam(), np.inf
    optimizer = getattr(rules, name)(lr=0.1, rank=RANK, scale=0.5, growth=1)
    side = "left" if shape[0] <= shape[1] else "right"
    held = 0
    for g in gradients:
        optimizer.update(theta, g)
        p = optimizer.state_dict()[f"p{side}"]  # drawn, or of the first gradient
        r = low(p, g)
        n = adam(r)
        x = g if name == "APOLLO" else g - back(p, r, g)
        x = x * longer(n, r)
        if np.linalg.norm(x) > last:
            x, held = x * (last / np.linalg.norm(x)), held + 1
        last = np.linalg.norm(x)
        start = start - 0.1 * (np.sqrt(0.5) * x if name == "APOLLO" else 0.5 * (back(p, n, g) + x))
    assert held
    np.testing.assert_allclose(theta, start, rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_dion(shape):
    theta, gradients = drawn(shape)
    optimizer = rules.Dion(lr=0.1, mu=0.9, rank=RANK, weight_decay=0.01)
    optimizer.update(theta, gradients[0])
    known = optimizer.state_dict()
    start, m, q = theta.copy(), known["m"].copy(), known["q"].T.copy()
    for g in gradients[1:]:
        optimizer.update(theta, g)
        b = m + g
        p, _ = np.linalg.qr(b @ q)
        r = b.T @ p
        m = b - 0.1 * p @ r.T
        q = r / (np.linalg.norm(r, axis=0) + 1e-8)
        start = start * (1 - 0.1 * 0.01) - 0.1 * np.sqrt(shape[0] / shape[1]) * p @ q.T
    np.testing.assert_allclose(theta, start, rtol=0, atol=1e-12)
    np.testing.assert_allclose(optimizer.state_dict()["m"], m, rtol=0, atol=1e-12)


def test_full_rank_dion_steps_along_the_momentum_s_polar_factor_in_the_end():
    g = np.random.default_rng(3).uniform(-1, 1, (4, 4))
    theta = np.zeros((4, 4))
    optimizer = rules.Dion(lr=1.0, mu=0.0, rank=4, weight_decay=0.0)
    for _ in range(3):
        before = theta.copy()
        optimizer.update(theta, g)
    step = before - theta
    assert np.linalg.matrix_rank(step) == 4
    # What is left of the momentum is nothing, once all of it has been stepped along.
    assert np.abs(optimizer.state_dict()["m"]).max() < 1e-12


def fitted(q, more, less, rate):
    both = more + less
    column = both[:, np.argmax((both**2).sum(0))]
    ahead = both @ column
    size = np.linalg.norm(both @ (ahead / np.linalg.norm(ahead)))
    return q - rate / size * np.triu(more - less) @ q


@pytest.mark.parametrize("shape", SHAPES[:2])
def test_kron(shape):
    theta, gradients = drawn(shape)
    optimizer = rules.Kron(lr=0.1, momentum=0.8, precond_lr=0.2, max_rms=0.5, seed=3)
    start, m = theta.copy(), 0.0
    ql, qr = np.eye(shape[0]), np.eye(shape[1])
    for t, g in enumerate(gradients, 1):
        (((xi,),),) = [columns({"xi": "normal"}, {"xi"}, [theta], 3, t)]
        optimizer.update(theta, g)
        m = 0.8 * m + 0.2 * g
        mean = m / (1 - 0.8**t)
        a = ql @ mean @ qr.T
        b = np.linalg.solve(ql.T, xi) @ np.linalg.inv(qr)
        ql, qr = fitted(ql, a @ a.T, b @ b.T, 0.2), fitted(qr, a.T @ a, b.T @ b, 0.2)
        n = ql.T @ ql @ mean @ qr.T @ qr
        start = start - 0.1 * n * min(1, 0.5 / np.sqrt(np.mean(n**2)))
    np.testing.assert_allclose(theta, start, rtol=0, atol=1e-11)
