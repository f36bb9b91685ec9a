"""Rules that reduce: a launch for each stage, interpreted beside the loop, and compiled."""

import ast
import importlib
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import steprule.triton
import torch
import triton.language as tl
from steprule.codegen.analysis import analyse
from steprule.codegen.backends import backends
from steprule.codegen.files.emit import difference, plan
from steprule.codegen.files.write import write
from steprule.specs.language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Optimizer,
    Shape,
    State,
    Update,
    amax,
    grad,
    hyperparameters,
    intermediates,
    mean,
    norm,
    states,
    t,
    theta,
    total,
)
from sympy import Abs, And, Eq, Piecewise, sqrt
from triton import knobs
from triton.compiler import CompiledKernel
from triton.runtime.driver import driver

from .elsewhere import Elsewhere

lr, beta, decay = hyperparameters("lr beta decay")
m, v, n, s, a, k = states("m v n s a k")
u, ratio = intermediates("u ratio")
G, P = grad(theta[t - 1]), theta[t - 1]

# Numbers that are to be infinite, or NaN, are.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

LR = Hyper(lr, "0.5", POSITIVE, "rate")

LAMB = Optimizer(
    "Lamb",
    summary="A step as long as the parameter.",
    source="here",
    hyper=[
        LR,
        Hyper(beta, "0.75", UNIT, "decay"),
        Hyper(decay, "0", NON_NEGATIVE, "of weights", optional=True),
    ],
    states=[State(x, init=0, key=x.name, domain=NON_NEGATIVE) for x in (m, v)],
    updates=[
        Update(m[t], beta * m[t - 1] + (1 - beta) * Abs(G)),
        Update(v[t], beta * v[t - 1] + (1 - beta) * G**2),
        Update(u[t], G * m[t] / (sqrt(v[t]) + 1) + decay * P),
        Update(
            ratio[t],
            Piecewise((norm(P) / norm(u[t]), And(norm(P) > 0, norm(u[t]) > 0)), (1, True)),
        ),
        Update(theta[t], P - lr * ratio[t] * u[t]),
    ],
)
REDUCED = Optimizer(
    "Reduced",
    summary="Keeps all that a tensor is reduced to.",
    source="here",
    hyper=[LR],
    states=[
        *(State(x, init=0, key=x.name, shape=Shape.PER_TENSOR) for x in (n, s, a)),
        State(k, init=None, key="k", shape=Shape.PER_TENSOR),
    ],
    updates=[
        Update(n[t], norm(G)),
        Update(s[t], total(G) + n[t - 1]),
        Update(a[t], amax(G)),
        Update(k[t], Piecewise((mean(G), Eq(t, 1)), (k[t - 1] / 2 + mean(G), True))),
        Update(theta[t], P - lr * G / (1 + Abs(n[t] + s[t] + a[t] + k[t]))),
    ],
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A package generated from the rules, its kernels interpreted."""
    folder = tmp_path_factory.mktemp("rules_of_stages")
    specs = [analyse(LAMB), analyse(REDUCED)]
    chosen = {name: each for name, each in backends().items() if name in ("torch", "triton")}
    write(difference(plan(specs, chosen, folder, complete=True), folder), folder)
    sys.path.insert(0, str(folder.parent))
    with knobs.runtime.scope():
        knobs.runtime.interpret = True
        for each in ("_clipping", *(own.module for own in specs)):
            importlib.import_module(f"{folder.name}.triton.{each}")
    yield folder.name
    sys.path.remove(str(folder.parent))
    for name in [n for n in sys.modules if n.partition(".")[0] == folder.name]:
        del sys.modules[name]


@pytest.fixture
def engine(package: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    engine = importlib.import_module(f"{package}.torch._triton")
    monkeypatch.setattr(f"{package}.torch._fused.engine", lambda device: engine)
    # Small, as the interpreter takes its time.
    monkeypatch.setattr(engine.tables, "BLOCK", 16)
    monkeypatch.setattr(f"{package}.triton._sums._WIDE", tl.constexpr(2))
    return engine


def steps(
    package: str, name: str, grads: list[list[torch.Tensor]], **arguments: Any
) -> list[torch.Tensor]:
    cls = getattr(importlib.import_module(f"{package}.torch"), name)
    params = [torch.nn.Parameter(torch.ones_like(grad)) for grad in grads[0]]
    optimizer = cls(params, **arguments)
    for of_step in grads:
        for p, own in zip(params, of_step, strict=True):
            p.grad = own.clone()
        optimizer.step()
    kept = [x for p in params for x in optimizer.state[p].values()]
    return [x.detach().clone() for x in (*params, *kept)]


def drawn(dtype: torch.dtype) -> list[list[torch.Tensor]]:
    """Whole blocks and tails, one element, none where a mean is not asked for."""
    torch.manual_seed(0)
    shapes = [(5, 7), (), (16,), (70,)]
    return [[torch.randn(shape).to(dtype) for shape in shapes] for _ in range(2)]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("name", "arguments"),
    [("Lamb", {}), ("Lamb", {"decay": 0.1, "clipnorm": 1.0}), ("Reduced", {})],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_stages_give_the_values_of_the_loop(
    package: str, name: str, arguments: dict[str, float], dtype: torch.dtype
) -> None:
    fused, loop = (
        steps(package, name, drawn(dtype), **arguments, **form)
        for form in ({"fused": True}, {"foreach": False})
    )
    # Numbers are rounded to the dtype by the loop, and sums of up to 70 terms by either.
    eps = torch.finfo(dtype).eps
    torch.testing.assert_close(fused, loop, rtol=8 * eps, atol=35 * eps)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("grad", "expected"),
    [
        ([3e300, 4e300] * 9, {"n": 15e300, "a": 4e300, "k": 3.5e300}),
        ([3e-300, 4e-300] * 9, {"n": 15e-300, "a": 4e-300, "k": 3.5e-300}),
        ([1.7e308, 1.7e308, 1.7e308, 1.7e308], {"n": math.inf, "k": 1.7e308}),
        ([1e200, 1e-200], {"n": 1e200, "s": 1e200}),
        ([math.nan, 1e308], {"n": math.nan, "a": math.nan, "k": math.nan, "s": math.nan}),
        ([-math.inf, 1.0], {"n": math.inf, "a": 1.0, "k": -math.inf}),
    ],
)
def test_reductions_of_numbers_of_any_size(
    package: str, grad: list[float], expected: dict[str, float]
) -> None:
    x = torch.tensor(grad, dtype=torch.float64)
    cls = importlib.import_module(f"{package}.torch").Reduced
    p = torch.nn.Parameter(torch.ones_like(x))
    optimizer = cls([p], fused=True)
    p.grad = x
    optimizer.step()
    for name, value in expected.items():
        # Sums of 18 terms.
        found = float(optimizer.state[p][name])
        assert found == pytest.approx(value, rel=18 * 2**-53, nan_ok=True), name


def test_lamb_is_three_launches_and_each_compiles(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {n: module for n, module in sys.modules.items() if n.startswith(package)}
    for name in kept:
        del sys.modules[name]
    try:
        engine = importlib.import_module(f"{package}.torch._triton")
        batches = importlib.import_module(f"{package}.torch._batch")
        made: list[CompiledKernel] = []
        monkeypatch.setattr(driver, "_active", Elsewhere(90))
        monkeypatch.setattr(CompiledKernel, "__getitem__", lambda self, grid: made.append(self))
        x = [torch.zeros(3)]
        own = {"m": torch.zeros(3), "v": torch.zeros(3)}
        batch = batches.Batch([0], x, [own], ("m", "v"), (), first=False)
        scalars = {"beta": 0.5, "one_minus_beta": 0.5, "lr": 0.1, "decay": 0.1}
        engine.prepare("lamb", batch, x, scalars, None)
        engine.prepare("lamb", batch, x, scalars | {"lr": 0.2}, None)  # compiles nothing anew
    finally:
        for name in [n for n in sys.modules if n.startswith(package)]:
            del sys.modules[name]
        sys.modules.update(kept)
    names = [kernel.metadata.name for kernel in made]
    assert names == ["pass_", "numbers_", "pass_"]
    first, _, last = (kernel.asm["ptx"] for kernel in made)
    # Eight elements a thread of four columns, in 128 bits of four; what is summed, and three back.
    assert first.count("ld.global.v4.b32") == last.count("ld.global.v4.b32") == 8
    assert last.count("st.global.v4.b32") == 6
    assert first.count("st.global.v4.b32") == 0


def test_a_word_out_of_a_tuple_is_made_a_constant() -> None:
    """Before Triton 3.6, and torch 2.9 has 3.5, it is plain text, which no kernel takes."""
    tree = ast.parse(Path(steprule.triton.__file__).with_name("_stages.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    taken = [
        ast.unparse(call.func)
        for call in calls
        for argument in call.args
        if ast.unparse(argument).startswith("WAYS[")
    ]
    assert taken == ["tl.constexpr"] * 2
