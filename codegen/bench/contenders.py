"""The ways there are to take a step: generated, of torch.optim, of a textbook; and the limit."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, partial
from importlib.util import find_spec
from inspect import signature
from types import ModuleType
from typing import Any, Protocol, runtime_checkable

from ...specs.language import Optimizer, SpecError
from ..cost import BYTES, Cost, costs
from ..program.compiled import compiled
from ..verify.optimizers.configurations import Configuration, settings
from ..verify.optimizers.starts import peer_class
from . import limit
from .arrays import Array, HostArrays
from .inputs import given
from .libraries import of_libraries
from .measure import Runner
from .textbook import State, Textbook
from .workload import Data

_NUMPY_FORMS = {"numpy": {"engine": "numpy"}, "numba": {"engine": "numba"}}
_TORCH_FORMS = {"loop": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
"""Arguments of a constructor; a class that has no such argument has no such form."""

_ORDER = ("limit", "numba", "fused", "libraries", "foreach", "loop", "numpy")
"""Of forms: where memory is short, those most worth comparing are in it at the same time."""


class Family(Enum):
    """Whose a contender is."""

    OURS = "steprule"
    TORCH = "torch.optim"
    LIBRARY = "library"
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
        spec.defaults,
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
            passes = partial(limit.InPlace, cost, sum(data.sizes), data.arrays.dtype)
            held = array * max(cost.read, cost.written)
        else:
            count = cost.moved * array // 2
            passes = partial(limit.DeviceCopy, count, data.arrays.device)
            held = 2 * min(count, limit.BUFFER)
        found.append(Contender("limit", Family.LIMIT, passes, held))
    return sorted(found, key=_place)


def _place(contender: Contender) -> int:
    is_theirs = contender.family is Family.LIBRARY
    return _ORDER.index("libraries" if is_theirs else contender.name.split()[-1])


_Entry = tuple[str, Family, Callable[[], Runner]]


def _of_numpy(subject: Subject, data: Data) -> Iterator[_Entry]:
    if not isinstance(data.arrays, HostArrays) or data.arrays.dtype == "bfloat16":
        return
    cls = getattr(subject.package("numpy"), subject.spec.name)
    given = settings(subject.spec, subject.configuration)
    for form, arguments in _forms(cls, _NUMPY_FORMS):
        make = partial(cls, **given, **arguments)
        yield f"steprule {form}", Family.OURS, partial(_Numpy, make, subject.rule, data)
    yield "textbook numpy", Family.TEXTBOOK, partial(_OfTextbook, subject.rule, data)


def _of_torch(subject: Subject, data: Data) -> Iterator[_Entry]:
    if not has_torch():
        return
    tensors = _Tensors(data)
    given = settings(subject.spec, subject.configuration)
    cls = getattr(subject.package("torch"), subject.spec.name)
    for form, arguments in _forms(cls, _TORCH_FORMS):
        make = partial(cls, **given, **arguments)
        yield f"steprule torch {form}", Family.OURS, partial(_Torch, make, subject.rule, tensors)
    if subject.spec.peer:
        yield from _of_peer(subject.spec.peer, given, tensors)
    for name, make in of_libraries(subject.spec, subject.configuration):
        yield name, Family.LIBRARY, partial(_OfLibrary, make, tensors)


def _of_peer(path: str, given: Mapping[str, Any], tensors: "_Tensors") -> Iterator[_Entry]:
    """Its forms; of one that is not there the plain one, which says so when it is to start."""
    forms: Iterable[tuple[str, Mapping[str, Any]]] = [("loop", {})]
    with suppress(ImportError):
        forms = _forms(peer_class(path), _TORCH_FORMS)
    for form, arguments in forms:

        def make(params: list[Any], arguments: Mapping[str, Any] = arguments) -> Any:
            return peer_class(path)(params, **given, **arguments)

        yield f"torch.optim {form}", Family.TORCH, partial(_Torch, make, None, tensors)


def has_torch() -> bool:
    return find_spec("torch") is not None


def _forms(
    cls: Any, forms: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    known = signature(cls).parameters
    return ((form, arguments) for form, arguments in forms.items() if arguments.keys() <= {*known})


class _Numpy:
    def __init__(self, make: Callable[[], Any], rule: Textbook, data: Data) -> None:
        self._optimizer = make()
        self._rule = rule
        self._inputs: dict[str, Any] = {}
        self._data = data
        self._params = data.parameters()
        self._grads: list[Array] = []

    def prepare(self, step: int) -> None:
        self._grads = self._data.gradients(step)
        self._inputs = given(self._rule, self._data, step, list)

    def step(self) -> None:
        self._optimizer.update(self._params, self._grads, **self._inputs)

    def parameters(self) -> list[Array]:
        return self._params


class _OfTextbook:
    def __init__(self, rule: Textbook, data: Data) -> None:
        self._rule = rule
        self._data = data
        self._params = data.parameters()
        self._states: list[list[State]] = [self._rule.initial(theta) for theta in self._params]
        self._grads: list[Array] = []
        self._inputs: dict[str, Any] = {}
        self._t = 0

    def prepare(self, step: int) -> None:
        self._grads = self._data.gradients(step)
        self._inputs = given(self._rule, self._data, step, list)

    def step(self) -> None:
        self._t += 1
        for i, (theta, grad) in enumerate(zip(self._params, self._grads, strict=True)):
            own = {n: x[i] if isinstance(x, list) else x for n, x in self._inputs.items()}
            self._params[i], self._states[i] = self._rule.step(
                self._t, theta, grad, self._states[i], own
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


class _OfTensors:
    """Has gradients of torch's, step by step."""

    def __init__(self, make: Callable[[list[Any]], Any], tensors: _Tensors) -> None:
        self._tensors = tensors
        self._params = tensors.parameters()
        self._optimizer = make(self._params)

    def prepare(self, step: int) -> None:
        for p, grad in zip(self._params, self._tensors.gradients(step), strict=True):
            p.grad = grad


class _Torch(_OfTensors):
    def __init__(
        self, make: Callable[[list[Any]], Any], rule: Textbook | None, tensors: _Tensors
    ) -> None:
        super().__init__(make, tensors)
        self._rule = rule
        self._inputs: dict[str, Any] = {}

    def prepare(self, step: int) -> None:
        super().prepare(step)
        if self._rule:
            data = self._tensors.data
            self._inputs = given(self._rule, data, step, lambda x: [*map(data.arrays.tensor, x)])

    def step(self) -> None:
        self._optimizer.step(**self._inputs)

    def parameters(self) -> list[Array]:
        return [self._tensors.data.arrays.array(p.detach()) for p in self._params]


class _OfLibrary(_OfTensors):
    """One of a library, whose dialect may lead elsewhere: where it ends is looked at by audits.

    Some write to gradients: it has its own, which others do not read.
    """

    def prepare(self, step: int) -> None:
        super().prepare(step)
        for p in self._params:
            p.grad = p.grad.clone()

    def step(self) -> None:
        self._optimizer.step()
