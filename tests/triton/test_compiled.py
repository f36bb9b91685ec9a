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
from steprule.codegen.backends.kernel import kernel_program, kernel_scalars
from steprule.codegen.load import builtin
from steprule.codegen.program.compile import compile_spec
from steprule.specs.language import Optimizer
from steprule.torch._clipping import Clip, ClipByGlobalNorm, ClipByValue
from triton import knobs
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource, make_backend
from triton.runtime.jit import create_function_from_signature

VECTORS = {
    torch.float32: "v4.b32",
    torch.bfloat16: "v4.b32",
    torch.float16: "v4.b32",
    torch.float64: "v2.b64",
}
"""An access of 128 bits, as PTX writes it."""


class Elsewhere:
    """Stands for the kernel, and compiles it for a GPU of some capability."""

    def __init__(self, step: Any, capability: int) -> None:
        self.step = step
        self.target = GPUTarget("cuda", capability, 32)

    def warmup(self, *arguments: Any, grid: Any, **options: Any) -> Any:
        backend = make_backend(self.target)
        bind = create_function_from_signature(self.step.signature, self.step.params, backend)
        bound, kinds, options = bind(*arguments, **options)
        parsed, signature, constants, attributes = self.step._pack_args(
            backend, options, bound, kinds, options
        )
        source = ASTSource(self.step, signature, constants, attributes)
        self.kernel = triton.compile(source, target=self.target, options=parsed.__dict__)
        return self

    def __getitem__(self, grid: Any) -> None:
        return None


def kernel_of(
    engine: Any,
    spec: Optimizer,
    capability: int,
    *,
    on: bool,
    dtype: torch.dtype = torch.float32,
    clip: Any = None,
    number: Any = 0.5,
) -> Any:
    """The kernel of a rule with all options off or on, and all states that there can be."""
    program = kernel_program(compile_spec(spec))
    states = program.tensor_slots[1:]
    options = {option.name for option in spec.options} | {"first"}
    scalars: Mapping[str, Any] = {
        name: on if name in options else number if on or name == "lr" else 0.0
        for name in kernel_scalars(program)
    }
    kinds = [[torch.zeros(3, dtype=dtype)] for _ in range(2)]
    kinds += [[torch.zeros(3, dtype=dtype)] if on or s.when is None else [] for s in states]
    with pytest.MonkeyPatch.context() as patch:
        elsewhere = Elsewhere(engine._kernel.step, capability)
        patch.setattr(engine._kernel, "step", elsewhere)
        engine.prepare(spec.module, kinds, scalars, clip)
    return elsewhere.kernel


def check(kernel: Any, folder: Path, dtype: torch.dtype, loads: int, stores: int) -> None:
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
    assert (usage["STACK"], usage["LOCAL"]) == (0, 0)
    # Five programs or more on a multiprocessor at once: 100 kB on their way, to hide latency.
    assert usage["REG"] <= (168 if dtype == torch.float64 else 96)


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
    kernel = kernel_of(compiled, spec, capability, on=on)
    states = [s for s in kernel_program(compile_spec(spec)).tensor_slots[1:] if on or not s.when]
    unread = int(spec.name == "SGD" and on)  # the first step gives it
    check(
        kernel,
        tmp_path,
        torch.float32,
        loads=2 + len(states) - unread,
        stores=1 + len(states),
    )
    print(spec.name, _usage(kernel.asm["cubin"], tmp_path))


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
    clip = Clip(ClipByGlobalNorm, [torch.tensor(0.5)])
    number = torch.tensor([0.5], dtype=torch.float64)
    kernel = kernel_of(compiled, builtin()["Adam"], 90, on=True, clip=clip, number=number)
    check(kernel, tmp_path, torch.float32, loads=5, stores=4)


def test_other_numbers_are_the_same_kernel(compiled: Any) -> None:
    """Nothing is compiled anew as the step goes on, or as a rate is scheduled."""
    adam = builtin()["Adam"]
    clips = [Clip(ClipByValue, [limit]) for limit in (1, 16.0)]
    kernels = [
        kernel_of(compiled, adam, 80, on=True, clip=clip, number=number)
        for clip, number in zip(clips, (0.1, 16.0), strict=True)
    ]
    assert kernels[0].hash == kernels[1].hash
