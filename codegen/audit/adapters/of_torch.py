"""Optimizers of torch: classes, and functions that make one of parameters."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from inspect import Parameter, signature, unwrap
from typing import Any

import numpy as np

from ..trial import Floats
from .draws import Draws
from .run import GROUP, Given, Making


class TorchRun:
    """One that is made of parameters, and steps by their ``grad``.

    A closure is given where ``step`` cannot do without, and where a gradient at the parameters is
    not enough; it takes the gradient wherever they are then, and returns the loss. Estimates are
    arguments of ``step`` by their names. Those that show others than the parameters they step
    (``eval`` and ``train`` of schedule-free ones) step as in training. Those that refuse dense
    gradients are given the elements that are not 0.
    """

    def __init__(self, made_by: Any, making: Making) -> None:
        import torch

        from ...verify.plain import compile_nothing

        compile_nothing()
        self._torch = torch
        self._dtype = getattr(torch, making.dtype)
        self._p = [torch.nn.Parameter(self._tensor(x)) for x in making.starts]
        self._optimizer = made(made_by, making.arguments, self._p)
        self._rate, self._rates = making.rate, iter(making.rates)
        taken = signature(self._optimizer.step).parameters.get("closure")
        self._step = self._optimizer.step
        if type(self._optimizer).__module__.startswith("torch."):
            # As it is without what asks for torch's compiler, whose import takes seconds.
            self._step = partial(unwrap(type(self._optimizer).step), self._optimizer)
        self._asks = taken is not None and taken.default is Parameter.empty
        self._is_sparse = False

    def step(self, given: Given) -> None:
        torch = self._torch
        for rate in self._rates:
            for group in self._optimizer.param_groups:
                group[self._rate] = rate
            break

        def closure() -> Any:
            for index, p in enumerate(self._p):
                gradient = self._tensor(given.gradient(index, _floats(torch, p)))
                p.grad = gradient.to_sparse() if self._is_sparse else gradient
            return torch.tensor(given.loss or 0.0, dtype=self._dtype)

        asks = self._asks or given.pull or given.loss is not None

        def step() -> None:
            closure()
            with torch.no_grad(), _drawing(torch, self._tensor, given):
                self._step(*([closure] if asks else []), **given.handed(self._tensor))

        try:
            step()
        except RuntimeError as error:
            if self._is_sparse or "dense gradients" not in str(error):
                raise
            self._is_sparse = True
            step()

    def parameters(self) -> list[Floats]:
        return [_floats(self._torch, p) for p in self._p]

    def states(self) -> dict[str, list[Floats]]:
        known = getattr(self._optimizer, "state", {})
        kept = [known.get(p, {}) for p in self._p]
        return {
            name: [_floats(self._torch, each[name]) for each in kept]
            for name, value in kept[0].items()
            if isinstance(name, str) and _is_number(self._torch, value)
            if all(_is_number(self._torch, each.get(name)) for each in kept)
        }

    def evaluated(self) -> list[Floats]:
        if not all(callable(getattr(self._optimizer, n, None)) for n in ("eval", "train")):
            return []
        show(self._optimizer, "eval")
        found = self.parameters()
        show(self._optimizer, "train")
        return found

    def _tensor(self, x: Any) -> Any:
        return self._torch.tensor(np.asarray(x, dtype=np.float64)).to(self._dtype)


def made(made_by: Any, arguments: Mapping[str, Any], params: Sequence[Any]) -> Any:
    """An optimizer of parameters, in training, of arguments by its own names."""
    own = {n: x for n, x in arguments.items() if not n.startswith(GROUP)}
    of_group = {n.removeprefix(GROUP): x for n, x in arguments.items() if n not in own}
    optimizer = made_by([{"params": params, **of_group}] if of_group else params, **own)
    show(optimizer, "train")
    return optimizer


def show(optimizer: Any, name: str) -> None:
    """Have those that can show others than the parameters they step do so, or these again."""
    import torch

    if callable(change := getattr(optimizer, name, None)):
        with torch.no_grad():
            change()


@contextmanager
def _drawing(torch: Any, tensor: Any, given: Given) -> Iterator[None]:
    """What torch draws meanwhile is what the equations draw."""
    draws = Draws(given.drawn)
    if draws.are_none:
        yield
        return
    from torch.overrides import TorchFunctionMode

    def ours(kind: str, like: Any) -> Any:
        return tensor(draws.next(kind, tuple(like.shape))).to(like)

    class Drawing(TorchFunctionMode):
        def __torch_function__(
            self, func: Any, types: Sequence[Any], args: Any = (), kwargs: Any = None
        ) -> Any:
            found = func(*args, **(kwargs or {}))
            name = func.__name__
            if name in ("randn", "randn_like"):
                return ours("normal", found)
            if name in ("normal", "normal_"):
                mean, deviation = _two(args[1:] if name.endswith("_") else args, kwargs, 0.0, 1.0)
                return _as(found, mean + deviation * ours("normal", found), name)
            if name in ("rand", "rand_like"):
                return ours("uniform", found)
            if name == "uniform_":
                low, high = _two(args[1:], kwargs, 0.0, 1.0)
                return _as(found, low + (high - low) * ours("uniform", found), name)
            if name in ("randint", "randint_like", "bernoulli", "bernoulli_"):
                return _as(found, (ours("rademacher", found) + 1) / 2, name)
            return found

    with Drawing():
        yield


def _as(found: Any, ours: Any, name: str) -> Any:
    """What was drawn: in its place, where it is drawn in place."""
    return found.copy_(ours) if name.endswith("_") else ours


def _two(args: Sequence[Any], kwargs: Any, *defaults: float) -> tuple[Any, Any]:
    """A mean and a deviation, or two ends, by position or name."""
    given = kwargs or {}
    names = (("mean", "from"), ("std", "to"))
    values = [
        args[i] if i < len(args) else next((given[n] for n in names[i] if n in given), default)
        for i, default in enumerate(defaults)
    ]
    return values[0], values[1]


def _is_number(torch: Any, value: Any) -> bool:
    return isinstance(value, torch.Tensor | float | int)


def _floats(torch: Any, value: Any) -> Floats:
    if isinstance(value, torch.Tensor):
        return value.detach().to(torch.float64).cpu().numpy().copy()
    return np.asarray(float(value))
