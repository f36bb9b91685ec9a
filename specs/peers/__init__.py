"""Where other libraries' rules and schedules differ from those declared here, as equations.

What is found of the libraries themselves (which of these each is, in which version, with which
numbers) stands in ``audited.toml``, which ``steprule audit --peers`` writes.
"""

from .adan import ADAN
from .averages import AVERAGES
from .elementwise import ELEMENTWISE
from .low_rank import LOW_RANK
from .matrices import MATRICES
from .momenta import MOMENTA
from .optimizers import OPTIMIZERS
from .rectified import RECTIFIED
from .reductions import REDUCTIONS
from .schedules import SCHEDULES

PEERS = (
    *OPTIMIZERS,
    *ADAN,
    *AVERAGES,
    *ELEMENTWISE,
    *LOW_RANK,
    *MATRICES,
    *MOMENTA,
    *RECTIFIED,
    *REDUCTIONS,
    *SCHEDULES,
)

__all__ = ["PEERS"]
