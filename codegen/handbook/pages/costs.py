"""What a step costs, as pages say it: in float32."""

from ...cost import BYTES
from ..writer import Writer

_DTYPE = "float32"


def in_bytes(numbers: int, write: Writer) -> str:
    """The memory that numbers take."""
    return write.word("bytes", count=numbers * BYTES[_DTYPE])
