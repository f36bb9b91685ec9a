"""Floating formats, and the way from arrays of floats to exact numbers and back."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
from flint import arb, fmpq, fmpz
from numpy.typing import ArrayLike, NDArray

from . import reals
from .arrays import Array, object_array
from .exact import INFINITY, ZERO, Number, exact
from .reals import Finite, Real, UndecidedError


@dataclass(frozen=True)
class Format:
    """A binary floating format with subnormals, infinities and NaN.

    Args:
        name: as PyTorch names the dtype.
        precision: the bits of the significand, the implicit one included.
        emin: the exponent of the smallest normal number, ``2**emin``.
        emax: the exponent of the largest; numbers reach up to ``2**(emax + 1)``.
        storage: the NumPy dtype that holds its values: its own, or one that contains it.
    """

    name: str
    precision: int
    emin: int
    emax: int
    storage: type[np.floating]

    @property
    def largest(self) -> fmpq:
        return (2 - fmpq(2) ** (1 - self.precision)) * fmpq(2) ** self.emax

    @property
    def smallest_normal(self) -> fmpq:
        return fmpq(2) ** self.emin

    @property
    def epsilon(self) -> fmpq:
        """The distance from 1 to the next number."""
        return fmpq(2) ** (1 - self.precision)

    def ulp(self, magnitude: Number) -> fmpq:
        """The distance between neighbours at a magnitude.

        At zero and among the subnormals that is the smallest subnormal; beyond the largest
        number it is the distance just below it.
        """
        if isinstance(magnitude, float):
            raise ValueError("there is no unit in the last place of an infinity or NaN")
        exponent = self.emin
        if not isinstance(magnitude, fmpq) or magnitude != 0:
            exponent = min(max(floor_log2(magnitude), self.emin), self.emax)
        return fmpq(2) ** (exponent - self.precision + 1)

    def round(self, x: Number) -> Number:
        """The nearest value of the format, ties to even; infinite from half an ulp above the
        largest number. The zero that a negative number rounds to has no sign here.

        Raises:
            UndecidedError: the number may be the middle between two, and may be next to it.
        """
        if isinstance(x, float):
            return x
        if not isinstance(x, Real):
            return self._rounded(x)
        for ball in x.balls():
            ends = {_rounded_end(self, end) for end in reals.ends(ball)}
            if len(ends) == 1:
                return ends.pop()
        raise UndecidedError(f"{x} may round to either neighbour in {self.name}")

    def _rounded(self, x: fmpq) -> Number:
        if x == 0:
            return x
        exponent = floor_log2(x)
        if exponent > self.emax:
            return INFINITY if x > 0 else -INFINITY
        if exponent < self.emin - self.precision:
            return ZERO
        places = self.precision - 1 - max(exponent, self.emin)
        rounded = _scaled(fmpq(_nearest(_scaled(x, places))), -places)
        if abs(rounded) > self.largest:
            return INFINITY if x > 0 else -INFINITY
        return rounded


FORMATS = {
    f.name: f
    for f in (
        Format("float64", 53, -1022, 1023, np.float64),
        Format("float32", 24, -126, 127, np.float32),
        Format("bfloat16", 8, -126, 127, np.float32),
        Format("float16", 11, -14, 15, np.float16),
    )
}


COARSEST = Format("coarsest", 3, -126, 127, np.float32)
"""What is taken to be stored where nothing is said: of small fractions, rounding to it is seen."""


def _scaled(x: fmpq, places: int) -> fmpq:
    return x * (fmpz(1) << places) if places >= 0 else x / (fmpz(1) << -places)


def _nearest(x: fmpq) -> fmpz:
    """The nearest whole number; of two, the even one."""
    below = x.floor()
    rest = 2 * (x - below)
    up = rest > 1 or (rest == 1 and below % 2 == 1)
    return below + 1 if up else below


def _rounded_end(form: Format, end: arb) -> Number:
    """The end of a ball, rounded; its exponent may be of any size."""
    mantissa, exponent = end.mid().man_exp()
    if mantissa == 0:
        return ZERO
    size = int(exponent) + mantissa.bit_length()
    if size > form.emax + 2:
        return INFINITY if mantissa > 0 else -INFINITY
    if size < form.emin - form.precision - 2:
        return ZERO
    return form.round(_scaled(fmpq(mantissa), int(exponent)))


def floor_log2(x: Finite) -> int:
    """The exponent of the binade a finite number other than 0 lies in.

    Raises:
        UndecidedError: it may be a power of two, and may be next to it.
    """
    if isinstance(x, Real):
        for ball in x.balls():
            found = {_end_log2(end) for end in reals.ends(abs(ball))}
            if len(found) == 1 and None not in found:
                return found.pop()  # pyright: ignore[reportReturnType]
        raise UndecidedError(f"{x} may be below a power of two or not")
    above, below = abs(x.numerator), x.denominator
    exponent = above.bit_length() - below.bit_length()
    smaller = above < below << exponent if exponent >= 0 else above << -exponent < below
    return exponent - 1 if smaller else exponent


def _end_log2(end: arb) -> int | None:
    mantissa, exponent = end.mid().man_exp()
    return int(exponent) + mantissa.bit_length() - 1 if mantissa else None


def to_exact(values: ArrayLike | Number) -> Array:
    """The numbers that floats of at most 64 bits stand for, as an object array of their shape.

    The numbers of an object array are taken as they are.
    """
    array = np.asarray(values)
    if array.dtype == object:
        return object_array([exact(value) for value in array.ravel().tolist()], array.shape)
    floats = array.astype(np.float64).ravel().tolist()
    # As a ball, which has no radius, a float becomes rational in a third of the time.
    return object_array([arb(x).fmpq() if isfinite(x) else x for x in floats], array.shape)


def to_floats(numbers: Array | Number, form: Format) -> NDArray[np.floating]:
    """The nearest values of a format, in the NumPy dtype that holds them."""
    array = np.asarray(numbers, dtype=object)
    floats = [float(form.round(x)) for x in array.ravel()]
    return np.array(floats, dtype=np.float64).astype(form.storage).reshape(array.shape)


def round_floats(values: ArrayLike, form: Format) -> NDArray[np.floating]:
    """Floats rounded to a format, in the NumPy dtype that holds it; the sign of zero is kept."""
    array = np.asarray(values, dtype=np.float64)
    rounded = to_floats(to_exact(array), form)
    return np.copysign(rounded, array).astype(form.storage)
