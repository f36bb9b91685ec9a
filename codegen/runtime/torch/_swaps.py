from .._swaps import Swapping as Swapping
from .._swaps import require_output as require_output
