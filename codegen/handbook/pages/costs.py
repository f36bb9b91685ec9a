"""What a step costs, as pages say it: in float32, and where it can be said at all."""

from ....specs.language import Optimizer, SpecError
from ...cost import BYTES, Cost, costs
from ..writer import Writer

_DTYPE = "float32"


def known_costs(spec: Optimizer) -> list[Cost]:
    """With the defaults, then with what changes it; none of a rule that takes several passes."""
    try:
        return costs(spec)
    except SpecError:
        return []


def in_bytes(numbers: int, write: Writer) -> str:
    """The memory that numbers take."""
    return write.word("bytes", count=numbers * BYTES[_DTYPE])
