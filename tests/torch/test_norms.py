"""Norms of any magnitude, beside exact sums of squares."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import steprule.torch
import torch
from steprule.torch import _norms
from torch import Tensor

FORMS: dict[str, dict[str, Any]] = {
    "default": {},
    "loop": {"foreach": False},
    "foreach": {"foreach": True},
    "capturable": {"capturable": True},
    "fused": {"fused": True},
}

OF_ELEMENTS = {
    "float16": ([6e4, -6e4, 3.0], [6e-8, 0.0], [1.0, 2.0]),
    "bfloat16": ([3e38, -3e38, 3.0], [1e-39, 2e-39], [1.0, 2.0]),
    "float32": ([3e38] * 6, [1e20] * 4, [1e-30, 2e-30], [1e-45] * 3, [0.0, 0.0], [1.0, 2.0]),
    "float64": ([9e307, 9e307, 1.0], [1e200] * 4, [1e-200] * 2, [5e-324] * 9, [0.0], [1.0, 2.0]),
    "complex64": ([3e38 + 3e38j, 1], [1e-30j], [3 + 4j]),
    "complex128": ([1e200 + 1e200j], [1e-200j, 0], [3 + 4j]),
}


def exact_norm(x: Tensor) -> float:
    numbers = torch.view_as_real(x) if x.is_complex() else x
    total = sum(Fraction(value) ** 2 for value in numbers.double().flatten().tolist())
    shift = 2**1200  # so that the root of a whole number has all the bits of a double
    return float(Fraction(math.isqrt(int(total * shift**2)), shift))


@pytest.fixture(params=["looked at", "unseen"])
def way(request: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The host's way, and that of devices nobody waits for, which the host can go too."""
    if request.param == "unseen":
        monkeypatch.setattr(_norms, "can_look", lambda x: False)
    return request.param


@pytest.mark.parametrize("dtype", OF_ELEMENTS)
def test_norms(dtype: str, way: str) -> None:
    tensors = [torch.tensor(x, dtype=getattr(torch, dtype)) for x in OF_ELEMENTS[dtype]]
    tensors.append(torch.zeros((0, 2), dtype=tensors[0].dtype))
    found = _norms.norms(tensors)
    # An ulp or two; what is too large for float32 is in float64, but no nearer.
    eps = 2.0**-52 if dtype in ("float64", "complex128") else 2.0**-23
    expected = torch.tensor([exact_norm(x) for x in tensors], dtype=torch.float64)
    torch.testing.assert_close(found.double(), expected, rtol=2 * eps, atol=2.0**-1074)
    for x, one in zip(tensors, expected, strict=True):
        if not x.is_complex() and one <= torch.finfo(x.dtype).max:
            own = _norms.norm(x)
            assert own.dtype == x.dtype
            torch.testing.assert_close(own, one.to(x.dtype), rtol=2 * eps, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_what_is_not_finite_stays_so(dtype: torch.dtype, way: str) -> None:
    rows = [[math.inf, 1.0], [-math.inf, 1e-30], [math.nan, 1.0], [math.nan, math.inf], [3.0, 4.0]]
    found = _norms.norms([torch.tensor(row, dtype=dtype) for row in rows])
    assert str(found.tolist()) == "[inf, inf, nan, nan, 5.0]"
    whole = _norms.combined(torch.tensor([1.0, math.inf], dtype=dtype))
    assert whole.item() == math.inf


def test_parts_combine(way: str) -> None:
    for scale in (1e-320, 1e-200, 1.0, 1e200, 1e307):
        parts = torch.tensor([3.0, 4.0], dtype=torch.float64) * scale
        # 1e-320 is a subnormal with 11 bits, and its multiples are rounded to them.
        assert _norms.combined(parts).item() == pytest.approx(5 * scale, rel=2e-15, abs=2e-323)


@pytest.mark.parametrize(
    ("dtype", "numbers", "mean"),
    [
        (torch.float32, [3e38, 3e38, 0.0], 2e38),
        (torch.float64, [1.5e308, 1.5e308, 0.0], 1e308),
        (torch.float32, [1.0, 2.0, math.inf], math.inf),
        (torch.float64, [], math.nan),
    ],
)
def test_means(dtype: torch.dtype, numbers: list[float], mean: float, way: str) -> None:
    found = _norms.mean(torch.tensor(numbers, dtype=dtype))
    # A few roundings.
    expected = torch.tensor(mean, dtype=dtype)
    torch.testing.assert_close(found, expected, rtol=3e-7, atol=0, equal_nan=True)


def test_an_ordinary_norm_is_torchs() -> None:
    drawn = [torch.randn(n, generator=torch.Generator().manual_seed(n)) for n in (7, 1000)]
    assert _norms.norms(drawn).tolist() == [x.norm().item() for x in drawn]
    mixed = _norms.norms([*drawn, torch.zeros(3), torch.full((2,), 1e-30)])
    assert mixed.dtype == torch.float32
    assert mixed[:2].tolist() == [x.norm().item() for x in drawn]


def test_autograd_goes_through(way: str) -> None:
    for value in (1e-30, 1.0, 1e30):
        x = torch.tensor([3 * value, 4 * value], requires_grad=True)
        (slope,) = torch.autograd.grad(_norms.norms([x])[0], x)
        torch.testing.assert_close(slope, torch.tensor([0.6, 0.8]), rtol=1e-6, atol=0)


def clipped(grads: list[Tensor], **settings: Any) -> list[Tensor]:
    """The gradients a rule is given, in float64: SGD subtracts them from zeros at a rate of 1."""
    params = [torch.zeros_like(grad).requires_grad_() for grad in grads]
    for p, grad in zip(params, grads, strict=True):
        p.grad = grad
    steprule.torch.SGD(params, lr=1.0, error_if_nonfinite=True, **settings).step()
    return [-p.detach().double() for p in params]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(
    ("dtype", "size"),
    [
        (torch.float32, 1e20),
        (torch.bfloat16, 2.0**66),
        (torch.float64, 1e200),
        (torch.float16, 4e4),
    ],
    ids=str,
)
def test_large_gradients_are_clipped_and_not_refused(
    dtype: torch.dtype, size: float, form: dict[str, Any], way: str
) -> None:
    one = torch.full((4,), size, dtype=dtype)
    (each,) = clipped([one], clipnorm=1.0, **form)
    halves = torch.full((4,), 0.5, dtype=torch.float64)
    # The scale and the product are rounded to the dtype computed in, and the step to float16.
    torch.testing.assert_close(each, halves, rtol=2.0**-9, atol=0)
    together = clipped([one[:2], one[2:3], one[3:]], global_clipnorm=1.0, **form)
    torch.testing.assert_close(torch.cat(together), halves, rtol=2.0**-9, atol=0)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_norm_over_several_dtypes(form: dict[str, Any], way: str) -> None:
    """3e300 and 4e300 over a float64 and, too small to be seen, all others: 5e300."""
    wide = torch.tensor([3e300, -4e300], dtype=torch.float64)
    rest = [torch.tensor([1e38]), torch.tensor([1.0]).bfloat16(), torch.zeros(0)]
    (ours, single, half, _) = clipped([wide, *rest], global_clipnorm=10.0, **form)
    torch.testing.assert_close(ours, torch.tensor([6.0, -8.0]).double(), rtol=1e-15, atol=0)
    assert single.tolist() == half.tolist() == [0.0]


@pytest.mark.parametrize("limit", ["clipnorm", "global_clipnorm"])
def test_small_gradients_are_scaled_by_their_norm(limit: str, way: str) -> None:
    """A norm of 5e-30, far below the 1e-6 beside it: by 2e-13 instead of 1e-19/1e-6."""
    (found,) = clipped([torch.tensor([3e-30, 4e-30])], **{limit: 1e-19})
    assert found.tolist() == pytest.approx([3e-43, 4e-43], abs=1e-44)  # subnormals, 7 bits


def test_the_true_norm_decides_what_is_refused() -> None:
    (found,) = clipped([torch.full((4,), 3e38)], clipnorm=2.0)
    assert found.tolist() == pytest.approx([1.0] * 4, rel=2.0**-20)  # the scale is subnormal
    for bad in (math.inf, math.nan):
        with pytest.raises(RuntimeError, match="not finite"):
            clipped([torch.tensor([1.0, bad])], clipnorm=2.0)


def test_nothing_is_read_of_tensors_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the device without memory no number can be read, nor waited for."""

    def forbidden(*_: Any) -> None:
        raise AssertionError("a number was read")

    monkeypatch.setattr(Tensor, "item", forbidden)
    monkeypatch.setattr(Tensor, "tolist", forbidden)
    monkeypatch.setattr(Tensor, "__bool__", forbidden)
    each: list[tuple[torch.dtype, Callable[..., Tensor]]] = [
        (torch.float32, _norms.norm),
        (torch.float64, _norms.norm),
        (torch.bfloat16, _norms.mean),
    ]
    for dtype, function in each:
        x = torch.empty(3, dtype=dtype, device="meta")
        assert function(x).is_meta
        assert _norms.norms([x, x]).shape == (2,)
