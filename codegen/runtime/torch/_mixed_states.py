"""The states of several optimizers, as those of one."""

from collections.abc import Iterator, MutableMapping, Sequence
from itertools import chain
from typing import Any

from torch import Tensor

from ._optimizer import Optimizer


class States(MutableMapping[Tensor, Any]):
    """By parameter, as they stand in the optimizers: what is set here is set there."""

    def __init__(self, optimizers: Sequence[Optimizer]) -> None:
        self._optimizers = optimizers

    def __getitem__(self, p: Tensor) -> Any:
        return self._having(p).state[p]

    def __setitem__(self, p: Tensor, state: Any) -> None:
        self._having(p).state[p] = state

    def __delitem__(self, p: Tensor) -> None:
        del self._having(p).state[p]

    def __contains__(self, p: object) -> bool:
        return any(p in each.state for each in self._optimizers)

    def __iter__(self) -> Iterator[Tensor]:
        return chain.from_iterable(each.state for each in self._optimizers)

    def __len__(self) -> int:
        return sum(len(each.state) for each in self._optimizers)

    def __repr__(self) -> str:
        return repr(dict(self))

    def _having(self, p: Tensor) -> Optimizer:
        """The optimizer that has a state of a parameter, or else the parameter."""
        for each in self._optimizers:
            if p in each.state:
                return each
        for each in self._optimizers:
            if any(p is own for group in each.param_groups for own in group["params"]):
                return each
        raise KeyError("no group of the optimizers has this parameter: put it into one before")
