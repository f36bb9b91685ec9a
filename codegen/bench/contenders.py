"""The ways there are to take a step: generated, of torch.optim, of a textbook; and the copy."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, partial
from importlib.util import find_spec
from inspect import signature
from types import ModuleType
from typing import Any, Protocol, runtime_checkable

import numpy as np

from ...specs.language import Optimizer, SpecError
from ..cost import BYTES, costs
from ..verify.configurations import Configuration
from ..verify.engines import settings
from ..verify.implementations import peer_class
from .machine import cores
from .measure import Runner
from .textbook import State, Textbook
from .workload import Data, Floats

_NUMPY_FORMS = {"numpy": {"engine": "numpy"}, "numba": {"engine": "numba"}}
_TORCH_FORMS = {"loop": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
"""Arguments of a constructor; a class that has no such argument has no such form."""


class Family(Enum):
    """Whose a contender is."""

    OURS = "steprule"
    TORCH = "torch.optim"
    TEXTBOOK = "textbook"
    LIMIT = "limit"


@runtime_checkable
class Stepper(Runner, Protocol):
    """A runner that has parameters to be looked at."""

    def parameters(self) -> list[Floats]:
        """Every tensor as it is now; not to be written to."""
        ...


@dataclass(frozen=True)
class Contender:
    """A way to take a step.

    Args:
        name: as reported.
        family: whose it is.
        start: makes a runner at the first step, and with it the memory it needs.
    """

    name: str
    family: Family
    start: Callable[[], Runner]


@dataclass(frozen=True)
class Subject:
    """An optimizer to be measured.

    Args:
        spec: analysed.
        package: imports the package of a backend in which the spec's class is.
        configuration: the settings that are measured: the spec's own defaults.
        rule: its equations.
        moved: the numbers a step must move for each parameter; None where that depends on
            shapes.
    """

    spec: Optimizer
    package: Callable[[str], ModuleType]
    configuration: Configuration
    rule: Textbook
    moved: int | None


def subject(spec: Optimizer, package: Callable[[str], ModuleType]) -> Subject:
    configuration = Configuration(
        {h.name: float(h.default) for h in spec.hyperparameters},
        {option.name: option.default for option in spec.options},
    )
    try:
        moved = costs(spec)[0].moved
    except SpecError:
        moved = None
    return Subject(spec, package, configuration, Textbook(spec, configuration), moved)


def contenders(subject: Subject, data: Data, device: str) -> Iterator[Contender]:
    """The contenders on a workload, none of them started.

    Args:
        subject: the rule.
        data: where they start, and the gradients; its dtype is theirs. NumPy has no bfloat16.
        device: where torch runs. NumPy is left out off the CPU.
    """
    spec = subject.spec
    given = settings(spec, subject.configuration)
    if device == "cpu" and data.dtype != "bfloat16":
        cls = getattr(subject.package("numpy"), spec.name)
        for form, arguments in _forms(cls, _NUMPY_FORMS):
            make = partial(cls, **given, **arguments)
            yield Contender(f"steprule {form}", Family.OURS, partial(_Numpy, make, data))
        make = partial(_OfTextbook, subject.rule, data)
        yield Contender("textbook numpy", Family.TEXTBOOK, make)
    if has_torch():
        tensors = _Tensors(data, device)
        cls = getattr(subject.package("torch"), spec.name)
        for form, arguments in _forms(cls, _TORCH_FORMS):
            make = partial(cls, **given, **arguments)
            yield Contender(f"steprule torch {form}", Family.OURS, partial(_Torch, make, tensors))
        if theirs := peer_class(spec):
            for form, arguments in _forms(theirs, _TORCH_FORMS):
                make = partial(theirs, **given, **arguments)
                started = partial(_Torch, make, tensors)
                yield Contender(f"torch.optim {form}", Family.TORCH, started)
    if subject.moved:
        moved = subject.moved * BYTES[data.dtype] * sum(data.sizes)
        yield Contender("copy", Family.LIMIT, partial(_copy, moved // 2, device))


def has_torch() -> bool:
    return find_spec("torch") is not None


def _forms(
    cls: Any, forms: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    known = signature(cls).parameters
    return ((form, arguments) for form, arguments in forms.items() if arguments.keys() <= {*known})


class _Numpy:
    def __init__(self, make: Callable[[], Any], data: Data) -> None:
        self._optimizer = make()
        self._data = data
        self._params = data.parameters()
        self._grads: list[Floats] = []

    def prepare(self, step: int) -> None:
        self._grads = self._data.gradients(step)

    def step(self) -> None:
        self._optimizer.update(self._params, self._grads)

    def parameters(self) -> list[Floats]:
        return self._params


class _OfTextbook:
    def __init__(self, rule: Textbook, data: Data) -> None:
        self._rule = rule
        self._data = data
        self._params = data.parameters()
        self._states: list[list[State]] = [self._rule.initial(theta) for theta in self._params]
        self._grads: list[Floats] = []
        self._t = 0

    def prepare(self, step: int) -> None:
        self._grads = self._data.gradients(step)

    def step(self) -> None:
        self._t += 1
        for i, (theta, grad) in enumerate(zip(self._params, self._grads, strict=True)):
            self._params[i], self._states[i] = self._rule.step(
                self._t, theta, grad, self._states[i]
            )

    def parameters(self) -> list[Floats]:
        return self._params


class _Tensors:
    """Data as tensors. On the CPU they share memory with NumPy's arrays where dtypes allow."""

    def __init__(self, data: Data, device: str) -> None:
        self._data = data
        self._device = device

    @cached_property
    def _noise(self) -> Any:
        return self._tensor(self._data.noise)

    def parameters(self) -> list[Any]:
        import torch

        return [torch.nn.Parameter(self._tensor(x)) for x in self._data.parameters()]

    def gradients(self, step: int) -> list[Any]:
        return [self._noise[window] for window in self._data.windows(step)]

    def _tensor(self, array: Floats) -> Any:
        import torch

        return torch.from_numpy(array).to(self._device, getattr(torch, self._data.dtype))


class _Torch:
    def __init__(self, make: Callable[[list[Any]], Any], tensors: _Tensors) -> None:
        self._tensors = tensors
        self._params = tensors.parameters()
        self._optimizer = make(self._params)

    def prepare(self, step: int) -> None:
        for p, grad in zip(self._params, self._tensors.gradients(step), strict=True):
            p.grad = grad

    def step(self) -> None:
        self._optimizer.step()

    def parameters(self) -> list[Floats]:
        def array(x: Any) -> Floats:
            return (x.float() if x.itemsize < 4 else x).cpu().numpy()

        return [array(p.detach()) for p in self._params]


class _Copy:
    def __init__(self, copy: Callable[[], Any]) -> None:
        self.step = copy

    def prepare(self, step: int) -> None: ...


def _copy(count: int, device: str) -> _Copy:
    """Copies so many bytes: reads them and writes them, on the CPU with a thread on each core."""
    if device == "cpu":
        # The system's own copy, which torch's falls short of: it need not read what it writes to.
        source = np.ones(count, dtype=np.uint8)
        pool = ThreadPoolExecutor(cores())
        parts = [np.array_split(x, cores()) for x in (np.empty_like(source), source)]
        return _Copy(lambda: deque(pool.map(np.copyto, *parts), maxlen=0))
    import torch

    tensor = torch.ones(count, dtype=torch.uint8, device=device)
    return _Copy(partial(torch.empty_like(tensor).copy_, tensor))
