"""Types of values: of what, along which axes, and where they are known."""

from dataclasses import dataclass
from enum import Enum

from ...specs.language.shapes import WHOLE, Axes


class DType(Enum):
    REAL = "real"
    INTEGER = "integer"
    BOOLEAN = "boolean"


class Place(Enum):
    """Where a value is known: before any tensor is touched, or only beside the tensors."""

    HOST = "host"
    DEVICE = "device"


@dataclass(frozen=True)
class Type:
    """The host's reals are float64; a tensor's reals have the parameter's dtype.

    Args:
        dtype: of what.
        axes: a tensor's last two, of which it may have one number all along; none of a scalar.
        place: where it is known.
        turn: of what the host knows, how many times all tensors have been gone through before, to
            the total of a number of each.
    """

    dtype: DType
    axes: Axes
    place: Place
    turn: int = 0


HOST_REAL = Type(DType.REAL, (), Place.HOST)
HOST_INTEGER = Type(DType.INTEGER, (), Place.HOST)
HOST_BOOLEAN = Type(DType.BOOLEAN, (), Place.HOST)
TENSOR = Type(DType.REAL, WHOLE, Place.DEVICE)
