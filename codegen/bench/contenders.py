"""The ways there are to take a step: generated, of torch.optim, of a textbook; and the limit."""

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
from ..cost import BYTES, Cost, costs
from ..program.compiled import compiled
from ..verify.optimizers.configurations import Configuration, settings
from ..verify.optimizers.implementations import peer_class
from .arrays import Array, HostArrays
from .machine import cores
from .measure import Runner
from .textbook import State, Textbook
from .workload import Data

_NUMPY_FORMS = {"numpy": {"engine": "numpy"}, "numba": {"engine": "numba"}}
_TORCH_FORMS = {"loop": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
"""Arguments of a constructor; a class that has no such argument has no such form."""

_ORDER = ("limit", "numba", "fused", "foreach", "loop", "numpy")
"""Of forms: where memory is short, those most worth comparing are in it at the same time."""

_BUFFER = 1 << 30
"""The most bytes a device copies at once: far beyond its caches, and little beside its memory."""


class Family(Enum):
    """Whose a contender is."""

    OURS = "steprule"
    TORCH = "torch.optim"
    TEXTBOOK = "textbook"
    LIMIT = "limit"


@runtime_checkable
class Stepper(Runner, Protocol):
    """A runner that has parameters to be looked at."""

    def parameters(self) -> list[Array]:
        """Every tensor as it is now, where the data are; not to be written to."""
        ...


@dataclass(frozen=True)
class Contender:
    """A way to take a step.

    Args:
        name: as reported.
        family: whose it is.
        start: makes a runner at the first step, and with it the memory it needs.
        holds: the bytes its runner has between steps, beside the gradients.
    """

    name: str
    family: Family
    start: Callable[[], Runner]
    holds: int


@dataclass(frozen=True)
class Subject:
    """An optimizer to be measured.

    Args:
        spec: analysed.
        package: imports the package of a backend in which the spec's class is.
        configuration: the settings that are measured: the spec's own defaults.
        rule: its equations.
        cost: the numbers a step must read and write for each parameter; None where that depends
            on shapes.
    """

    spec: Optimizer
    package: Callable[[str], ModuleType]
    configuration: Configuration
    rule: Textbook
    cost: Cost | None


def subject(spec: Optimizer, package: Callable[[str], ModuleType]) -> Subject:
    configuration = Configuration(
        {h.name: float(h.default) for h in spec.hyperparameters},
        {option.name: option.default for option in spec.options},
    )
    try:
        cost = costs(compiled(spec))[0]
    except SpecError:
        cost = None
    return Subject(spec, package, configuration, Textbook(spec, configuration), cost)


def contenders(subject: Subject, data: Data) -> list[Contender]:
    """The contenders on a workload, none of them started; those of one form side by side.

    Args:
        subject: the rule.
        data: where they start, and the gradients. All are of its dtype and live where it does:
            NumPy is left out off the host, and of bfloat16, which it lacks.
    """
    array = sum(data.sizes) * BYTES[data.arrays.dtype]
    held = array * subject.rule.kept
    found = [
        Contender(name, family, start, held)
        for name, family, start in (*_of_numpy(subject, data), *_of_torch(subject, data))
    ]
    if cost := subject.cost:
        if isinstance(data.arrays, HostArrays):
            limit = partial(_InPlace, cost, sum(data.sizes), data.arrays.dtype)
            held = array * max(cost.read, cost.written)
        else:
            count = cost.moved * array // 2
            limit = partial(_DeviceCopy, count, data.arrays.device)
            held = 2 * min(count, _BUFFER)
        found.append(Contender("limit", Family.LIMIT, limit, held))
    return sorted(found, key=lambda c: _ORDER.index(c.name.split()[-1]))


_Entry = tuple[str, Family, Callable[[], Runner]]


def _of_numpy(subject: Subject, data: Data) -> Iterator[_Entry]:
    if not isinstance(data.arrays, HostArrays) or data.arrays.dtype == "bfloat16":
        return
    cls = getattr(subject.package("numpy"), subject.spec.name)
    given = settings(subject.spec, subject.configuration)
    for form, arguments in _forms(cls, _NUMPY_FORMS):
        make = partial(cls, **given, **arguments)
        yield f"steprule {form}", Family.OURS, partial(_Numpy, make, data)
    yield "textbook numpy", Family.TEXTBOOK, partial(_OfTextbook, subject.rule, data)


def _of_torch(subject: Subject, data: Data) -> Iterator[_Entry]:
    if not has_torch():
        return
    tensors = _Tensors(data)
    given = settings(subject.spec, subject.configuration)
    cls = getattr(subject.package("torch"), subject.spec.name)
    for form, arguments in _forms(cls, _TORCH_FORMS):
        make = partial(cls, **given, **arguments)
        yield f"steprule torch {form}", Family.OURS, partial(_Torch, make, tensors)
    if theirs := peer_class(subject.spec):
        for form, arguments in _forms(theirs, _TORCH_FORMS):
            make = partial(theirs, **given, **arguments)
            yield f"torch.optim {form}", Family.TORCH, partial(_Torch, make, tensors)


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
        self._grads: list[Array] = []

    def prepare(self, step: int) -> None:
        self._grads = self._data.gradients(step)

    def step(self) -> None:
        self._optimizer.update(self._params, self._grads)

    def parameters(self) -> list[Array]:
        return self._params


class _OfTextbook:
    def __init__(self, rule: Textbook, data: Data) -> None:
        self._rule = rule
        self._data = data
        self._params = data.parameters()
        self._states: list[list[State]] = [self._rule.initial(theta) for theta in self._params]
        self._grads: list[Array] = []
        self._t = 0

    def prepare(self, step: int) -> None:
        self._grads = self._data.gradients(step)

    def step(self) -> None:
        self._t += 1
        for i, (theta, grad) in enumerate(zip(self._params, self._grads, strict=True)):
            self._params[i], self._states[i] = self._rule.step(
                self._t, theta, grad, self._states[i]
            )

    def parameters(self) -> list[Array]:
        return self._params


class _Tensors:
    """Data as torch's tensors, in the memory they are in already where dtypes allow."""

    def __init__(self, data: Data) -> None:
        self.data = data

    @cached_property
    def _noise(self) -> Any:
        return self.data.arrays.tensor(self.data.noise)

    def parameters(self) -> list[Any]:
        import torch

        return [torch.nn.Parameter(self.data.arrays.tensor(x)) for x in self.data.parameters()]

    def gradients(self, step: int) -> list[Any]:
        return [self._noise[window] for window in self.data.windows(step)]


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

    def parameters(self) -> list[Array]:
        return [self._tensors.data.arrays.array(p.detach()) for p in self._params]


class _InPlace:
    """Reads and writes what a step must, where it is, with a thread on each core.

    A copy of the same bytes is no limit: it goes to memory of its own, which many processors read
    before they write to it.
    """

    def __init__(self, cost: Cost, count: int, dtype: str) -> None:
        number = np.dtype(f"u{BYTES[dtype]}")
        self._arrays = [np.ones(count, number) for _ in range(max(cost.read, cost.written))]
        self._pool = ThreadPoolExecutor(cores())
        self._parts = [np.array_split(x, cores()) for x in self._arrays]
        self._sweep = _sweep(cost.written, len(self._arrays))

    def prepare(self, step: int) -> None: ...

    def step(self) -> None:
        deque(self._pool.map(self._sweep, *self._parts), maxlen=0)


def _sweep(written: int, arrays: int) -> Callable[..., None]:
    """A compiled pass over so many arrays at once, which changes the first of them.

    One after another they would take longer, and so would anything NumPy has.

    Raises:
        ImportError: Numba is not installed.
    """
    try:
        from numba import njit
    except ImportError as error:
        raise ImportError('the limit needs Numba: pip install "steprule[fast]"') from error
    names = [f"x{k}" for k in range(arrays)]
    read = " ^ ".join(f"{name}[i]" for name in names[written:]) or "1"
    body = "".join(f"        {name}[i] ^= read\n" for name in names[:written])
    source = (
        f"def sweep({', '.join(names)}):\n    for i in range(x0.size):\n        read = {read}\n"
    )
    scope: dict[str, Any] = {}
    exec(source + body, scope)
    return njit(nogil=True)(scope["sweep"])


class _DeviceCopy:
    """Copies so many bytes through two buffers, as often as it takes.

    The bandwidth is that of a copy in one piece; the memory is left to others.
    """

    def __init__(self, count: int, device: Any) -> None:
        import torch

        source = torch.ones(min(count, _BUFFER), dtype=torch.uint8, device=device)
        target = torch.empty_like(source)
        lengths = [min(_BUFFER, count - done) for done in range(0, count, _BUFFER)]
        self._pairs = [(target[:length], source[:length]) for length in lengths]

    def prepare(self, step: int) -> None: ...

    def step(self) -> None:
        for target, source in self._pairs:
            target.copy_(source)
