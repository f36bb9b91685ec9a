"""Rules of a user's own: every operation that elements can take, and the ones they cannot."""

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
import torch
from steprule.codegen.analysis import analyse
from steprule.codegen.backends import backends
from steprule.codegen.files.emit import difference, plan
from steprule.codegen.files.write import write
from steprule.specs.language import (
    POSITIVE,
    Hyper,
    Optimizer,
    Option,
    Update,
    clip,
    flags,
    grad,
    hyperparameters,
    t,
    theta,
    transpose,
)
from steprule.torch._batch import Batch
from sympy import (
    Abs,
    And,
    Eq,
    Expr,
    Max,
    Min,
    Mod,
    Ne,
    Not,
    Or,
    Piecewise,
    Rational,
    Symbol,
    cos,
    exp,
    floor,
    log,
    sign,
    sqrt,
)
from triton import knobs

lr, a, b = hyperparameters("lr a b")
(flag,) = flags("flag")
G, P = grad(theta[t - 1]), theta[t - 1]

DIRECTIONS: dict[str, Expr] = {
    "quotients": G / (1 + P**2) + a / (1 + G**2) + Piecewise((G, G > P), (P / 2, True)),
    "roots": sign(G) * sqrt(Abs(P)) - exp(-Abs(G)) * log(1 + Abs(P)),
    "bounds": clip(G, -Rational(1, 2), a) + Max(G, P) * Min(G, b) + Max(P, a),
    "truths": Piecewise((G, Or(And(G > 0, Not(flag)), P < 0)), (a, Ne(sign(G), 1)), (P, True)),
    "flags": Piecewise((G, flag), (P, a > b), (G * P, True)),
    "first": Piecewise((G, t < 2), (P, True)),
    "second": Piecewise((G, Eq(Mod(t, 2), 0)), (P, True)) + (cos(t) + floor(t / a)) * P / 64,
}


def spec(name: str, direction: Expr) -> Optimizer:
    hyper: list[Hyper | Option] = [Hyper(lr, "0.5", POSITIVE, "rate")]
    hyper += [
        Hyper(s, value, POSITIVE, "a number")
        for s, value in ((a, "0.25"), (b, "1.5"))
        if s in direction.atoms(Symbol)
    ]
    hyper += [Option(flag, "a flag")] if flag in direction.free_symbols else []
    rule = Update(theta[t], P - lr * direction)
    return analyse(
        Optimizer(name.title(), summary=name, source="here", hyper=hyper, states=[], updates=[rule])
    )


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A package generated from the rules, its kernels interpreted."""
    folder = tmp_path_factory.mktemp("rules_of_a_user")
    specs = [spec(name, direction) for name, direction in DIRECTIONS.items()]
    specs += [spec("matrices", transpose(transpose(G)))]
    chosen = {name: each for name, each in backends().items() if name in ("torch", "triton")}
    write(difference(plan(specs, chosen, folder, complete=True), folder), folder)
    sys.path.insert(0, str(folder.parent))
    with knobs.runtime.scope():
        knobs.runtime.interpret = True
        for each in specs:
            importlib.import_module(f"{folder.name}.triton.{each.module}")
    yield folder.name
    sys.path.remove(str(folder.parent))
    for name in [n for n in sys.modules if n.partition(".")[0] == folder.name]:
        del sys.modules[name]


@pytest.fixture
def engine(package: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    engine = importlib.import_module(f"{package}.torch._triton")
    monkeypatch.setattr(f"{package}.torch._fused.engine", lambda device: engine)
    monkeypatch.setattr(engine.tables, "BLOCK", 16)
    return engine


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("on", [False, True])
@pytest.mark.parametrize("name", DIRECTIONS)
def test_every_operation_gives_the_values_of_the_loop(
    package: str, name: str, on: bool, dtype: torch.dtype
) -> None:
    cls = getattr(importlib.import_module(f"{package}.torch"), name.title())
    arguments = {"flag": on} if flag in DIRECTIONS[name].free_symbols else {}
    results: list[torch.Tensor] = []
    for form in ({"fused": True}, {"capturable": True}):
        p = torch.nn.Parameter(torch.linspace(-2, 2, 21, dtype=dtype))
        optimizer = cls([p], **arguments, **form)
        for _ in range(2):
            p.grad = p.detach().cos() * 3
            optimizer.step()
        results.append(p.detach())
    # Roots and powers of e of torch and of NumPy, which interprets, are within an ulp, and are
    # subtracted from numbers of up to 2.
    eps = torch.finfo(dtype).eps
    torch.testing.assert_close(*results, rtol=8 * eps, atol=2 * eps)


def test_a_rule_without_a_kernel_says_why(engine: ModuleType) -> None:
    x = [torch.ones(3)]
    with pytest.raises(RuntimeError, match=r"^Matrices has no kernel.* transpose"):
        engine.prepare("matrices", Batch([0], x, [{}], (), (), first=False), x, {}, None)
