"""The kernels without a GPU: run by Triton's interpreter, or compiled for one that is elsewhere."""

import importlib
import sys
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("triton")

from steprule.codegen.loading.load import builtin
from steprule.codegen.program.compiled import compiled as compiled_rule
from triton import knobs
from triton.runtime.interpreter import InterpretedFunction

SPECS = [
    spec
    for spec in builtin().values()
    if compiled_rule(spec).program.is_elementwise and not spec.inputs
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "spec" in metafunc.fixturenames:
        metafunc.parametrize("spec", SPECS, ids=lambda spec: spec.name)


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
    names = [n for n in sys.modules if n == engine or n.startswith("steprule.triton")]
    others = {name: sys.modules.pop(name) for name in names}
    with knobs.runtime.scope():
        knobs.runtime.interpret = interpret
        copy = importlib.import_module(engine)
        own = {spec.module: _import(f"steprule.triton.{spec.module}") for spec in SPECS}
    copy.kernel_of = own.__getitem__  # a rule is imported when it is asked for
    for name in [n for n in sys.modules if n == engine or n.startswith("steprule.triton")]:
        del sys.modules[name]
    sys.modules.update(others)
    return copy


def _import(name: str) -> ModuleType:
    return importlib.import_module(name)
