"""Where other libraries' rules and schedules differ from those declared here."""

from .optimizers import OPTIMIZERS
from .schedules import SCHEDULES

PEERS = (*OPTIMIZERS, *SCHEDULES)

__all__ = ["PEERS"]
