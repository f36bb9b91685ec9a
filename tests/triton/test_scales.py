"""Norms that gradients are clipped by, taken by kernels: interpreted, beside exact sums."""

import math
from typing import Any

import pytest
import steprule.torch
import torch
from steprule.torch._clipping import ClipByGlobalNorm, ClipByNorm, ClipByValue
from torch import Tensor
from triton.compiler import CompiledKernel
from triton.runtime.driver import driver

from .elsewhere import Elsewhere

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

DTYPES = [torch.float32, torch.bfloat16, torch.float64, torch.float16]


@pytest.fixture(autouse=True)
def _small_blocks(interpreted: Any, compiled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for engine in (interpreted, compiled):
        monkeypatch.setattr(engine.tables, "BLOCK", 16)


def drawn(*dtypes: torch.dtype) -> list[Tensor]:
    """Whole blocks and tails, no element, one."""
    torch.manual_seed(0)
    shapes = [(5, 7), (0,), (), (16,), (70,)]
    return [torch.randn(shape).to(dtype) for dtype in dtypes for shape in shapes]


def norm(tensors: list[Tensor]) -> float:
    return math.sqrt(math.fsum(x * x for each in tensors for x in each.double().flatten().tolist()))


def scale(length: float, limit: float) -> float:
    return min(limit / (1e-6 + length), 1.0)


def near(found: Tensor, expected: list[float]) -> None:
    """Norms of some 400 elements in float64, rounded to what gradients are computed with."""
    eps = torch.finfo(found.dtype).eps
    torch.testing.assert_close(
        found.double(),
        torch.tensor(expected, dtype=torch.float64),
        rtol=eps + 400 * 2**-53,
        atol=0.0,
    )


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_each_gradient_is_scaled_by_its_own_norm(interpreted: Any, dtype: torch.dtype) -> None:
    grads = drawn(dtype)
    (((rows, found),),) = interpreted.scales([(ClipByNorm, 2.0)], [grads], {})
    assert rows == [*range(len(grads))]
    assert found.dtype == (dtype if dtype == torch.float64 else torch.float32)
    near(found, [scale(norm([grad]), 2.0) for grad in grads])


@pytest.mark.parametrize(
    "dtypes", [DTYPES[:1], DTYPES[2:3], DTYPES[:2], DTYPES], ids=lambda kinds: str(len(kinds))
)
def test_all_are_scaled_by_their_common_norm(interpreted: Any, dtypes: list[torch.dtype]) -> None:
    """Those of groups that are not clipped count; each group has a limit of its own."""
    groups = [drawn(*dtypes), drawn(dtypes[0]), drawn(*reversed(dtypes))]
    ways = [(ClipByGlobalNorm, 0.5), None, (ClipByGlobalNorm, 3.0)]
    common = norm([grad for group in groups for grad in group])
    first, none, last = interpreted.scales(ways, groups, {})
    assert none == []
    for found, group, limit in ((first, groups[0], 0.5), (last, groups[2], 3.0)):
        assert sorted(row for rows, _ in found for row in rows) == [*range(len(group))]
        for rows, vector in found:
            near(vector, [scale(common, limit)] * len(rows))
            assert {vector.dtype} == {
                torch.float64 if group[row].dtype == torch.float64 else torch.float32
                for row in rows
            }


def test_more_gradients_than_a_program_writes_scales_of_at_a_time(interpreted: Any) -> None:
    grads = [torch.full((1,), 2.0) for _ in range(400)]
    (((_, found),),) = interpreted.scales([(ClipByGlobalNorm, 1.0)], [grads], {})
    near(found, [scale(40.0, 1.0)] * 400)


@pytest.mark.parametrize("limit", [0.1, 1.0, 5e-324, 1e300, math.inf])
def test_the_limit_is_taken_in_all_its_digits(interpreted: Any, limit: float) -> None:
    grads = [torch.tensor([3.0, 4.0], dtype=torch.float64)]
    (((_, found),),) = interpreted.scales([(ClipByNorm, limit)], [grads], {})
    assert found.tolist() == [scale(5.0, limit)]


@pytest.mark.parametrize(
    ("grad", "dtype", "length"),
    [
        ([3e300, 4e300], torch.float64, 5e300),
        ([3e-300, 4e-300], torch.float64, 5e-300),
        ([3e37, 4e37], torch.float32, 5e37),
        ([0.0, 0.0], torch.float32, 0.0),
        ([math.inf, 1.0], torch.float32, math.inf),
        ([math.nan, 1.0], torch.float32, math.nan),
    ],
)
@pytest.mark.parametrize("way", [ClipByNorm, ClipByGlobalNorm])
def test_gradients_of_any_size(
    interpreted: Any, way: Any, grad: list[float], dtype: torch.dtype, length: float
) -> None:
    others = [torch.zeros(2, dtype=torch.float64)]
    groups = [[torch.tensor(grad, dtype=dtype)], others]
    ((_, found),), _ = interpreted.scales([(way, 1.0), (way, 1.0)], groups, {})
    expected = math.nan if math.isnan(length) else scale(length, 1.0)
    # The roundings of what is brought into range, and of the gradients themselves.
    torch.testing.assert_close(
        found.double(),
        torch.tensor([expected], dtype=torch.float64),
        rtol=1e-6,
        atol=0.0,
        equal_nan=True,
    )


def test_gradients_elsewhere_and_of_other_sizes(interpreted: Any) -> None:
    memory: dict[Any, Any] = {}
    for shape in ((4,), (4,), (70,), (4,)):
        grads = [torch.randn(shape), torch.randn(3)]
        (((_, found),),) = interpreted.scales([(ClipByNorm, 1.0)], [grads], memory)
        near(found, [scale(norm([grad]), 1.0) for grad in grads])


@pytest.mark.parametrize("limit", ["clipnorm", "global_clipnorm"])
def test_steps_are_those_of_norms_that_torch_takes(
    interpreted: Any, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr("steprule.torch._fused.engine", lambda device: interpreted)

    def trained(**how: Any) -> list[Tensor]:
        params = [torch.nn.Parameter(torch.ones_like(grad)) for grad in drawn(*DTYPES[:3])]
        groups = [
            {"params": params[:4], limit: 0.5},
            {"params": params[4:9]},
            {"params": params[9:], limit: 2.0},
        ]
        optimizer = steprule.torch.SGD(groups, lr=0.5, momentum=0.5, **how)
        for step in (1, 2):
            for p, grad in zip(params, drawn(*DTYPES[:3]), strict=True):
                p.grad = grad * step
            optimizer.step()
        return [p.detach() for p in params]

    expected = trained(foreach=False)
    monkeypatch.setattr("steprule.torch._clip_kernels.are_for_kernels", lambda grads: True)
    asked: list[Any] = []
    monkeypatch.setattr(
        interpreted, "scales", lambda *how, own=interpreted.scales: asked.append(how) or own(*how)
    )
    found = trained(fused=True)
    assert len(asked) == 2
    for x, y in zip(found, expected, strict=True):
        # Two steps, each of which rounds a handful of numbers of about one; torch's norm over all
        # is of norms that are float32 where gradients are.
        eps = max(torch.finfo(each).eps for each in (x.dtype, torch.float32))
        torch.testing.assert_close(x, y, rtol=8 * eps, atol=8 * eps)


def test_what_is_clipped_by_value_needs_no_norm(monkeypatch: pytest.MonkeyPatch) -> None:
    from steprule.torch._clip_kernels import scales

    monkeypatch.setattr("steprule.torch._clip_kernels.are_for_kernels", lambda grads: True)
    assert scales([(ClipByValue, 1.0), None], [drawn(torch.float32)] * 2, {}) is None


@pytest.mark.parametrize("way", [ClipByNorm, ClipByGlobalNorm])
def test_clipping_is_two_launches_and_each_compiles(
    compiled: Any, monkeypatch: pytest.MonkeyPatch, way: Any
) -> None:
    made: list[CompiledKernel] = []

    def launched(self: CompiledKernel, grid: Any) -> Any:
        made.append(self)
        return lambda *arguments: None

    monkeypatch.setattr(driver, "_active", Elsewhere(90))
    monkeypatch.setattr(CompiledKernel, "__getitem__", launched)
    monkeypatch.setattr(compiled.tables, "BLOCK", 1024)
    grads, memory = drawn(torch.float32), {}
    compiled.scales([(way, 1.0)], [grads], memory)
    assert [kernel.metadata.name for kernel in made] == ["pass_", "scales_"]
    # Eight elements a thread, in 128 bits of four.
    assert made[0].asm["ptx"].count("ld.global.v4.b32") == 2
    # No other limit, or step, compiles anything anew.
    compiled.scales([(way, 0.1)], [grads], memory)
    assert len(made) == 2
