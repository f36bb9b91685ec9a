"""A class beside a kernel of another generation, as a stopped `steprule generate` leaves them."""

import importlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.backends import backends
from steprule.codegen.files.emit import difference, plan
from steprule.codegen.files.write import write
from steprule.codegen.loading.fingerprint import fingerprint
from steprule.specs.language import (
    POSITIVE,
    Hyper,
    Optimizer,
    Update,
    grad,
    hyperparameters,
    t,
    theta,
)

(lr,) = hyperparameters("lr")


def spec(coefficient: int) -> Optimizer:
    rule = Update(theta[t], theta[t - 1] - coefficient * lr * grad(theta[t - 1]))
    hyper = [Hyper(lr, "0.5", POSITIVE, "rate")]
    return analyse(
        Optimizer("Rule", summary="A rule.", source="here", hyper=hyper, states=[], updates=[rule])
    )


@pytest.fixture(scope="module")
def mixtures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Packages by the coefficients of their classes and of their kernels."""
    root = tmp_path_factory.mktemp("generations")
    chosen = {name: b for name, b in backends().items() if name != "latex"}
    for own in (2, 3):
        folder = root / f"rules_{own}_{own}"
        write(difference(plan([spec(own)], chosen, folder, complete=True), folder), folder)
    for own, other in ((2, 3), (3, 2)):
        mixed = root / f"rules_{own}_{other}"
        shutil.copytree(root / f"rules_{own}_{own}", mixed)
        for kernels in ("numba", "triton"):
            there = root / f"rules_{other}_{other}" / kernels / "rule.py"
            shutil.copy(there, mixed / kernels / "rule.py")
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))
    for name in [name for name in sys.modules if name.startswith("rules_")]:
        del sys.modules[name]


MIXED = pytest.mark.parametrize("own_and_kernels", [(2, 3), (3, 2)], ids=["newer", "older"])


def package(own_and_kernels: tuple[int, int]) -> str:
    return "rules_{}_{}".format(*own_and_kernels)


def refused(own_and_kernels: tuple[int, int], kernels: str) -> Any:
    own, other = (fingerprint(spec(k)) for k in own_and_kernels)
    told = rf"optimizer rule .*{own} and {other} .*{kernels}.rule\.py.*steprule generate` again"
    return pytest.raises(RuntimeError, match=told)


@pytest.mark.usefixtures("mixtures")
@MIXED
@pytest.mark.parametrize("engine", ["numba", "auto"])
def test_numpy(
    own_and_kernels: tuple[int, int], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba")
    numpy = importlib.import_module(f"{package(own_and_kernels)}.numpy")
    monkeypatch.setattr(f"{package(own_and_kernels)}.numpy._engines.COMPILED", 1)
    optimizer, x = numpy.Rule(engine=engine), np.ones(3)
    for _ in range(2):  # nor is it forgotten
        with refused(own_and_kernels, "numba"):
            optimizer.update(x, np.ones(3))
    assert x.tolist() == [1, 1, 1]
    assert optimizer.step == 0
    numpy.Rule(engine="numpy").update(x, np.ones(3))  # has its rule in the class
    assert x.tolist() == [1 - own_and_kernels[0] * 0.5] * 3


@pytest.mark.usefixtures("mixtures")
@MIXED
@pytest.mark.parametrize("kernels", ["numba", "triton"])
def test_torch(
    own_and_kernels: tuple[int, int], kernels: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip(kernels)
    rules = importlib.import_module(f"{package(own_and_kernels)}.torch")
    engine = importlib.import_module(f"{rules.__name__}._{kernels}")
    monkeypatch.setattr(f"{rules.__name__}._fused.engine", lambda device: engine)
    p = torch.nn.Parameter(torch.ones(3))
    p.grad = torch.ones(3)
    optimizer = rules.Rule([p], fused=True)
    for _ in range(2):
        with refused(own_and_kernels, kernels):
            optimizer.step()
    assert p.tolist() == [1, 1, 1]
    assert not optimizer.state


@pytest.mark.usefixtures("mixtures")
def test_one_generation() -> None:
    pytest.importorskip("numba")
    x = np.ones(3)
    importlib.import_module("rules_3_3.numpy").Rule(engine="numba").update(x, np.ones(3))
    assert x.tolist() == [-0.5] * 3
