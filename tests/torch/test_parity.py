"""The values of a step are torch.optim's, whatever the options, tensors and groups."""

from copy import deepcopy
from typing import Any

import pytest
import steprule.torch
import torch
from torch import Tensor
from torch.testing import assert_close

# Four or five steps of float64 arithmetic in another order, and roots of it.
F64: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-14}
# The same in float32, whose unit is 6e-8; differences near zero cancel.
F32: dict[str, Any] = {"rtol": 2e-5, "atol": 2e-6}

FOREACH = pytest.mark.parametrize("foreach", [False, True], ids=["one", "foreach"])


def state_of(optimizer: torch.optim.Optimizer, p: Tensor) -> dict[str, Tensor]:
    return {key: value for key, value in optimizer.state[p].items() if value is not None}


def assert_same(ours: Any, mine: list[Tensor], peer: Any, theirs: list[Tensor], **tol: Any) -> None:
    """Parameters, and states by key, agree."""
    for p, q in zip(mine, theirs, strict=True):
        assert_close(p, q, **tol)
        states, expected = state_of(ours, p), state_of(peer, q)
        assert states.keys() == expected.keys()
        for key in expected:
            # Scalars are kept in float64 here, whatever torch keeps them in.
            scalar = key in ("step", "mu_product", "eta", "mu")
            assert_close(states[key], expected[key], **tol, check_dtype=not scalar)


def run_both(case: Any, params: list[Tensor], steps: int = 4, **more: Any) -> tuple[Any, ...]:
    mine, theirs = params, deepcopy(params)
    ours, peer = case.ours(mine, **more), case.peer(theirs, **more)
    case.train(ours, mine, steps)
    case.train(peer, theirs, steps)
    return ours, mine, peer, theirs


@FOREACH
@pytest.mark.usefixtures("double_precision")
def test_every_configuration_in_float64(case: Any, foreach: bool) -> None:
    assert_same(*run_both(case, case.parameters(), steps=5, foreach=foreach), **F64)


@FOREACH
def test_every_configuration_in_float32(case: Any, foreach: bool) -> None:
    assert_same(*run_both(case, case.parameters(), foreach=foreach), **F32)


@FOREACH
def test_complex_parameters_are_pairs_of_reals(rule: Any, foreach: bool) -> None:
    params = rule.parameters((3,), (2, 2), (), dtype=torch.complex64)
    assert_same(*run_both(rule, params, foreach=foreach), **F32)


@FOREACH
@pytest.mark.usefixtures("double_precision")
def test_complex_double(rule: Any, foreach: bool) -> None:
    params = rule.parameters((3,), (2, 2), dtype=torch.complex128)
    assert_same(*run_both(rule, params, foreach=foreach), **F64)


def test_conjugated_gradient(rule: Any) -> None:
    """Torch cannot view a gradient as reals whose conjugation is pending."""
    (lazy,), (done,) = (rule.parameters((3,), dtype=torch.complex64) for _ in range(2))
    gradient = torch.randn(3, dtype=torch.complex64, generator=torch.Generator().manual_seed(0))
    lazy.grad = gradient.conj()
    done.grad = gradient.conj().resolve_conj()
    rule.ours([lazy]).step()
    rule.peer([done]).step()
    assert lazy.grad.is_conj()
    assert_close(lazy, done, **F32)


@FOREACH
def test_mixed_dtypes_and_shapes_in_a_group(rule: Any, foreach: bool) -> None:
    params = [
        *rule.parameters((3, 4), (0,), (), (2, 0, 3)),
        *rule.parameters((4,), dtype=torch.float64),
        *rule.parameters((4,), dtype=torch.complex64),
        torch.randn(2, 3, 4, 4).to(memory_format=torch.channels_last).requires_grad_(),
        torch.randn(6, 4).t().detach().requires_grad_(),
    ]
    ours, mine, peer, theirs = run_both(rule, params, foreach=foreach)
    assert_same(ours, mine, peer, theirs, **F32)
    strides = {key: s.stride() for key, s in state_of(ours, mine[-2]).items() if s.dim()}
    assert set(strides.values()) == {mine[-2].stride()}


@FOREACH
@pytest.mark.usefixtures("double_precision")
def test_groups_with_hyperparameters_of_their_own(rule: Any, foreach: bool) -> None:
    a, b, c = rule.parameters((3,), (4,), (5,))
    x, y, z = deepcopy([a, b, c])
    others = [{"lr": 0.5, "weight_decay": 0.0}, {"lr": 1e-3, "weight_decay": 0.7, "maximize": True}]
    groups = [{"params": [p], **more} for p, more in zip((b, c), others, strict=True)]
    expected = [{"params": [p], **more} for p, more in zip((y, z), others, strict=True)]
    ours = rule.ours([{"params": [a]}, *groups], foreach=foreach)
    peer = rule.peer([{"params": [x]}, *expected], foreach=foreach)
    rule.train(ours, [a, b, c])
    rule.train(peer, [x, y, z])
    assert_same(ours, [a, b, c], peer, [x, y, z], **F64)


@FOREACH
@pytest.mark.usefixtures("double_precision")
def test_step_counts_differ_where_gradients_are_missing(rule: Any, foreach: bool) -> None:
    mine = rule.parameters((3,), (3,), (3,))
    theirs = deepcopy(mine)
    ours, peer = rule.ours(mine, foreach=foreach), rule.peer(theirs, foreach=foreach)
    rule.train(ours, mine[:2], 1)
    rule.train(peer, theirs[:2], 1)
    for optimizer, params in ((ours, mine), (peer, theirs)):
        optimizer.zero_grad()
        rule.train(optimizer, params[1:], 2, seed=1)
        rule.train(optimizer, params, 2, seed=2)
    assert_same(ours, mine, peer, theirs, **F64)
    if rule.name != "SGD":
        assert [int(ours.state[p]["step"]) for p in mine] == [3, 5, 4]


@pytest.mark.usefixtures("double_precision")
def test_many_elements_are_cut_into_pieces(rule: Any) -> None:
    params = rule.parameters(*[(n,) for n in (70000, 3, 20000, 20000, 0, 40000)])
    assert_same(*run_both(rule, params, steps=2, foreach=True), **F64)


@pytest.mark.usefixtures("double_precision")
def test_forms_of_a_rule_agree(case: Any) -> None:
    """The form with 0-d tensors for scalars is torch's step as well, and never asks for one."""
    mine, theirs = case.parameters(), case.parameters()
    ours, peer = case.ours(mine, capturable=True), case.peer(theirs)
    case.train(ours, mine)
    case.train(peer, theirs)
    assert_same(ours, mine, peer, theirs, **F64)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
@FOREACH
def test_half_precision_is_computed_in_float32(
    rule: Any, dtype: torch.dtype, foreach: bool
) -> None:
    """One step from equal parameters: ours is the float32 step, rounded once; torch's may not."""
    start = [p.detach().to(dtype) for p in rule.parameters((200,))]
    single = [p.float().requires_grad_() for p in start]
    mine, theirs = ([p.clone().requires_grad_() for p in start] for _ in range(2))
    ours, peer, exact = rule.ours(mine, foreach=foreach), rule.peer(theirs), rule.peer(single)
    gradient = torch.randn(200, generator=torch.Generator().manual_seed(3)).to(dtype)
    for p, optimizer in ((mine[0], ours), (theirs[0], peer), (single[0], exact)):
        p.grad = gradient.to(p.dtype)
        optimizer.step()
    assert mine[0].dtype == dtype
    # A float32 step in another order, then rounding to nearest: at most one unit apart.
    assert_close(mine[0].float(), single[0], rtol=0.51 * torch.finfo(dtype).eps, atol=1e-6)
    error = (mine[0].float() - single[0]).abs().sum()
    assert error <= (theirs[0].float() - single[0]).abs().sum()


def test_gradient_of_another_dtype(rule: Any) -> None:
    """A half-precision parameter may accumulate its gradient in float32."""
    p, q = (torch.ones(3, dtype=torch.bfloat16).requires_grad_() for _ in range(2))
    p.grad_dtype = torch.float32
    p.grad, q.grad = torch.full((3,), 0.5), torch.full((3,), 0.5, dtype=torch.bfloat16)
    rule.ours([p]).step()
    rule.ours([q]).step()
    assert_close(p, q, rtol=0, atol=0)


@pytest.mark.parametrize(
    "how", [{"foreach": False}, {"foreach": True}, {"capturable": True}, {"differentiable": True}]
)
def test_lion_which_has_no_peer(how: dict[str, bool]) -> None:
    """Two steps by hand: signed steps of the rate, after the parameter has shrunk."""
    p = torch.tensor([1.0, -1.0], dtype=torch.float64)
    optimizer = steprule.torch.Lion([p], lr=0.5, betas=(0.5, 0.75), weight_decay=0.5, **how)
    # c = 0.5 * m + 0.5 * g, then m = 0.75 * m + 0.25 * g; theta = 0.75 * theta - 0.5 * sign(c)
    for gradient, expected in (([2.0, 0.0], [0.25, -0.75]), ([-1.0, 4.0], [0.6875, -1.0625])):
        p.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
        assert p.tolist() == expected
    assert optimizer.state[p]["exp_avg"].tolist() == [0.125, 1.0]
