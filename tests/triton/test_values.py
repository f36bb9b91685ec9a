"""Whole steps by the kernels, interpreted: bit for bit those of the rule's form for one tensor."""

import math
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import numpy as np
import pytest
import steprule.torch
import torch
import triton.language as tl
from steprule.codegen.loading.load import builtin
from steprule.codegen.verify.optimizers.configurations import (
    Configuration,
    configurations,
    settings,
)
from steprule.specs.language import Optimizer
from steprule.torch._batch import Batch
from steprule.torch._tensors import number
from torch import Tensor
from triton.language.extra import libdevice
from triton.runtime.interpreter import InterpreterBuilder, TensorHandle

from ..sample import each_setting, has_rate

BLOCK = 16
"""Small, as the interpreter takes its time over every block."""

DTYPES = [torch.float32, torch.bfloat16, torch.float64, torch.float16]

pytestmark = pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")

SPECIAL = [math.nan, math.inf, -math.inf, 0.0, 1.0, -1.0]


@pytest.fixture(autouse=True)
def _on_the_cpu(interpreted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreted.tables, "BLOCK", BLOCK)
    monkeypatch.setattr("steprule.torch._fused.engine", lambda device: interpreted)
    monkeypatch.setattr(InterpreterBuilder, "cast_impl", _cast)
    # torch's own roots are within an ulp, not the nearest: they are the loop's.
    for name in ("create_sqrt", "create_precise_sqrt"):
        monkeypatch.setattr(InterpreterBuilder, name, lambda self, x: self.unary_op(x, _root))
    # libdevice is a GPU's, and torch's own functions depend on how many elements there are.
    monkeypatch.setattr(libdevice, "atan2", _of_blocks(np.arctan2))
    monkeypatch.setattr(torch, "atan2", _of_tensors(np.arctan2))
    monkeypatch.setattr(libdevice, "pow", _of_blocks(np.power))
    monkeypatch.setattr(Tensor, "__pow__", _of_tensors(np.power))
    monkeypatch.setattr(Tensor, "exp", _of_tensors(np.exp))
    # torch multiplies a number by the inverse of a tensor where it is to be divided by that.
    monkeypatch.setattr(Tensor, "__rtruediv__", lambda x, y: torch.full_like(x, y) / x)
    # So that the loop computes its scalars as the kernel's are, in Python.
    for module in ("_launcher", "_plain"):
        monkeypatch.setattr(f"steprule.torch.{module}.live", number)


def _root(x: Any) -> Any:
    return torch.from_numpy(x).sqrt().numpy()


def _of_tensors(function: np.ufunc) -> Callable[..., Tensor]:
    return lambda x, *others: torch.from_numpy(np.asarray(function(x.numpy(), *others)))


def _of_blocks(function: np.ufunc) -> Callable[[tl.tensor, tl.tensor], tl.tensor]:
    def blocks(x: tl.tensor, y: tl.tensor) -> tl.tensor:
        return tl.tensor(TensorHandle(function(x.handle.data, y.handle.data), x.dtype), x.type)

    return blocks


_cast_of_triton = InterpreterBuilder.cast_impl


def _cast(self: Any, source: Any, to: Any) -> Any:
    """The interpreter's, but for bfloat16, which it would truncate; a GPU rounds to nearest."""
    if (source.dtype.scalar, to.scalar) != (tl.float32, tl.bfloat16):
        return _cast_of_triton(self, source, to)
    rounded = torch.from_numpy(np.atleast_1d(source.data)).bfloat16().view(torch.uint16)
    return TensorHandle(rounded.numpy().reshape(source.data.shape), to.scalar)


def tensors(dtype: torch.dtype, seed: int) -> list[Tensor]:
    """Whole blocks and tails, one element and none, and one that is not aligned."""
    generator = torch.Generator().manual_seed(seed)

    def random(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator).to(dtype)

    return [random(5, 7), random(0), random(()), random(BLOCK + 1)[1:], random(3)]


def steps(
    cls: Callable[..., Any], dtype: torch.dtype, gradients: list[list[Tensor]], **arguments: Any
) -> Iterator[list[Tensor]]:
    """The parameters and then their states, after each step."""
    params = [torch.nn.Parameter(x) for x in tensors(dtype, seed=0)]
    optimizer = cls(params, **arguments)
    for of_step in gradients:
        for p, grad in zip(params, of_step, strict=True):
            p.grad = grad.clone()
        optimizer.step()
        states = [x for p in params for x in optimizer.state[p].values() if x is not None]
        yield [x.detach().clone() for x in (*params, *states)]


def equal(ours: Iterator[list[Tensor]], theirs: Iterator[list[Tensor]]) -> None:
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0, equal_nan=True, check_device=False)


def each_configuration(
    spec: Optimizer, *, every: bool
) -> Iterator[tuple[Configuration, torch.dtype]]:
    """Each in float32, and of three of them one in another dtype, which only memory sees.

    Without ``every``, only enough of them for each setting, and the dtypes in turns. The first has
    every option off.
    """
    found = configurations(spec)
    if not every:
        yield from zip(each_setting(found), cycle(DTYPES))
        return
    for k, configuration in enumerate(found):
        yield configuration, DTYPES[0]
        if k % 3 == 0:
            yield configuration, DTYPES[1 + k // 3 % 3]


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.exhaustive)])
def test_every_option_of_every_rule_gives_the_values_of_the_loop(
    spec: Optimizer, every: bool
) -> None:
    cls = getattr(steprule.torch, spec.name)
    for configuration, dtype in each_configuration(spec, every=every):
        gradients = [tensors(dtype, seed) for seed in (1, 2, 3)]  # the last as the one before
        gradients[1][0][0, :6] = torch.tensor(SPECIAL)
        arguments = settings(spec, configuration)
        equal(
            steps(cls, dtype, gradients, fused=True, **arguments),
            steps(cls, dtype, gradients, capturable=True, **arguments),
        )


@pytest.mark.parametrize("limit", ["clipvalue", "clipnorm", "global_clipnorm"])
def test_gradients_are_clipped_in_the_kernel(limit: str) -> None:
    require_clipped(builtin()["Adam"], limit, DTYPES)


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param("clipvalue", marks=pytest.mark.exhaustive),
        pytest.param("clipnorm", marks=pytest.mark.exhaustive),
        "global_clipnorm",
    ],
)
def test_gradients_are_clipped_in_every_kernel(spec: Optimizer, limit: str) -> None:
    require_clipped(spec, limit, DTYPES[:1])


def require_clipped(spec: Optimizer, limit: str, dtypes: list[torch.dtype]) -> None:
    cls = getattr(steprule.torch, spec.name)
    for dtype in dtypes:
        gradients = [tensors(dtype, seed) for seed in (1, 2)]
        arguments = {"lr": 0.5, limit: 0.5} if has_rate(spec) else {limit: 0.5}
        equal(
            steps(cls, dtype, gradients, fused=True, **arguments),
            steps(cls, dtype, gradients, capturable=True, **arguments),
        )


def test_tensors_that_are_not_contiguous_go_through_in_the_order_of_their_memory() -> None:
    x = torch.randn(2, 3, 2, 2).contiguous(memory_format=torch.channels_last)
    results: list[Tensor] = []
    for form in ({"fused": True}, {"capturable": True}):
        p = torch.nn.Parameter(x.clone())
        p.grad = x.sin()
        steprule.torch.Adam([p], lr=0.5, **form).step()
        results.append(p.detach())
    assert results[0].stride() == x.stride()
    assert torch.equal(*results)


def test_numbers_can_be_read_from_the_device_one_a_tensor(interpreted: Any) -> None:
    rates = [0.5, 0.25]
    given = {"maximize": False, "weight_decay": 0.0, "momentum": 0.0, "nesterov": False}
    given |= {"first": True, "one_minus_dampening": 1.0}
    theta, grad = [torch.ones(3), torch.ones(20)], [torch.ones(3), torch.ones(20)]
    lr = torch.tensor(rates, dtype=torch.float64)
    batch = Batch([0, 1], theta, [{}, {}], [None], (), first=False)
    interpreted.prepare("sgd", batch, grad, given | {"lr": lr}, None)()
    assert [set(x.tolist()) for x in theta] == [{0.5}, {0.75}]


def test_a_kernel_that_cannot_be_compiled_leaves_everything_as_it_was(
    interpreted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    params = [torch.nn.Parameter(torch.ones(3).to(dtype)) for dtype in DTYPES]
    optimizer = steprule.torch.Adam(params, lr=0.5, fused=True)

    def step() -> None:
        for p in params:
            p.grad = torch.ones_like(p)
        optimizer.step()

    step()
    before = [x.clone() for p in params for x in (p, *optimizer.state[p].values())]
    prepare = interpreted.prepare

    def fails_for_the_last(rule: str, batch: Batch, *rest: Any) -> Any:
        if batch.dtype == DTYPES[-1]:
            raise RuntimeError("it does not compile")
        return prepare(rule, batch, *rest)

    with monkeypatch.context() as broken:
        broken.setattr(interpreted, "prepare", fails_for_the_last)
        with pytest.raises(RuntimeError, match="it does not compile"):
            step()
    after = [x for p in params for x in (p, *optimizer.state[p].values())]
    assert all(map(torch.equal, before, after))
    step()
    assert [float(optimizer.state[p]["step"]) for p in params] == [2.0] * len(params)
