"""Where other libraries' rules and schedules differ from those declared here."""

from .adan import ADAN
from .elementwise import ELEMENTWISE
from .matrices import MATRICES
from .optimizers import OPTIMIZERS
from .points import POINTS
from .reductions import REDUCTIONS
from .schedules import SCHEDULES
from .totals import TOTALS

PEERS = (*OPTIMIZERS, *ADAN, *ELEMENTWISE, *REDUCTIONS, *MATRICES, *TOTALS, *POINTS, *SCHEDULES)

__all__ = ["PEERS"]
