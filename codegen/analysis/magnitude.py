"""What a double holds of a number: one beyond its range could not be written into any backend."""

import sys
from fractions import Fraction

_LARGEST = Fraction(sys.float_info.max)
_SMALLEST = Fraction(sys.float_info.min)


def objection(value: Fraction) -> str:
    """Why no backend can compute with a number; or nothing."""
    size = abs(value)
    if size > _LARGEST:
        return "is larger than 1.8e308, the largest number there is in double precision"
    if 0 < size < _SMALLEST:
        return "is smaller than 2.2e-308, from where on double precision has ever fewer digits"
    return ""


def shown(value: Fraction) -> str:
    """The number, if that is not too long to read."""
    parts = (value.numerator, value.denominator)
    digits = max(part.bit_length() for part in parts) * 3 // 10
    if digits <= 40:
        return str(value)
    return (
        f"a number of {digits} digits"
        if value.denominator == 1
        else f"a fraction of {digits} digits"
    )
