"""Steps of one optimizer by every engine, and a signal at every line of one."""

import contextlib
import hashlib
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch

FOLDERS = tuple(str(Path(module.__file__).parent) for module in (steprule.numpy, steprule.torch))


@contextlib.contextmanager
def untraced() -> Iterator[None]:
    """For what handlers do themselves."""
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(trace)


def digest(arrays: list[np.ndarray]) -> str:
    return hashlib.sha256(b"".join(x.tobytes() for x in arrays)).hexdigest()


class Numpy:
    """Adam over NumPy arrays: small ones, one of a block, and one that threads share."""

    def __init__(self, **arguments: Any) -> None:
        rng = np.random.default_rng(1)
        self.params = [rng.standard_normal(n).astype("f4") for n in (3, 5, 3000, 70_000)]
        self.grads = [rng.standard_normal(p.size).astype("f4") for p in self.params]
        self.optimizer = steprule.numpy.NAdam(**arguments)

    def step(self) -> None:
        self.optimizer.update(self.params, self.grads)

    def seen(self) -> str:
        with untraced():
            states = self.optimizer.state_dict()
            return digest([*self.params, *states.values()])


class Torch:
    """NAdam over tensors of two dtypes, which has a scalar state beside its count."""

    def __init__(self, **arguments: Any) -> None:
        generator = torch.Generator().manual_seed(1)
        kinds = ((3, torch.float32), (5, torch.float32), (3, torch.float64), (7, torch.bfloat16))
        self.params = [torch.randn(n, generator=generator).to(dtype) for n, dtype in kinds]
        for p in self.params:
            p.grad = torch.randn(p.shape, generator=generator).to(p.dtype)
        self.optimizer = steprule.torch.NAdam(self.params, **arguments)

    def step(self) -> None:
        self.optimizer.step()

    def seen(self) -> str:
        with untraced():
            states = self.optimizer.state_dict()["state"]
            tensors = [x for state in states.values() for x in state.values()]
            return digest([x.double().numpy() for x in (*self.params, *tensors)])


WAYS: dict[str, Callable[[], Any]] = {
    "numpy": lambda: Numpy(engine="numpy"),
    "numba": lambda: Numpy(engine="numba"),
    "clipped": lambda: Numpy(engine="numpy", global_clipnorm=1.0),
    "foreach": lambda: Torch(foreach=True),
    "loop": lambda: Torch(foreach=False),
    "capturable": lambda: Torch(capturable=True),
    "fused": lambda: Torch(fused=True),
}


@pytest.fixture(params=WAYS)
def make(request: pytest.FixtureRequest) -> Callable[[], Any]:
    return WAYS[request.param]


@pytest.fixture
def handle() -> Iterator[Callable[..., None]]:
    """Sets handlers of signals, for the length of a test."""
    before: dict[int, Any] = {}

    def handle(number: int, handler: Any) -> None:
        before.setdefault(number, signal.signal(number, handler))

    yield handle
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def at_lines() -> Callable[..., int]:
    """Calls a function, and something else at its lines in the generated code; how many it has."""

    def run(function: Callable[[], None], what: Callable[[int], None]) -> int:
        count = 0

        def trace(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal count
            if not frame.f_code.co_filename.startswith(FOLDERS):
                return None
            if event == "line":
                count += 1
                what(count)
            return trace

        sys.settrace(trace)
        try:
            function()
        finally:
            sys.settrace(None)
        return count

    return run
