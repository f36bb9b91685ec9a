"""Floating formats, and the way from arrays of floats to exact numbers and back."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import Array, object_array
from .exact import INFINITY, Number, context, exact, is_finite, negate


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
    def largest(self) -> Fraction:
        return (2 - Fraction(2) ** (1 - self.precision)) * Fraction(2) ** self.emax

    @property
    def smallest_normal(self) -> Fraction:
        return Fraction(2) ** self.emin

    def ulp(self, magnitude: Number) -> Fraction:
        """The distance between neighbours at a magnitude.

        At zero and among the subnormals that is the smallest subnormal; beyond the largest
        number it is the distance just below it.
        """
        exponent = self.emin
        if not is_finite(magnitude):
            raise ValueError("there is no unit in the last place of an infinity or NaN")
        if magnitude != 0:
            exponent = min(max(floor_log2(magnitude), self.emin), self.emax)
        return Fraction(2) ** (exponent - self.precision + 1)

    def round(self, x: Number) -> Number:
        """The nearest value of the format, ties to even; infinite from half an ulp above the
        largest number. The zero that a negative number rounds to has no sign here.
        """
        if not is_finite(x) or x == 0:
            return x
        exponent = floor_log2(x)
        if exponent > self.emax:
            return INFINITY if x > 0 else negate(INFINITY)
        if exponent < self.emin - self.precision:
            return Fraction(0)
        unit = self.ulp(x)
        rounded = round(rational(x) / unit) * unit
        if abs(rounded) > self.largest:
            return INFINITY if x > 0 else negate(INFINITY)
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


def floor_log2(x: Number) -> int:
    """The exponent of the binade a finite number other than 0 lies in."""
    if not isinstance(x, Fraction):
        return int(context.frexp(x)[1]) - 1
    above, below = abs(x.numerator), x.denominator
    exponent = above.bit_length() - below.bit_length()
    smaller = above < below << exponent if exponent >= 0 else above << -exponent < below
    return exponent - 1 if smaller else exponent


def rational(x: Number) -> Fraction:
    """A finite number as a fraction, which a 50-digit number is too."""
    if isinstance(x, Fraction):
        return x
    sign, mantissa, exponent, _ = x._mpf_
    return (-1) ** sign * int(mantissa) * Fraction(2) ** int(exponent)


def to_exact(values: ArrayLike | Number) -> Array:
    """The numbers that floats of at most 64 bits stand for, as an object array of their shape.

    An object array is taken to hold exact numbers already.
    """
    array = np.asarray(values)
    if array.dtype == object:
        return array
    numbers = [exact(value) for value in array.astype(np.float64).ravel().tolist()]
    return object_array(numbers, array.shape)


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
