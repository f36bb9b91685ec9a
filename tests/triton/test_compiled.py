"""What the kernels become on a GPU: compiled for one that is not here, and read.

Nothing runs. The launches are those of ``prepare``, with its own arguments and options.
"""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
import triton
import triton.language as tl
from steprule.codegen.backends.scalars import host_names
from steprule.codegen.loading.load import builtin
from steprule.codegen.program.compiled import CompiledRule
from steprule.specs.language import Optimizer
from steprule.torch._batch import Batch
from steprule.torch._clip import Clip
from steprule.torch._clipping import ClipByGlobalNorm, ClipByValue
from steprule.triton import _kernel as kernel
from sympy import Mod
from triton import knobs
from triton.backends.compiler import GPUTarget
from triton.compiler import CompiledKernel
from triton.runtime.driver import driver

from .elsewhere import Elsewhere

VECTORS = {
    torch.float32: "v4.b32",
    torch.bfloat16: "v4.b32",
    torch.float16: "v4.b32",
    torch.float64: "v2.b64",
}
"""An access of 128 bits, as PTX writes it."""


def kernel_of(
    engine: Any,
    spec: Optimizer,
    capability: int,
    *,
    on: bool,
    dtype: torch.dtype = torch.float32,
    clip: Clip | None = None,
    number: float | torch.Tensor = 0.5,
) -> CompiledKernel:
    """The kernel of a rule with all options off or on, at a step after the first.

    With them on, it has all states that there can be.
    """
    program = CompiledRule(spec).kernel
    states = program.tensor_slots[1:]
    options = {option.name for option in spec.options}
    scalars: Mapping[str, Any] = {
        name: number if on or name == "lr" else 0.0 for name in host_names(program)
    }
    scalars |= dict.fromkeys(options & scalars.keys(), on) | {"first": False}
    theta, grad = ([torch.zeros(3, dtype=dtype)] for _ in range(2))
    keys = [s.name if on or s.when is None else None for s in states]
    kept = {key: torch.zeros(3, dtype=dtype) for key in keys if key}
    made: list[CompiledKernel] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(driver, "_active", Elsewhere(capability))
        # Where it would be loaded.
        patch.setattr(CompiledKernel, "__getitem__", lambda kernel, grid: made.append(kernel))
        batch = Batch([0], theta, [kept], keys, (), first=False)
        engine.prepare(spec.module, batch, grad, scalars, clip)
    (kernel,) = made
    return kernel


def check(
    kernel: CompiledKernel, folder: Path, dtype: torch.dtype, loads: int, stores: int
) -> None:
    ptx = kernel.asm["ptx"]
    wide = VECTORS[dtype]
    each = 8 * dtype.itemsize // 16  # eight elements a thread
    assert len(re.findall(rf"ld\.global\S*\.{re.escape(wide)}", ptx)) == loads * each
    assert len(re.findall(rf"st\.global\S*\.{re.escape(wide)}", ptx)) == stores * each
    assert ptx.count(".entry") == 1
    if dtype != torch.float64:
        # A number in memory is float64, and converted once it is loaded.
        assert not re.findall(r"^\s*(?!cvt\.rn\.f32\.f64)\S+\.f64\s", ptx, re.MULTILINE)
    usage = _usage(kernel.asm["cubin"], folder)
    # One register may be put aside while the slow way of a quotient is called.
    assert usage["STACK"] <= 8
    assert usage["LOCAL"] == 0
    # Five programs or more on a multiprocessor at once: 100 kB on their way, to hide latency. Of a
    # rule that loads more columns, four have as much under way as five of Adam.
    widest = 168 if dtype == torch.float64 else 96 if loads < 5 else 128
    assert usage["REG"] <= widest


def _usage(cubin: bytes, folder: Path) -> dict[str, int]:
    file = folder / "kernel.cubin"
    file.write_bytes(cubin)
    command = [knobs.nvidia.cuobjdump.path, "--dump-resource-usage", str(file)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {name: int(value) for name, value in re.findall(r"(\w+):(\d+)", text)}


@pytest.mark.parametrize(("capability", "on"), [(80, False), (90, True)])
def test_whole_blocks_move_128_bits_at_a_time_and_nothing_spills(
    compiled: Any, tmp_path: Path, spec: Optimizer, capability: int, on: bool
) -> None:
    if any(update.value.has(Mod) for update in spec.updates):
        pytest.skip("what it reads depends on the number of the step")
    kernel = kernel_of(compiled, spec, capability, on=on)
    states = [s for s in CompiledRule(spec).kernel.tensor_slots[1:] if on or not s.when]
    check(
        kernel,
        tmp_path,
        torch.float32,
        loads=2 + len(states),
        stores=1 + len(states),
    )


@pytest.mark.parametrize("dtype", VECTORS, ids=str)
def test_every_dtype_moves_128_bits_at_a_time(
    compiled: Any, tmp_path: Path, dtype: torch.dtype
) -> None:
    kernel = kernel_of(compiled, builtin()["Adam"], 80, on=False, dtype=dtype)
    check(kernel, tmp_path, dtype, loads=4, stores=3)
    if dtype.itemsize == 2:
        kind = {torch.bfloat16: "bf16", torch.float16: "f16"}[dtype]
        rounded = set(re.findall(rf"cvt\.\w+(?:\.\w+)*\.{kind}(?:x2)?\.f32", kernel.asm["ptx"]))
        assert rounded, "rounded on storing"
        assert all(each.startswith("cvt.rn.") for each in rounded)


def test_numbers_on_the_device_and_clipping_are_of_the_same_kernel(
    compiled: Any, tmp_path: Path
) -> None:
    clip = Clip(ClipByGlobalNorm, 1.0, [([0], torch.tensor([0.5]))])
    number = torch.tensor([0.5], dtype=torch.float64)
    kernel = kernel_of(compiled, builtin()["Adam"], 90, on=True, clip=clip, number=number)
    check(kernel, tmp_path, torch.float32, loads=5, stores=4)


def test_other_numbers_are_the_same_kernel(compiled: Any) -> None:
    """Nothing is compiled anew as the step goes on, or as a rate is scheduled."""
    one, other = (
        kernel_of(compiled, builtin()["Adam"], 80, on=True, clip=clip, number=number)
        for number, clip in ((0.1, Clip(ClipByValue, 1, [])), (16, Clip(ClipByValue, 0.25, [])))
    )
    assert one is other


@triton.jit
def _curves(x, y):
    i = tl.arange(0, 128)
    v = tl.load(x + i)
    angles = kernel.atan2(v, 0.5) + kernel.atan2(1, v)
    powers = kernel.power(v, 0.5) + kernel.power(2, v)
    tl.store(y + i, kernel.tanh(v) + tl.erf(v) + angles + powers)


@pytest.mark.parametrize("kind", ["fp32", "fp64"])
def test_functions_of_cudas_library_are_linked(kind: str) -> None:
    source = triton.compiler.ASTSource(_curves, {"x": f"*{kind}", "y": f"*{kind}"})
    ptx = triton.compile(source, target=GPUTarget("cuda", 90, 32)).asm["ptx"]
    assert ".extern" not in ptx, "nothing is left to be found when it is loaded"
    assert (".f64" in ptx) == (kind == "fp64")  # each of the dtype of its operands
