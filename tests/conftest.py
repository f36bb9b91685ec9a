"""A small spec of a user's own, as an object and as a file outside the repository."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from inspect import signature
from pathlib import Path
from secrets import token_hex
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from . import sample

HEAVY_BALL = dedent(
    '''
    """A user's own rule."""

    from steprule.specs.language import (
        NON_NEGATIVE, UNIT, Hyper, Optimizer, State, Update, grad, hyperparameters, states, t, theta
    )

    lr, mu = hyperparameters("lr mu")
    (b,) = states("b")

    heavy_ball = Optimizer(
        "HeavyBall",
        summary="Descent with a heavy ball's momentum.",
        source="Polyak, 1964, Some methods of speeding up the convergence",
        hyper=[
            Hyper(lr, "0.5", NON_NEGATIVE, "learning rate"),
            Hyper(mu, "0.5", UNIT, "momentum"),
        ],
        states=[State(b, init=0, key="momentum_buffer")],
        updates=[
            Update(b[t], mu * b[t - 1] + grad(theta[t - 1])),
            Update(theta[t], theta[t - 1] - lr * b[t]),
        ],
    )
    '''
)


class Scheduling(LoadScopeScheduling):
    """Tests that share what is set up run in one process: those of a file, or of the handbook."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "handbook" if "/handbook/" in file else file


# How long a test takes is for benchmarks to say, and fails none.
settings.register_profile("steprule", deadline=None)
settings.load_profile("steprule")


def pytest_configure(config: pytest.Config) -> None:
    # Of the processes to come, which share the cores: threads of each would wait in turns for
    # those of the others.
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    sample.is_whole = config.option.markexpr != "not exhaustive"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first, so that no process waits for another's last file."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: ("handbook" not in item.path.parts, item.path not in slow))


@pytest.fixture(autouse=True)
def generated_cache(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Where this process keeps what it generates; a test that changes how has its own place."""
    looks = "generated_cache" in signature(request.function).parameters
    is_own = looks or "monkeypatch" in request.fixturenames
    folder = tmp_path_factory.getbasetemp() / "generated" / (token_hex(8) if is_own else "kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("steprule.codegen.files.cache.folder", lambda: folder)
        yield folder


@pytest.fixture
def spec_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a spec file like HEAVY_BALL, with some words of it replaced."""

    def write(name: str = "my_rule.py", **replaced: str) -> Path:
        text = HEAVY_BALL
        for old, new in replaced.items():
            assert old in text
            text = text.replace(old, new)
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


@pytest.fixture
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs Python in a process of its own, in which some modules cannot be imported."""

    def run(
        *arguments: str, cwd: Path, without: tuple[str, ...] = (), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        blocker = dedent(
            f"""
            import runpy, sys

            class Blocked:
                def find_spec(self, name, path=None, target=None):
                    if name in {without!r} or name.startswith(tuple(n + "." for n in {without!r})):
                        raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

            sys.meta_path.insert(0, Blocked())
            """
        )
        code, *rest = arguments
        if code == "-m":
            module, *rest = rest
            code = f"sys.argv[0:] = {[module, *rest]!r}\n"
            code += f"runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
        return subprocess.run(
            [sys.executable, "-c", f"{blocker}\n{dedent(code)}", *rest],
            cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run
