"""Sparse gradients: what a rule takes them for is derived, and its steps are as torch's."""

from inspect import signature
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import steprule.torch
import torch
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.load import builtin
from steprule.codegen.program.rest import at_rest
from steprule.specs.language import Optimizer
from torch import Tensor
from torch.testing import assert_close

TAKING = {
    "SGD": {"lr": 0.5},
    "Adagrad": {"lr": 0.5, "lr_decay": 0.1, "initial_accumulator_value": 0.25},
    "SparseAdam": {"lr": 0.5, "betas": (0.8, 0.9)},
}
MODES = pytest.mark.parametrize(
    "how", [{}, {"foreach": True}, {"foreach": False}, {"maximize": True}], ids=str
)
EXACT: dict[str, Any] = {"rtol": 0, "atol": 0}


def gradient(seed: int, rows: int = 6, dtype: torch.dtype = torch.float64) -> Tensor:
    """Of some rows of a matrix, of which one stands twice."""
    generator = torch.Generator().manual_seed(seed)
    where = torch.randperm(rows, generator=generator)[:3]
    values = torch.randn(4, 2, generator=generator, dtype=dtype)
    return torch.sparse_coo_tensor(torch.stack([torch.cat([where, where[:1]])]), values, (rows, 2))


def matrix(dtype: torch.dtype = torch.float64) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(6, 2, generator=generator, dtype=dtype).requires_grad_()


@pytest.mark.parametrize("name", TAKING)
@MODES
@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128], ids=str)
def test_as_with_dense_gradients_and_as_torch(
    name: str, how: dict[str, bool], dtype: torch.dtype
) -> None:
    mine, dense, theirs = (matrix(dtype) for _ in range(3))
    make, peer = getattr(steprule.torch, name), getattr(torch.optim, name)
    ours, other = make([mine], **TAKING[name], **how), make([dense], **TAKING[name], **how)
    known = {key: value for key, value in how.items() if key in signature(peer).parameters}
    torchs = None if dtype.is_complex else peer([theirs], **TAKING[name], **known)
    for seed in range(4):
        mine.grad = gradient(seed, dtype=dtype)
        dense.grad = mine.grad.to_dense()
        theirs.grad = mine.grad.clone()
        ours.step()
        other.step()
        if torchs:  # of complex numbers, torch takes other squares here, or none
            torchs.step()
    assert_close(mine, dense, rtol=1e-14, atol=1e-15)  # one order of operations or another
    for key, value in other.state[dense].items():
        assert_close(ours.state[mine][key], value, rtol=1e-14, atol=1e-15)
    if torchs:
        assert_close(mine, theirs, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("name", TAKING)
def test_rows_without_a_gradient_stay(name: str) -> None:
    p = matrix()
    before = p.detach().clone()
    optimizer = getattr(steprule.torch, name)([p], **TAKING[name])
    p.grad = torch.sparse_coo_tensor([[1, 4]], torch.ones(2, 2, dtype=p.dtype), (6, 2))
    optimizer.step()
    assert (p != before).any(1).nonzero().flatten().tolist() == [1, 4]


@pytest.mark.parametrize("limit", ["clipvalue", "clipnorm", "global_clipnorm"])
@pytest.mark.parametrize("name", TAKING)
def test_clipped(name: str, limit: str) -> None:
    """The norm is of the sums, and over dense gradients too."""
    first, second = [matrix(), matrix()], [matrix(), matrix()]
    make = getattr(steprule.torch, name)
    ours, other = (make(ps, **TAKING[name], **{limit: 0.3}) for ps in (first, second))
    for seed in range(2):
        first[0].grad, first[1].grad = gradient(seed), torch.full((6, 2), 0.7, dtype=torch.float64)
        second[0].grad, second[1].grad = first[0].grad.to_dense(), first[1].grad
        ours.step()
        other.step()
    for p, q in zip(first, second, strict=True):
        assert_close(p, q, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("name", TAKING)
@pytest.mark.parametrize("more", [{"fused": True}, {"capturable": True}], ids=str)
def test_beside_dense_gradients_in_other_modes(name: str, more: dict[str, bool]) -> None:
    first, second = [matrix(), matrix()], [matrix(), matrix()]
    make = getattr(steprule.torch, name)
    ours, other = make(first, **TAKING[name], **more), make(second, **TAKING[name])
    for sparse in (False, True, False):  # after a step of dense ones, whose batch is kept
        for (p, q), seed in product([(first, second)], [1]):
            own = gradient(seed)
            p[0].grad = own if sparse else own.to_dense()
            q[0].grad = own.to_dense()
            p[1].grad = q[1].grad = torch.ones(6, 2, dtype=torch.float64)
        ours.step()
        other.step()
    for p, q in zip(first, second, strict=True):
        assert_close(p, q, rtol=1e-13, atol=1e-14)


def test_an_embedding_of_torch() -> None:
    ours, theirs = (torch.nn.Embedding(5, 3, sparse=True) for _ in range(2))
    theirs.load_state_dict(ours.state_dict())
    pairs = [
        (ours, steprule.torch.Adagrad(ours.parameters())),
        (theirs, torch.optim.Adagrad(theirs.parameters())),
    ]
    for words in ([0, 1, 1], [4], [1, 4]):
        for model, optimizer in pairs:
            optimizer.zero_grad()
            model(torch.tensor(words)).square().sum().backward()
            optimizer.step()
    # Three steps of float32 arithmetic in another order.
    assert_close(ours.weight, theirs.weight, rtol=1e-6, atol=1e-7)


def test_what_is_named_by_no_row() -> None:
    p = matrix()
    before = p.detach().clone()
    for limit in ({}, {"global_clipnorm": 1.0}):
        optimizer = steprule.torch.Adagrad([p], **limit)
        p.grad = torch.sparse_coo_tensor(
            torch.zeros(1, 0, dtype=torch.long), torch.zeros(0, 2, dtype=torch.float64), (6, 2)
        )
        optimizer.step()
        assert torch.equal(p, before)
        assert optimizer.state[p]["step"].item() == 1.0


@pytest.mark.parametrize(
    ("name", "more", "message"),
    [
        ("SGD", {"momentum": 0.9}, "unless momentum == 0 and weight_decay == 0"),
        ("SGD", {"weight_decay": 0.1}, "unless momentum == 0 and weight_decay == 0"),
        ("Adagrad", {"weight_decay": 0.1}, "unless weight_decay == 0"),
        ("Adam", {}, "Adam does not support sparse gradients$"),
        ("Lion", {}, "Lion does not support sparse gradients$"),
    ],
)
def test_where_a_row_of_zeros_would_move(name: str, more: dict[str, float], message: str) -> None:
    a, b = matrix(), matrix()
    optimizer = getattr(steprule.torch, name)([a, b], **more)
    a.grad, b.grad = torch.ones_like(a), gradient(1)
    before = a.detach().clone()
    with pytest.raises(RuntimeError, match=message):
        optimizer.step()
    assert torch.equal(a, before)


def test_what_is_derived() -> None:
    rules = {n: analyse(s) for n, s in builtin().items() if isinstance(s, Optimizer)}
    found = {name: at_rest(spec) for name, spec in rules.items()}
    assert {name: settings for name, settings in found.items() if settings} == {
        **{
            name: [{"momentum": True, "weight_decay": True}]
            for name in ("SGD", "SGDW", "SignSGD", "Signum", "PID")
        },
        "Adagrad": [{"weight_decay": True}],
        "Kate": [{"weight_decay": True}],
        "SparseAdam": [{}],
    }


SIGNS = """
from sympy import Piecewise
from steprule.specs.language import (
    NON_NEGATIVE, Hyper, Optimizer, Option, State, Update, flags, grad, hyperparameters, states, t,
    theta,
)
lr, pull = hyperparameters("lr pull")
(drawn,) = flags("drawn")
(seen,) = states("seen")
g = grad(theta[t - 1])
signs = Optimizer(
    "Signs",
    summary="Smaller steps, which can be drawn back.",
    source="Nobody",
    hyper=[
        Hyper(lr, "0.5", NON_NEGATIVE, "rate"),
        Hyper(pull, "0.5", NON_NEGATIVE, "pull"),
        Option(drawn, "draw back"),
    ],
    states=[State(seen, init=0, key="seen")],
    updates=[
        Update(seen[t], seen[t - 1] + g),
        Update(
            theta[t],
            theta[t - 1]
            - lr * g / (1 + seen[t] ** 2)
            - Piecewise((pull * theta[t - 1], drawn), (0, True)),
        ),
    ],
)
"""


def test_a_rule_of_ones_own(tmp_path: Path, python: Any) -> None:
    """It takes them where an element that is not named would stay, by any of its settings."""
    (tmp_path / "signs.py").write_text(SIGNS)
    made = python("-m", "steprule.codegen", "generate", "signs.py", "--out", "rules", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    ran = python(
        """
        import torch
        from rules.torch import Signs
        for more in ({}, {"drawn": True}, {"drawn": True, "pull": 0.0}):
            p = torch.ones(3).requires_grad_()
            optimizer = Signs([p], **more)
            p.grad = torch.sparse_coo_tensor([[1, 1]], [2.0, -3.0], (3,))
            try:
                optimizer.step()
            except RuntimeError as error:
                print(error)
            else:
                print(p.tolist(), optimizer.state[p]["seen"].tolist())
        """,
        cwd=tmp_path,
    )
    assert ran.stdout.splitlines() == [
        "[1.0, 1.25, 1.0] [0.0, -1.0, 0.0]",
        "Signs does not support sparse gradients unless pull == 0 or not drawn",
        "[1.0, 1.25, 1.0] [0.0, -1.0, 0.0]",
    ], ran.stderr
