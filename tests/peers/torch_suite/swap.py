"""A plugin of pytest: our classes in the place of torch's of the same names."""

import sys
from types import ModuleType

import steprule.torch
import torch.optim
from steprule.torch import lr_scheduler

_PLACES = ((torch.optim, steprule.torch), (torch.optim.lr_scheduler, lr_scheduler))
_HOLDS_CLASSES = "torch.testing._internal.common_optimizers"
"""torch's table of optimizers to test, which takes the classes as it finds them at its import."""


def swap() -> list[str]:
    """Put our classes in place; the names of those that were replaced.

    Raises:
        RuntimeError: torch's table of optimizers has been imported, so that it holds torch's.
    """
    if _HOLDS_CLASSES in sys.modules:
        raise RuntimeError(f"{_HOLDS_CLASSES} has been imported with torch's own classes")
    replaced: list[str] = []
    for place, source in _PLACES:
        for name in _shared(place, source):
            own, ours = getattr(place, name), getattr(source, name)
            defining = sys.modules[own.__module__]  # "torch.optim.adam", for those who look there
            for module in {place, defining}:
                setattr(module, name, ours)
            replaced.append(name)
    return replaced


def _shared(place: ModuleType, source: ModuleType) -> list[str]:
    return [name for name in source.__all__ if isinstance(getattr(place, name, None), type)]


def pytest_configure() -> None:
    swap()
