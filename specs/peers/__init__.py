"""Where other libraries' rules and schedules differ from those declared here."""

from .matrices import MATRICES
from .optimizers import OPTIMIZERS
from .schedules import SCHEDULES

PEERS = (*OPTIMIZERS, *MATRICES, *SCHEDULES)

__all__ = ["PEERS"]
