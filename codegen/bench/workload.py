"""What is stepped: tensors of which sizes, where they start, and their gradients."""

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from ...specs.language import Optimizer
from ..analysis.matrices import needs_matrices
from ..program.batches import goes_round, takes_apart
from ..program.lower import lower
from .arrays import Array, Arrays

_LINE = 64
"""Elements to which each gradient is aligned within the noise, for equal terms."""

_SPREAD = 0.02
"""The standard deviation of parameters, as large networks start with; of gradients it is 1."""


@dataclass(frozen=True)
class Workload:
    """Tensors, by their numbers of elements."""

    name: str
    sizes: tuple[int, ...]

    @property
    def parameters(self) -> int:
        return sum(self.sizes)


def is_of_matrices(spec: Optimizer) -> bool:
    """Whether an analysed rule is for matrices, where a workload has vectors too."""
    program = lower(spec)
    return needs_matrices(spec) or takes_apart(program) or goes_round(program)


def large(parameters: int) -> Workload:
    """Four tensors of one size, but for the remainder."""
    each, more = divmod(parameters, 4)
    return Workload("large tensors", tuple(each + (i < more) for i in range(4)))


def small() -> Workload:
    """300 square matrices: what a step costs a tensor shows beside what it costs an element."""
    return Workload("300 tensors of 64x64", (64 * 64,) * 300)


def model() -> Workload:
    """The 300 tensors of a network of 75 layers.

    Each layer has a square matrix and three vectors (a bias, and scale and shift of a
    normalisation), from 64 to 512 wide: tensors of 64 to 262144 elements, 2.9 million in all.
    """
    widths = (64,) * 30 + (128,) * 25 + (256,) * 15 + (512,) * 5
    return Workload("model of 300 tensors", tuple(n for w in widths for n in (w * w, w, w, w)))


class Data:
    """Random numbers for a workload, the same at every run.

    Gradients of all steps are windows on one stretch of noise, each further along than the
    last: every step has gradients of its own, and no step costs memory.

    Args:
        workload: the tensors.
        steps: the most steps that are taken.
        arrays: what they are made by, and so where they live.

    Attributes:
        noise: standard normal; hardly a gradient is so small that its square is denormal.
    """

    def __init__(self, workload: Workload, steps: int, arrays: Arrays) -> None:
        self.sizes = workload.sizes
        self.arrays = arrays
        self._steps = steps
        lines = [-(-size // _LINE) * _LINE for size in self.sizes]
        self._starts = list(accumulate(lines, initial=0))
        (self.noise,) = arrays.normal(0, [self._starts[-1] + _LINE * steps])

    def windows(self, step: int) -> list[slice]:
        """Where in the noise the gradients of a step are, counted from 0."""
        starts = (start + _LINE * step for start in self._starts)
        return [slice(a, a + size) for a, size in zip(starts, self.sizes, strict=False)]

    def gradients(self, step: int) -> list[Array]:
        """Of every tensor, at a step counted from 0; not to be written to."""
        return [self.noise[window] for window in self.windows(step)]

    def inputs(self, step: int, place: int, *, is_signed: bool) -> list[Array]:
        """Of every tensor, what it is given beside its gradient; not to be written to.

        Args:
            step: counted from 0.
            place: of the input among those of a rule: they differ from one another.
            is_signed: whether it may be negative.
        """
        noise = self.noise if is_signed else self._magnitudes
        later = (step + place + 1) % self._steps
        return [noise[window] for window in self.windows(later)]

    @cached_property
    def _magnitudes(self) -> Array:
        return abs(self.noise)

    def parameters(self) -> list[Array]:
        """Every tensor before the first step, in new arrays."""
        return self.arrays.normal(1, self.sizes, _SPREAD)
