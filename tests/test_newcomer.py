"""A newcomer's file, of less than twenty lines: a rule, two operators on it, and a claim."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import torch
from click.testing import CliRunner, Result
from steprule.codegen.cli import cli

FILE = """\
from steprule.specs.language import *
from steprule.specs.operators import cautious, lookahead

lr, beta, alpha = hyperparameters("lr beta alpha")
(m,) = states("m")
plain = Optimizer(
    "Plain",
    summary="A running average of gradients.",
    source="a newcomer",
    hyper=[Hyper(lr, "0.1", NON_NEGATIVE, "rate"), Hyper(beta, "0.9", UNIT, "decay rate")],
    states=[State(m, init=0, key="m")],
    updates=[
        Update(m[t], beta * m[t - 1] + (1 - beta) * grad(theta[t - 1])),
        Update(theta[t], theta[t - 1] - lr * m[t]),
    ],
)
mine = lookahead(cautious(plain), name="Mine")
sides = Side(mine, hyper={alpha: Integer(1)}), Side(cautious(plain))
claim = Equivalence("mine-of-one", "Mine with alpha = 1 never looks ahead.", *sides, {})
"""


def run(*words: object) -> Result:
    done = CliRunner().invoke(cli, [*map(str, words)])
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("newcomer")
    (folder / "mine.py").write_text(FILE)
    return folder


@pytest.fixture(scope="module")
def made(folder: Path) -> Iterator[ModuleType]:
    run("generate", f"{folder / 'mine.py'}:mine", "--out", folder / "newcomers_rules")
    sys.path.insert(0, str(folder))
    yield importlib.import_module("newcomers_rules.torch")
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith("newcomers_rules")]:
        del sys.modules[name]


def test_it_is_short() -> None:
    assert len(FILE.splitlines()) < 20


def test_its_claim_is_proved(folder: Path) -> None:
    assert run("prove", folder / "mine.py").output.startswith("PROVED: Mine with alpha = 1")


def stepped(made: ModuleType, **chosen: bool) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    theta = torch.randn(50, 3, generator=generator).requires_grad_()
    optimizer = made.Mine([theta], lr=0.5, k=2, **chosen)
    for _ in range(4):
        theta.grad = torch.randn(50, 3, generator=generator)
        optimizer.step()
    return theta.detach()


@pytest.mark.slow
def test_its_kernel_takes_the_same_steps(made: ModuleType) -> None:
    fused, loop = stepped(made, fused=True), stepped(made, foreach=False)
    # The mean of the mask is summed in another order.
    torch.testing.assert_close(fused, loop, rtol=1e-5, atol=1e-6)


def test_look_ahead_and_caution_are_in_it(made: ModuleType) -> None:
    """By hand: half of the gradient averaged, masked, and half of it returned after two steps."""
    theta = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    optimizer = made.Mine([theta], lr=1.0, beta=0.5, k=2, alpha=0.5)
    seen = []
    for g in ([2.0, -4.0], [2.0, 1.0]):
        theta.grad = torch.tensor(g, dtype=torch.float64)
        optimizer.step()
        seen.append(theta.tolist())
    # m is (1, -2); then (1.5, -.5), of which the second is against the gradient, half of all.
    assert seen == [[-1.0, 2.0], [0.5 * (-1.0 - 1.5 / 0.5), 0.5 * 2.0]]


@pytest.mark.exhaustive
def test_it_verifies(folder: Path) -> None:
    done = run("verify", f"{folder / 'mine.py'}:mine", "--dtype", "float32")
    assert "quantities are as near to the equations as rounding allows" in done.output
