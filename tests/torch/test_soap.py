"""SOAP: beside its definition in float64, by the decompositions of the library it runs in.

Where a gradient has fewer rows than columns, or more, the first basis is of a matrix that is
singular, and any of the space that it leaves open will do: libraries choose others, and a step sees
which. So the definition is written by the decompositions that the class under test calls, of a
matrix made by the same products: one rounding of another kind, and another space is left open.
"""

from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch
from torch import Tensor

STEPS = 12
SHAPES = ((4, 6), (6, 4), (5, 5), (7,), (), (2, 3, 3), (3, 2, 2, 1))
WAYS: dict[str, dict[str, Any]] = {
    "loop": {"foreach": False},
    "foreach": {"foreach": True},
    "capturable": {"capturable": True},
}
SETTINGS: list[dict[str, Any]] = [
    {"precondition_frequency": 3},
    {"precondition_frequency": 1, "shampoo_beta": 0.5, "weight_decay": 0.5, "betas": (0.9, 0.8)},
    {"precondition_frequency": 2, "max_precond_dim": 5, "correct_bias": False, "eps": 1e-3},
    {},
]
NUMPY = SimpleNamespace(
    product=np.matmul,
    eigh=lambda x: np.linalg.eigh(x).eigenvectors[:, ::-1],
    qr=lambda x: np.linalg.qr(x).Q,
)
TORCH = SimpleNamespace(
    product=lambda x, y: (torch.from_numpy(x) @ torch.from_numpy(y)).numpy(),
    eigh=lambda x: torch.linalg.eigh(torch.from_numpy(x.copy())).eigenvectors.flip(1).numpy(),
    qr=lambda x: torch.linalg.qr(torch.from_numpy(x.copy())).Q.numpy(),
)


def expected(start: np.ndarray, gradients: list[np.ndarray], by: Any, **settings: Any) -> Any:
    """The parameter after steps along some gradients, as nikhilvyas/SOAP takes them."""
    if start.ndim == 4:
        flat = [g.reshape(len(g), -1) for g in gradients]
        return expected(start.reshape(len(start), -1), flat, by, **settings).reshape(start.shape)
    if start.ndim == 3:
        each = [
            expected(x, list(own), by, **settings)
            for x, own in zip(start, np.stack(gradients, 1), strict=True)
        ]
        return np.stack(each)
    lr, eps, decay = 0.1, settings.get("eps", 1e-8), settings.get("weight_decay", 0.01)
    b1, b2 = settings.get("betas", (0.95, 0.95))
    kept = settings.get("shampoo_beta", b2)
    most = settings.get("max_precond_dim", 10000)
    axes = [i for i in range(start.ndim) if start.ndim == 2 and start.shape[i] <= most]
    theta, m, v = start.copy(), np.zeros_like(start), np.zeros_like(start)
    gram = {i: np.zeros((start.shape[i],) * 2) for i in axes}
    q: dict[int, np.ndarray] = {}

    def turned(x: np.ndarray, *, back: bool = False) -> np.ndarray:
        for i in axes:
            side = q[i] if back else q[i].T
            x = side @ x if i == 0 else x @ side.T
        return x

    for k, g in enumerate(gradients):
        if k:
            m = b1 * m + (1 - b1) * g
            v = b2 * v + (1 - b2) * turned(g) ** 2
            rate = lr
            if settings.get("correct_bias", True):
                rate *= np.sqrt(1 - b2**k) / (1 - b1**k)
            theta = theta - rate * turned(turned(m) / (np.sqrt(v) + eps), back=True)
            theta = theta - lr * decay * theta
        for i in axes:
            side = g if i == 0 else g.T
            gram[i] = kept * gram[i] + (1 - kept) * by.product(side, side.T)
            if not k:
                q[i] = by.eigh(gram[i])
            elif k % settings.get("precondition_frequency", 10) == 0:
                order = np.argsort(-np.diag(q[i].T @ gram[i] @ q[i]))
                v = np.take(v, order, axis=i)
                q[i] = by.qr(gram[i] @ q[i][:, order])
    return theta


def drawn(shape: tuple[int, ...]) -> tuple[np.ndarray, list[np.ndarray]]:
    start, *gradients = np.random.default_rng(0).standard_normal((1 + STEPS, *shape))
    return np.asarray(start), [np.asarray(g) for g in gradients]


def train(optimizer: Any, params: list[Tensor], gradients: list[list[np.ndarray]]) -> None:
    for each in zip(*gradients, strict=True):
        for p, grad in zip(params, each, strict=True):
            p.grad = torch.as_tensor(grad).to(p.dtype)
        optimizer.step()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_steps_are_those_of_the_definition(settings: dict[str, Any], way: str) -> None:
    starts, gradients = zip(*map(drawn, SHAPES), strict=True)
    params = [torch.nn.Parameter(torch.tensor(x)) for x in starts]
    optimizer = steprule.torch.SOAP(params, lr=0.1, **settings, **WAYS[way])
    train(optimizer, params, [*gradients])
    for p, start, own in zip(params, starts, gradients, strict=True):
        wanted = expected(start, own, TORCH, **settings)
        # Many roundings of 1e-16.
        np.testing.assert_allclose(p.detach().numpy(), wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_numpy_takes_the_same_steps(settings: dict[str, Any]) -> None:
    for shape in SHAPES:
        start, gradients = drawn(shape)
        theta, optimizer = start.copy(), steprule.numpy.SOAP(lr=0.1, **settings)
        for grad in gradients:
            optimizer.update(theta, grad)
        wanted = expected(start, gradients, NUMPY, **settings)
        np.testing.assert_allclose(theta, wanted, rtol=0, atol=1e-12)


class Counted:
    """How many matrices each call of a decomposition was given."""

    def __init__(self) -> None:
        self.eigh: list[int] = []
        self.qr: list[int] = []

    def of(self, name: str, function: Any) -> Any:
        def called(x: Tensor) -> Any:
            getattr(self, name).append(x[..., 0, 0].numel())
            return function(x)

        return mock.patch.object(torch.linalg, name, called)


@pytest.mark.parametrize("foreach", [False, True])
def test_a_step_decomposes_no_more_than_it_says_and_equal_shapes_at_once(foreach: bool) -> None:
    params = [torch.nn.Parameter(torch.zeros(3, 3)) for _ in range(4)]
    optimizer = steprule.torch.SOAP(params, precondition_frequency=2, foreach=foreach)
    counted = Counted()
    with counted.of("eigh", torch.linalg.eigh), counted.of("qr", torch.linalg.qr):
        for t in range(1, 6):
            train(optimizer, params, [[np.random.default_rng(t).normal(size=(3, 3))]] * 4)
            of_both_sides = [4] * 2 if foreach else [1] * 8
            assert counted.eigh == (of_both_sides if t == 1 else [])
            assert counted.qr == (of_both_sides if t in (3, 5) else [])
            counted.qr.clear()
            counted.eigh.clear()


def test_equal_matrices_together_are_as_each_by_itself() -> None:
    each = [drawn((4, 4)), *(drawn((1, 4, 4)) for _ in range(2))]
    found = []
    for foreach in (False, True):
        params = [torch.nn.Parameter(torch.tensor(start.reshape(4, 4))) for start, _ in each]
        optimizer = steprule.torch.SOAP(params, precondition_frequency=2, foreach=foreach)
        train(optimizer, params, [[g.reshape(4, 4) for g in own] for _, own in each])
        found.append([p.detach() for p in params])
    # The products of a batch are rounded otherwise than each by itself.
    torch.testing.assert_close(found[1], found[0], rtol=0, atol=1e-12)


def test_a_checkpoint_goes_on() -> None:
    start, gradients = drawn((4, 4))
    params = [torch.nn.Parameter(torch.tensor(start)) for _ in range(2)]
    one, other = (steprule.torch.SOAP([p], precondition_frequency=3) for p in params)
    train(one, params[:1], [gradients[:5]])
    other.load_state_dict(one.state_dict())
    with torch.no_grad():
        params[1].copy_(params[0])
    train(one, params[:1], [gradients[5:]])
    train(other, params[1:], [gradients[5:]])
    assert torch.equal(params[0], params[1])
    kept = {"exp_avg", "exp_avg_sq", "GG_left", "GG_right", "Q_left", "Q_right", "step"}
    assert other.state[params[1]].keys() == kept


@pytest.mark.parametrize("foreach", [False, True])
def test_bases_of_halves_are_found_in_float32(foreach: bool) -> None:
    start, gradients = drawn((4, 4))
    p = torch.nn.Parameter(torch.tensor(start).bfloat16())
    optimizer = steprule.torch.SOAP([p], precondition_frequency=2, foreach=foreach)
    train(optimizer, [p], [gradients])
    q = optimizer.state[p]["Q_left"]
    assert q.dtype is torch.bfloat16
    # Each of its elements has been rounded to 8 bits.
    torch.testing.assert_close(q.float() @ q.float().mT, torch.eye(4), rtol=0, atol=4 * 2.0**-8)


@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_a_gradient_that_is_not_finite_makes_nan_and_no_error(library: str) -> None:
    start, gradients = drawn((3, 3))
    gradients[1][0, 0] = np.inf
    theta = torch.nn.Parameter(torch.tensor(start))
    if library == "torch":
        optimizer: Any = steprule.torch.SOAP([theta], precondition_frequency=1)
        train(optimizer, [theta], [gradients[:3]])
    else:
        optimizer = steprule.numpy.SOAP(precondition_frequency=1)
        for g in gradients[:3]:
            with np.errstate(all="ignore"):
                optimizer.update(theta.detach().numpy(), g)
    assert torch.isnan(theta).all()
