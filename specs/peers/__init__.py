"""Where other libraries' rules and schedules differ from those declared here."""

from .matrices import MATRICES
from .optimizers import OPTIMIZERS
from .reductions import REDUCTIONS
from .schedules import SCHEDULES

PEERS = (*OPTIMIZERS, *REDUCTIONS, *MATRICES, *SCHEDULES)

__all__ = ["PEERS"]
