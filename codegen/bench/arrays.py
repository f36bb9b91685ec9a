"""Where the numbers of a bench live: in NumPy's arrays on the host, or in tensors on a device.

They are drawn, stepped and judged where they live. All that leaves a device is a norm for every
patch of elements, so a billion parameters are checked in seconds, every one of them.
"""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

Floats = NDArray[np.floating]

Array = Any
"""Floats on the host, a ``torch.Tensor`` on a device; of one dimension."""

LINE = 64
"""Bytes to which memory is aligned on the host, where torch's own tensors may start, too."""

PATCH = 1 << 12
"""Elements whose errors are judged together: few enough for one gone astray to be seen."""


class Arrays(Protocol):
    """What makes the numbers of one dtype in one place, and looks at them.

    Attributes:
        dtype: ``float32``, ``float64`` or ``bfloat16``, by name.
        device: where torch's tensors of them are, as torch takes it.
        functions: of arrays and numbers, under NumPy's names: those a :class:`Textbook` calls.
        stretch: the elements to be worked on together, whole patches of them.
    """

    dtype: str
    device: Any
    functions: Any
    stretch: int

    def normal(self, seed: int, sizes: Sequence[int], spread: float = 1.0) -> list[Array]:
        """New arrays of normal numbers, one of each size; the same for the same seed."""
        ...

    def wide(self, x: Array) -> Array:
        """The numbers in float64."""
        ...

    def norms(self, x: Array) -> Floats:
        """The Euclidean norm of every patch, in float64, the last of which may be short."""
        ...

    def tensor(self, x: Array) -> "torch.Tensor":
        """The numbers for torch, in the dtype; in the same memory, where that can be."""
        ...

    def array(self, tensor: "torch.Tensor") -> Array:
        """The other way round."""
        ...

    def release(self) -> None:
        """Give back what is kept of memory that nothing lives in."""
        ...


def arrays(dtype: str, device: str) -> Arrays:
    """Those of a device as torch calls it; on a CPU they are NumPy's, with torch or without."""
    if device == "cpu":
        return HostArrays(dtype)
    import torch

    return DeviceArrays(dtype, torch.device(device))


class HostArrays:
    """NumPy's arrays; of bfloat16, which NumPy lacks, the numbers are held in float32."""

    device: Any = "cpu"
    functions: Any = np
    stretch = 1 << 15  # stays in a cache, from one operation to the next

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype

    def normal(self, seed: int, sizes: Sequence[int], spread: float = 1.0) -> list[Array]:
        rng = np.random.default_rng(seed)
        return [self._normal(rng, size, spread) for size in sizes]

    def wide(self, x: Array) -> Array:
        return x.astype(np.float64)

    def norms(self, x: Array) -> Floats:
        return np.sqrt(np.add.reduceat(np.square(x, dtype=np.float64), range(0, x.size, PATCH)))

    def tensor(self, x: Array) -> "torch.Tensor":
        import torch

        return torch.from_numpy(x).to(getattr(torch, self.dtype))

    def array(self, tensor: "torch.Tensor") -> Array:
        return (tensor.float() if tensor.itemsize < 4 else tensor).numpy()

    def release(self) -> None: ...

    def _normal(self, rng: np.random.Generator, count: int, spread: float) -> Floats:
        dtype: Any = np.float64 if self.dtype == "float64" else np.float32
        size = count * np.dtype(dtype).itemsize
        raw = np.empty(size + LINE, np.uint8)
        low = -raw.ctypes.data % LINE
        numbers = raw[low : low + size].view(dtype)
        rng.standard_normal(dtype=dtype, out=numbers)
        numbers *= spread
        if self.dtype == "bfloat16":  # is the upper half of a float32
            numbers.view(np.uint32)[:] &= np.uint32(0xFFFF0000)
        return numbers


class DeviceArrays:
    """Tensors of torch, on any device that it has."""

    stretch = 1 << 24  # many elements, as every operation is a launch; 128 MiB in float64

    def __init__(self, dtype: str, device: "torch.device") -> None:
        self.dtype = dtype
        self.device: Any = device
        self.functions: Any = _functions()

    def normal(self, seed: int, sizes: Sequence[int], spread: float = 1.0) -> list[Array]:
        import torch

        generator = torch.Generator(self.device).manual_seed(seed)
        # Half precision is rounded to: numbers drawn in it come from a coarse grid.
        drawn = torch.float64 if self.dtype == "float64" else torch.float32

        def one(size: int) -> torch.Tensor:
            numbers = torch.randn(size, generator=generator, dtype=drawn, device=self.device)
            return self.tensor(numbers.mul_(spread))

        return [one(size) for size in sizes]

    def wide(self, x: Array) -> Array:
        return x.double()

    def norms(self, x: Array) -> Floats:
        import torch

        patches = torch.nn.functional.pad(x, (0, -len(x) % PATCH)).view(-1, PATCH)
        return torch.linalg.vector_norm(patches, dim=1, dtype=torch.float64).cpu().numpy()

    def tensor(self, x: Array) -> "torch.Tensor":
        import torch

        return x.to(getattr(torch, self.dtype))

    def array(self, tensor: "torch.Tensor") -> Array:
        return tensor

    def release(self) -> None:
        import torch

        torch.cuda.empty_cache()  # nothing where CUDA was not used


def _functions() -> SimpleNamespace:
    """Torch's functions as NumPy has them: of NumPy's names, and with numbers among operands."""
    import torch

    def operand(x: Any, device: torch.device | None) -> torch.Tensor:
        if isinstance(x, torch.Tensor):
            return x
        # As wide as Python's own number. Of no dimension, it leaves other operands their dtype.
        dtype = torch.bool if isinstance(x, bool) else torch.float64
        return torch.tensor(x, dtype=dtype, device=device)

    def of_numbers_too(function: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
        def called(*operands: Any, **how: Any) -> torch.Tensor:
            devices = (x.device for x in operands if isinstance(x, torch.Tensor))
            device = next(devices, None)
            return function(*(operand(x, device) for x in operands), **how)

        return called

    def sign(x: torch.Tensor) -> torch.Tensor:
        return torch.where(x.isnan(), x, x.sign())  # torch's own is 0 of what is no number

    same = (
        torch.sqrt, torch.exp, torch.log, torch.abs, torch.maximum, torch.minimum, torch.clip,
        torch.where, torch.logical_and, torch.logical_or, torch.logical_not, torch.matmul,
        torch.mean, torch.sum, torch.amax, torch.tanh, torch.erf, torch.arctan2,
    )  # fmt: skip
    return SimpleNamespace(
        **{function.__name__: of_numbers_too(function) for function in same},
        sign=of_numbers_too(sign),
        linalg=SimpleNamespace(norm=of_numbers_too(torch.linalg.norm)),
        copy=torch.clone,
        full_like=torch.full_like,
        broadcast_to=torch.broadcast_to,
        finfo=torch.finfo,
    )
