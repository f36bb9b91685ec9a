"""The kernels without a GPU: run by Triton's interpreter, or compiled for one that is elsewhere."""

import importlib
import sys
from functools import cache
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("triton")

import steprule.torch
from steprule.specs.language import Optimizer
from triton import knobs
from triton.runtime.interpreter import InterpretedFunction

from ..sample import Sample, optimizers


@cache
def _rules() -> Sample[Optimizer]:
    """Those that have one kernel, of elements."""

    def keep(spec: Optimizer) -> bool:
        cls = getattr(steprule.torch, spec.name)
        return bool(cls._kernel) and not (cls._is_whole or spec.inputs)

    return optimizers(keep)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "spec" in metafunc.fixturenames:
        metafunc.parametrize("spec", _rules().params(_rules().values(), lambda spec: spec.name))


@pytest.fixture(scope="session")
def interpreted() -> Any:
    """The engine of GPUs, on CPU tensors."""
    return _engine(interpret=True)


@pytest.fixture(scope="session")
def compiled() -> Any:
    """The same with kernels that can be compiled, and not run."""
    return _engine(interpret=False)


if not hasattr(InterpretedFunction, "warmup"):  # before Triton 3.6
    InterpretedFunction.warmup = lambda self, *args, **options: None


def _engine(*, interpret: bool) -> ModuleType:
    """A copy of the engine: the interpreter is on or off from when a kernel is declared."""
    engine = "steprule.torch._triton"
    own = engine, "steprule.triton"  # with the engine's rooms
    names = [n for n in sys.modules if n.startswith(own)]
    others = {name: sys.modules.pop(name) for name in names}
    with knobs.runtime.scope():
        knobs.runtime.interpret = interpret
        copy = importlib.import_module(engine)
        rules = {"sgd", *(spec.module for spec in _rules().values())}
        kernels = {rule: _import(f"steprule.triton.{rule}") for rule in rules}
    copy.kernel_of = kernels.__getitem__  # a rule is imported when it is asked for
    for name in [n for n in sys.modules if n.startswith(own)]:
        del sys.modules[name]
    sys.modules.update(others)
    return copy


def _import(name: str) -> ModuleType:
    return importlib.import_module(name)
