"""The parameters and gradients a spec is tried on, in a dtype. Deterministic."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....specs.language import Interval, Optimizer
from ...oracle.exact import Number
from ...oracle.formats import FORMATS, Format, round_floats, to_floats
from ...oracle.known import existing, inputs_read
from ...oracle.optimizers import initial
from ...oracle.views import rank_of, shape_seen
from .configurations import Configuration

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Case:
    """A parameter, and its gradients at consecutive steps.

    Args:
        name: what is special about it.
        form: the dtype; arrays have the NumPy dtype that holds it, and only its values.
        theta: the parameter before the first of the steps.
        gradients: one a step.
        start: the first step; where it is not 1, :func:`first_states` makes up a past.
    """

    name: str
    form: Format
    theta: Floats
    gradients: tuple[Floats, ...]
    start: int = 1

    def of_matrices(self) -> "Case":
        """The same numbers as matrices, of two rows where they go into two."""

        def matrix(x: Floats) -> Floats:
            return x if x.ndim == 2 else x.reshape(2 if x.size and x.size % 2 == 0 else 1, -1)

        return replace(self, theta=matrix(self.theta), gradients=tuple(map(matrix, self.gradients)))


def inputs(dtype: str) -> list[Case]:
    """The cases for a dtype: ``"float64"``, ``"float32"``, ``"bfloat16"`` or ``"float16"``."""
    form = FORMATS[dtype]
    tiny, largest = float(form.smallest_normal), float(form.largest)
    rng = np.random.default_rng(2015)

    def mixed(*shape: int) -> NDArray[np.float64]:
        # From 1e-6 to 1e3, or as far as a sum of squares stays in range.
        top = min(3.0, math.log10(largest) / 2 - 0.6)
        return rng.choice([-1.0, 1.0], shape) * 10.0 ** rng.uniform(-6, top, shape)

    def signed(*shape: int) -> NDArray[np.float64]:
        return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.1, 1.0, shape)

    def case(name: str, theta: ArrayLike, *gradients: ArrayLike, start: int = 1) -> Case:
        rounded = tuple(round_floats(gradient, form) for gradient in gradients)
        return Case(name, form, round_floats(theta, form), rounded, start)

    # Up and down by 2**62 in float32, by as much as leaves room for squares in others.
    jump = max(form.emax // 4, 6)

    def jumping(*exponents: int) -> NDArray[np.float64]:
        return signed(len(exponents)) * 2.0 ** (jump * np.array(exponents))

    special = [math.nan, math.inf, -math.inf]
    return [
        case("random", mixed(8, 12), *(mixed(8, 12) for _ in range(5))),
        case("scalar", mixed(), mixed(), mixed()),
        case("empty", mixed(0, 3), mixed(0, 3), mixed(0, 3)),
        case("zero gradient", [0.0, 1.5, -2.5], np.zeros(3), np.zeros(3), signed(3)),
        case("huge", largest * signed(8) / 2, *(largest * signed(8) for _ in range(2))),
        case(
            "denormal",
            tiny * signed(8),
            *(tiny * signed(8) / 4 for _ in range(3)),
        ),
        case(
            "jumps",
            jumping(0, 0, 0, 0, -1, 1),
            jumping(1, -1, 0, 1, 1, -1),
            jumping(-1, 1, 1, 0, -1, 1),
            jumping(-1, -1, 1, -1, 1, -1),
            jumping(1, -1, -1, 0, -1, -1),
        ),
        case("large t", mixed(2, 6), mixed(2, 6), mixed(2, 6), start=10**6),
        case(
            "nan and infinity",
            [1.0, -2.0, *special, 0.5, 3.0, -4.0],
            [0.25, *special, 1.0, -1.0, 0.0, math.inf],
            [-0.5, 1.0, 2.0, 3.0, 0.5, math.nan, 1.0, math.inf],
        ),
    ]


def from_zero(dtype: str) -> Case:
    """Matrices that start at zero, and hold nothing but steps then: in which all roundings show."""
    form = FORMATS[dtype]
    rng = np.random.default_rng(1998)
    gradients = (round_floats(rng.uniform(-1, 1, (4, 6)), form) for _ in range(2))
    return Case("from zero", form, round_floats(np.zeros((4, 6)), form), tuple(gradients))


def first_states(
    spec: Optimizer, case: Case, configuration: Configuration
) -> dict[str, Floats | float]:
    """The states before the first step of a case: the initial ones, or a plausible past.

    Tensors have the dtype's NumPy dtype, scalars are floats. In a made-up past, quantities
    that cannot be negative are larger than the squares of those that can: a second moment is
    never below the square of the first. States that the first step gives are absent at 1.
    """
    hyper, options = configuration.hyper, configuration.options
    if case.start == 1:
        states = initial(spec, case.theta, hyper, options)
        return {name: _as_floats(value, case.form) for name, value in states.items()}
    rng = np.random.default_rng(case.start)
    past: dict[str, Floats | float] = {}
    for state in existing(spec, case.theta.shape, hyper, options):
        if state.shape.is_number:
            past[state.name] = _plausible(state.domain, rng.uniform(0.25, 0.75))
        else:
            seen = shape_seen(spec, case.theta.shape, hyper, options)
            lengths = state.shape.lengths(seen, rank_of(spec, hyper))
            values = [_plausible(state.domain, x) for x in rng.uniform(0, 1, math.prod(lengths))]
            past[state.name] = round_floats(np.reshape(values, lengths), case.form)
    return past


def inputs_given(
    spec: Optimizer, case: Case, index: int, configuration: Configuration
) -> dict[str, Floats | float]:
    """What a step of a case is handed beside the gradient, by the names of inputs that it reads.

    Tensors are like the gradients of other steps, brought into the domain; numbers are floats.
    """
    hyper, options = configuration.hyper, configuration.options
    found: dict[str, Floats | float] = {}
    read = inputs_read(spec, case.start + index, hyper, options)
    for place, each in enumerate(i for i in read if not i.is_random):
        if each.is_tensor:
            other = case.gradients[(index + place + 1) % len(case.gradients)]
            values = _within(each.domain, np.ravel(other)[::-1].astype(np.float64))
            rounded = round_floats(values.reshape(other.shape), case.form)
            found[each.name] = np.asarray(rounded)  # of one number too, which would be a scalar
        else:
            draw = np.random.default_rng([case.start + index, place])
            found[each.name] = _plausible(each.domain, draw.uniform())
    return found


def _within(domain: Interval, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers as they are, or their magnitudes, where the domain has these; others in it."""
    if domain.low == 0 and domain.high is None:
        values = np.abs(values)
    low = -math.inf if domain.low is None else float(domain.low)
    high = math.inf if domain.high is None else float(domain.high)
    above = values > low if domain.low_open else values >= low
    below = values < high if domain.high_open else values <= high
    within = (above & below) | ~np.isfinite(values)
    parts = np.linspace(0.25, 0.75, values.size)
    return np.where(within, values, [_plausible(domain, x) for x in parts])


def _plausible(domain: Interval, x: float) -> float:
    """The number of a domain for an x between 0 and 1."""
    low, high = domain.low, domain.high
    if low is None and high is None:
        return 1.4 * x - 0.7
    if low is None or high is None:
        sign, end = (1, low) if low is not None else (-1, high)
        return float(end or Fraction(0)) + sign * (0.5 + 1.5 * x)
    return float(low + (high - low) * Fraction(x))


def _as_floats(value: NDArray[np.object_] | Number, form: Format) -> Floats | float:
    return to_floats(value, form) if isinstance(value, np.ndarray) else float(value)
