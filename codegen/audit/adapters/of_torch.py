"""Optimizers of torch: classes, and functions that make one of parameters."""

from collections.abc import Mapping, Sequence
from functools import partial
from inspect import Parameter, signature, unwrap
from typing import Any

import numpy as np

from ..trial import Floats
from .run import Gradient


class TorchRun:
    """One that is made of parameters, and steps by their ``grad``.

    A closure is given where ``step`` cannot do without, and where a gradient at the parameters is
    not enough; it takes the gradient wherever they are then.
    """

    def __init__(
        self,
        made_by: Any,
        arguments: Mapping[str, Any],
        starts: Sequence[Floats],
        dtype: str,
        rate: str,
        rates: Sequence[float],
    ) -> None:
        import torch

        from ...verify.plain import compile_nothing

        compile_nothing()
        self._torch = torch
        self._dtype = getattr(torch, dtype)
        tensors = [torch.tensor(np.asarray(x, dtype=np.float64)) for x in starts]
        self._p = [torch.nn.Parameter(x.to(self._dtype)) for x in tensors]
        self._optimizer = made_by(self._p, **arguments)
        self._rate, self._rates = rate, iter(rates)
        if callable(train := getattr(self._optimizer, "train", None)):
            train()  # of schedule-free ones, which else refuse to step
        taken = signature(self._optimizer.step).parameters.get("closure")
        self._step = self._optimizer.step
        if type(self._optimizer).__module__.startswith("torch."):
            # As it is without what asks for torch's compiler, whose import takes seconds.
            self._step = partial(unwrap(type(self._optimizer).step), self._optimizer)
        self._asks = taken is not None and taken.default is Parameter.empty

    def step(self, gradient: Gradient) -> None:
        torch = self._torch
        for rate in self._rates:
            for group in self._optimizer.param_groups:
                group[self._rate] = rate
            break

        def closure() -> Any:
            for index, p in enumerate(self._p):
                found = gradient(index, _floats(torch, p))
                p.grad = torch.tensor(np.asarray(found, dtype=np.float64)).to(self._dtype)
            return torch.zeros((), dtype=self._dtype)

        closure()
        with torch.no_grad():
            self._step(*([closure] if self._asks or gradient.pull else []))

    def parameters(self) -> list[Floats]:
        return [_floats(self._torch, p) for p in self._p]

    def states(self) -> dict[str, list[Floats]]:
        kept = [self._optimizer.state.get(p, {}) for p in self._p]
        return {
            name: [_floats(self._torch, each[name]) for each in kept]
            for name, value in kept[0].items()
            if isinstance(name, str) and _is_number(self._torch, value)
            if all(_is_number(self._torch, each.get(name)) for each in kept)
        }


def _is_number(torch: Any, value: Any) -> bool:
    return isinstance(value, torch.Tensor | float | int)


def _floats(torch: Any, value: Any) -> Floats:
    if isinstance(value, torch.Tensor):
        return value.detach().to(torch.float64).cpu().numpy().copy()
    return np.asarray(float(value))
