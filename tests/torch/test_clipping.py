"""Clipping in a step, beside torch.nn.utils before a step that does not clip."""

import copy
import inspect
import math
import pickle
from typing import Any

import pytest
import steprule.torch
import torch
from steprule.torch._clipping import ClipByNorm, ClipByValue
from steprule.torch._clips import Clip
from torch import Tensor
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from ..sample import declarations, takes_any_shape

SHAPES = ((3, 4), (5,), (), (0, 2))
FORMS: dict[str, dict[str, Any]] = {
    "default": {},
    "loop": {"foreach": False},
    "foreach": {"foreach": True},
    "capturable": {"capturable": True},
}
LIMITS = ("clipvalue", "clipnorm", "global_clipnorm")


def gradients(dtype: torch.dtype = torch.float32, seed: int = 0) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [(2 * torch.randn(s, generator=generator)).to(dtype) for s in SHAPES]


def leaves(grads: list[Tensor]) -> list[Tensor]:
    """Parameters with these gradients, the same at every call."""
    found = []
    for i, grad in enumerate(grads):
        generator = torch.Generator().manual_seed(i)
        p = torch.randn(grad.shape, generator=generator).to(grad.dtype).requires_grad_()
        p.grad = grad.clone()
        found.append(p)
    return found


def clip_as_torch_does(name: str, limit: float, params: list[Tensor]) -> None:
    if name == "clipvalue":
        clip_grad_value_(params, limit)
    elif name == "global_clipnorm":
        clip_grad_norm_(params, limit)
    else:
        for p in params:
            clip_grad_norm_([p], limit)


def assert_same(ours: list[Tensor], theirs: list[Tensor]) -> None:
    for x, y in zip(ours, theirs, strict=True):
        torch.testing.assert_close(x, y, rtol=0, atol=0, equal_nan=True)  # bit for bit


def descended(grads: list[Tensor], **settings: Any) -> list[Tensor]:
    """The gradients that a rule is given: what SGD subtracts from zeros at a rate of 1."""
    params = [torch.zeros_like(grad).requires_grad_() for grad in grads]
    for p, grad in zip(params, grads, strict=True):
        p.grad = grad
    steprule.torch.SGD(params, lr=1.0, **settings).step()
    return [-p.detach() for p in params]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("each", declarations(takes_any_shape).params())
def test_every_optimizer(each, name, dtype, form):
    optimizer = getattr(steprule.torch, each)
    ours, theirs = leaves(gradients(dtype)), leaves(gradients(dtype))
    known = inspect.signature(optimizer).parameters.keys()
    settings = {"lr": 0.5, "weight_decay": 0.3, "maximize": True}
    settings = {key: value for key, value in settings.items() if key in known}
    clipping = optimizer(ours, **settings, **form, **{name: 0.7})
    plain = optimizer(theirs, **settings, **form)
    for seed in range(3):
        given = gradients(dtype, seed)
        for params in (ours, theirs):
            for p, grad in zip(params, given, strict=True):
                p.grad = grad.clone()
        clip_as_torch_does(name, 0.7, theirs)
        clipping.step()
        plain.step()
        assert_same([p.grad for p in ours], given)
    assert_same(ours, theirs)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("name", LIMITS)
def test_half_precision_is_clipped_in_float32(name, form):
    given = gradients(torch.bfloat16)
    wide = leaves([grad.float() for grad in given])
    clip_as_torch_does(name, 0.7, wide)
    # One rounding, at the end; torch.nn.utils rounds the norm and the scale as well.
    assert_same(descended(given, **{name: 0.7}, **form), [p.grad.bfloat16() for p in wide])


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_by_hand(form):
    grads = [torch.tensor([3.0, -4.0]), torch.tensor(12.0)]
    eps = 1e-6
    for limit, expected in (
        ({"clipvalue": 3.5}, [[3.0, -3.5], 3.5]),
        ({"clipnorm": 10.0}, [[3.0, -4.0], 12 * 10 / (12 + eps)]),
        ({"global_clipnorm": 6.5}, [[3 * 6.5 / (13 + eps), -4 * 6.5 / (13 + eps)], 6.0]),
        ({"global_clipnorm": math.inf}, [[3.0, -4.0], 12.0]),
    ):
        for x, y in zip(descended(grads, **limit, **form), expected, strict=True):
            torch.testing.assert_close(x, torch.tensor(y), rtol=1e-6, atol=0)  # float32


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize(
    "odd",
    [
        [0.0, 0.0],
        [math.inf, 2.0],
        [math.nan, 2.0],
        [-math.inf, math.nan],
        [1e18, 1e18],  # whose squares do not overflow in float32
        [1e-45, 0.0],
    ],
    ids=str,
)
def test_norms_that_are_zero_or_not_finite(odd, name, form):
    given = [torch.tensor(odd), torch.tensor([1.0, -2.0])]
    theirs = leaves(given)
    for limit in (1.5, 1e-9, math.inf):
        clip_as_torch_does(name, limit, theirs)
        assert_same(descended(given, **{name: limit}, **form), [p.grad for p in theirs])
        theirs = leaves(given)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_that_is_not_reached_changes_no_bit(name, form):
    ours, theirs = leaves(gradients()), leaves(gradients())
    steprule.torch.Adam(ours, lr=0.5, weight_decay=0.3, **{name: 1e6}, **form).step()
    steprule.torch.Adam(theirs, lr=0.5, weight_decay=0.3, **form).step()
    assert_same(ours, theirs)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_groups_clip_by_themselves_but_for_the_norm_over_all(form):
    ours, theirs = leaves(gradients()), leaves(gradients())
    clipping = steprule.torch.SGD(
        [
            {"params": ours[:1], "clipvalue": 0.5},
            {"params": ours[1:2], "global_clipnorm": 0.7},
            {"params": ours[2:3], "global_clipnorm": 2.0},
            {"params": ours[3:]},
        ],
        lr=0.5,
        **form,
    )
    norm = torch.linalg.vector_norm(torch.stack([p.grad.norm() for p in theirs]))
    clip_grad_value_(theirs[:1], 0.5)
    torch.nn.utils.clip_grads_with_norm_(theirs[1:2], 0.7, norm)
    torch.nn.utils.clip_grads_with_norm_(theirs[2:3], 2.0, norm)
    clipping.step()
    steprule.torch.SGD(theirs, lr=0.5, **form).step()
    assert_same(ours, theirs)


def test_dtypes_share_a_norm():
    given = [torch.tensor([3.0]), torch.tensor([4.0], dtype=torch.float64), torch.tensor([12.0])]
    given[2] = given[2].bfloat16()
    for x, y in zip(descended(given, global_clipnorm=1.3), (0.3, 0.4, 1.2), strict=True):
        # 1e-6 beside a norm of 13, and the dtype's own rounding.
        assert abs(x.item() - y) < 1e-6 + 2 * torch.finfo(x.dtype).eps * y


def test_parameters_without_gradients_are_left_out():
    params = leaves([torch.tensor([3.0]), torch.tensor([100.0]), torch.tensor([4.0])])
    params[1].grad = None
    before = [p.detach().clone() for p in params]
    steprule.torch.SGD(params, lr=1.0, global_clipnorm=2.5).step()
    moved = [b - p.detach() for b, p in zip(before, params, strict=True)]
    assert moved[1].item() == 0
    # Half of 3 and 4, but for 1e-6 beside 5 and the rounding of the difference.
    torch.testing.assert_close(torch.cat(moved[::2]), torch.tensor([1.5, 2.0]), rtol=1e-6, atol=0)
    steprule.torch.SGD([torch.zeros(1, requires_grad=True)], global_clipnorm=1.0).step()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("name", LIMITS[1:])
def test_complex_gradients(name, form):
    given = [torch.tensor([3 + 4j, 0]), torch.tensor(12j)]
    theirs = leaves(given)
    clip_as_torch_does(name, 2.0, theirs)
    for x, y in zip(descended(given, **{name: 2.0}, **form), theirs, strict=True):
        # |z| is taken of complex numbers there, of pairs of reals here: a rounding of float32.
        torch.testing.assert_close(x, y.grad, rtol=1e-6, atol=0)


def test_complex_gradients_have_no_elements_to_clip():
    (p,) = leaves([torch.tensor([3 + 4j])])
    before = p.detach().clone()
    optimizer = steprule.torch.Adam([p], clipvalue=1.0)
    with pytest.raises(RuntimeError, match="clipvalue does not support complex gradients"):
        optimizer.step()
    assert_same([p.detach()], [before])
    assert not optimizer.state


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("bad", [math.inf, math.nan])
@pytest.mark.parametrize("name", LIMITS[1:])
def test_error_if_nonfinite_changes_nothing(name, bad, form):
    params = leaves(gradients())
    fine, wrong = params[:2], params[2:]
    groups = [{"params": fine}, {"params": wrong, name: 1.0, "error_if_nonfinite": True}]
    optimizer = steprule.torch.Adam(groups, lr=0.5, **form)
    optimizer.step()
    wrong[0].grad = torch.tensor(bad)
    before = [p.detach().clone() for p in params]
    states = copy.deepcopy(optimizer.state_dict())
    with pytest.raises(RuntimeError, match=f"not finite, so {name}"):
        optimizer.step()
    assert_same([p.detach() for p in params], before)
    assert str(optimizer.state_dict()) == str(states)
    wrong[0].grad = torch.tensor(1.0)
    optimizer.step()


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan])
def test_limits_are_positive(name, limit):
    params = leaves(gradients())
    with pytest.raises(ValueError, match=f"^{name} must satisfy 0 < {name}, got "):
        steprule.torch.Lion(params, **{name: limit})
    optimizer = steprule.torch.Lion(params[:1])
    with pytest.raises(ValueError, match=f"^{name} must satisfy"):
        optimizer.add_param_group({"params": params[1:], name: limit})
    assert len(optimizer.param_groups) == 1


def test_at_most_one_limit():
    params = leaves(gradients())
    message = "only one of clipvalue, clipnorm, global_clipnorm can be set, got clipvalue, clipnorm"
    with pytest.raises(ValueError, match=f"^{message}$"):
        steprule.torch.AdamW(params, clipvalue=1.0, clipnorm=1.0)
    optimizer = steprule.torch.AdamW(params, clipvalue=1.0)
    optimizer.param_groups[0]["clipnorm"] = 1.0
    with pytest.raises(ValueError, match=message):
        optimizer.step()
    assert not optimizer.state


def test_limits_are_settings_of_a_group():
    ours = leaves(gradients())
    optimizer = steprule.torch.Adam(ours, global_clipnorm=0.7, error_if_nonfinite=True)
    optimizer.step()
    for other in (
        copy.deepcopy(optimizer),
        pickle.loads(pickle.dumps(optimizer)),
        steprule.torch.Adam(leaves(gradients())),
    ):
        other.load_state_dict(optimizer.state_dict())
        group = other.param_groups[0]
        assert {name: group[name] for name in LIMITS if name in group} == {LIMITS[2]: 0.7}
        assert group["error_if_nonfinite"] is True


def test_checkpoints_of_torch_lack_them_and_take_them():
    ours, theirs = leaves(gradients()), leaves(gradients())
    clipping, plain = steprule.torch.Adam(ours, clipnorm=0.7), torch.optim.Adam(theirs)
    plain.step()
    clipping.load_state_dict(plain.state_dict())
    assert clipping.param_groups[0]["clipnorm"] == 0.7
    clipping.step()
    plain.load_state_dict(clipping.state_dict())
    plain.step()


def test_a_closure_sets_the_gradients_that_are_clipped():
    p = torch.zeros(2, requires_grad=True)
    optimizer = steprule.torch.SGD([p], lr=1.0, clipvalue=0.5)

    def closure() -> float:
        p.grad = torch.tensor([3.0, -0.25])
        return 7.0

    assert optimizer.step(closure) == 7.0
    assert p.tolist() == [-0.5, 0.25]


@pytest.mark.parametrize("name", LIMITS)
def test_autograd_sees_the_clipping(name):
    """Of a loss w*x, with the parameter x and its gradient w: x - clip(w), and its slope in w."""
    w = torch.tensor([3.0, 4.0], requires_grad=True)
    x = torch.zeros(2, requires_grad=True)
    moved = x.clone()
    moved.retain_grad()
    optimizer = steprule.torch.SGD([moved], lr=1.0, differentiable=True, **{name: 2.5})
    moved.grad = w * 1.0
    optimizer.step()
    (slope,) = torch.autograd.grad(moved[0], w)
    # Of -c*w0/|w| it is -c*(w1**2, -w0*w1)/|w|**3; of a constant, 0.
    by_norm = -2.5 * torch.tensor([16.0, -12.0]) / 125
    expected = torch.zeros(2) if name == "clipvalue" else by_norm
    # 1e-6 beside a norm of 5, and a few roundings of float32.
    torch.testing.assert_close(slope, expected, rtol=2e-6, atol=0)


@pytest.mark.parametrize("how", [{"foreach": True}, {"foreach": False}, {"fused": True}])
def test_a_limit_beyond_the_range_of_the_numbers(how):
    p = torch.zeros(3, requires_grad=True)
    p.grad = torch.tensor([1e30, -2.0, torch.inf])
    steprule.torch.SGD([p], lr=1.0, clipvalue=1e39, **how).step()
    assert torch.equal(-p.detach(), p.grad)


def test_sparse_gradients_stay_refused_by_rules_that_take_none():
    p = torch.zeros(3, requires_grad=True)
    p.grad = torch.tensor([0.0, 1.0, 0.0]).to_sparse()
    with pytest.raises(RuntimeError, match="does not support sparse gradients"):
        steprule.torch.SGD([p], momentum=0.9, clipnorm=1.0).step()


def test_without_a_limit_no_gradient_is_read(monkeypatch):
    def forbidden(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a norm was taken")

    monkeypatch.setattr(torch, "_foreach_norm", forbidden)
    monkeypatch.setattr(torch.linalg, "vector_norm", forbidden)
    params = leaves(gradients())
    steprule.torch.SGD(params, error_if_nonfinite=True).step()
    with pytest.raises(AssertionError, match="a norm was taken"):
        steprule.torch.SGD(params, clipnorm=1.0).step()


def test_the_numbers_of_a_kernel():
    """The limit, or the vector of scales as it is where it is of just these gradients."""
    single, double = torch.tensor([0.5, 0.25]), torch.tensor([0.125])
    whole = Clip(ClipByNorm, 1.0, [([0, 1], single)])
    assert whole.number() is single
    assert whole.of([1]).number().tolist() == [0.25]
    assert whole.of([1, 0]).number().tolist() == [0.25, 0.5]
    mixed = Clip(ClipByNorm, 1.0, [([0, 2], single), ([1], double)])
    assert mixed.number().tolist() == [0.5, 0.125, 0.25]
    assert mixed.of([0, 2]).number() is single
    assert mixed.of([1]).of([0]).number() is double
    assert Clip(ClipByValue, 3.0, []).of([0]).number() == 3.0
