"""The recipes run as they are printed, and come to what can be known without them."""

import inspect
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch
from click.testing import CliRunner
from steprule.codegen.cli import cli
from steprule.codegen.handbook.edition import edition, languages
from steprule.codegen.handbook.material import Material
from steprule.codegen.handbook.pages.chapters import chapter_pages
from steprule.codegen.handbook.pages.recipes import recipes
from torch.distributed.checkpoint.format_utils import dcp_to_torch_save
from torch.nn.functional import mse_loss

PROGRAMS = recipes()
Names = Mapping[str, Any]


def run(name: str, package: str = "torch") -> dict[str, Any]:
    """The names that a program leaves."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(PROGRAMS[name][package], name, "exec"), names)
    return names


def regression(names: Names, optimizer: Callable[..., Any], train: Callable[..., None]) -> Any:
    """What another optimizer makes of the same model and data."""
    torch.manual_seed(0)
    torch.randn(64, 4), torch.randn(64, 1)
    model = torch.nn.Linear(4, 1)
    train(model, optimizer(model.parameters()))
    return model


def _has_groups(names: Names) -> None:
    decayed, others = names["optimizer"].param_groups
    assert decayed["param_names"] == ["0.weight", "2.weight"]
    assert others["param_names"] == ["0.bias", "1.weight", "1.bias", "2.bias"]
    before = {n: p.detach().clone() for n, p in names["model"].named_parameters()}
    for p in names["model"].parameters():
        p.grad = torch.zeros_like(p)
    names["optimizer"].step()
    for name, p in names["model"].named_parameters():
        factor = 1 - 1e-3 * 0.1 if p.ndim == 2 else 1
        assert torch.equal(p, before[name] * factor)


def _is_of_whole_batches(names: Names, *, clips: bool) -> None:
    def train(model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> None:
        for _ in range(10):
            optimizer.zero_grad()
            mse_loss(model(names["inputs"]), names["targets"]).backward()
            if clips:
                norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                assert norm > 1 + 1e-3  # else nothing is seen of it
            optimizer.step()

    other = regression(names, lambda params: torch.optim.AdamW(params, lr=1e-2), train)
    # A mean in parts is rounded otherwise: ten steps of a few roundings in float32.
    for p, q in zip(names["model"].parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(p, q, rtol=0, atol=1e-5)


def _goes_on(names: Names) -> None:
    parts = names["new"]()
    names["train"](*parts, steps=20)
    assert parts[2].last_epoch == names["again"][2].last_epoch == 20
    pairs = zip(parts[0].parameters(), names["again"][0].parameters(), strict=True)
    assert all(torch.equal(p, q) for p, q in pairs)


def _goes_on_in_numpy(names: Names) -> None:
    params = {"weight": np.ones((4, 1)), "bias": np.ones(1)}
    names["train"](params, names["new"](), steps=20)
    assert names["optimizer"].step == 20
    for name, array in params.items():
        assert np.array_equal(array, names["params"][name])
        assert (array < 1).all()


def _is_mixed(names: Names) -> None:
    rest, hidden = names["optimizer"].param_groups
    assert hidden["param_names"] == ["1.weight"]
    assert rest["param_names"] == ["0.weight", "1.bias", "2.weight", "2.bias"]
    # After 10 steps of warm-up and 90 of the cosine both rates are at its end.
    assert [rest["initial_lr"], hidden["initial_lr"]] == [3e-4, 0.02]
    assert rest["lr"] == pytest.approx(0, abs=1e-12)
    assert names["loss"] < np.log(16)  # of a guess
    saved = torch.load("mixed.pt")
    assert [len(group["params"]) for group in saved["param_groups"]] == [4, 1]
    assert {*saved["state"][4]} >= {"momentum_buffer"}


def _has_schedules(names: Names) -> None:
    (group,) = names["optimizer"].param_groups
    half = (1 + np.cos(np.pi * 50 / 100)) / 2
    assert group["lr"] == pytest.approx(1e-3 * half, rel=1e-12)
    assert group["weight_decay"] == pytest.approx(0.1 * half, rel=1e-12)
    assert group["betas"] == (0.9, pytest.approx(1 - 51**-0.8, rel=1e-12))


def _has_schedules_in_numpy(names: Names) -> None:
    theta, m, v = np.ones(3), np.zeros(3), np.zeros(3)
    for t in range(1, 51):
        half = (1 + np.cos(np.pi * (t - 1) / 100)) / 2
        beta2, g = 1 - t**-0.8, 2 * theta
        m = 0.9 * m + 0.1 * g
        v = beta2 * v + (1 - beta2) * g**2
        direction = m / (1 - 0.9**t) / (np.sqrt(v / (1 - beta2**t)) + 1e-8)
        theta = theta * (1 - 1e-3 * half * 0.1 * half) - 1e-3 * half * direction
    # Fifty steps of a dozen roundings each.
    np.testing.assert_allclose(names["params"], theta, rtol=1e-13)


def _is_of_low_precision(names: Names, dtype: torch.dtype) -> None:
    def train(model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> None:
        scaler = torch.amp.GradScaler("cpu", enabled=dtype is torch.float16)
        for _ in range(100):
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=dtype):
                loss = mse_loss(model(names["inputs"]).float(), names["targets"])
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()

    other = regression(names, lambda params: torch.optim.AdamW(params, lr=1e-2), train)
    for p, q in zip(names["model"].parameters(), other.parameters(), strict=True):
        assert p.dtype is torch.float32
        # Where activations round otherwise by a bit, gradients differ by as much as such a bit.
        torch.testing.assert_close(p, q, rtol=0, atol=2 * torch.finfo(dtype).eps * 1e-2)


def _is_averaged(names: Names) -> None:
    saved, model = torch.load("averaged.pt"), names["model"]
    averaged = names["optimizer"].output("averaged")
    for name, p in model.named_parameters():
        assert torch.equal(saved[name], averaged[p])
        assert not torch.equal(p, averaged[p])
    model.load_state_dict(saved)
    assert names["loss_of"](model) < 0.1


def _is_averaged_in_numpy(names: Names) -> None:
    """Schedule-free AdamW by its algorithm: at a constant rate, the mean of the fast points."""
    default = inspect.signature(steprule.numpy.ScheduleFreeAdamW).parameters
    (beta1, beta2), eps = default["betas"].default, default["eps"].default
    z, x, v = 1.0, 1.0, 0.0
    for t in range(1, 101):
        y = (1 - beta1) * z + beta1 * x
        g = 2 * y
        v = beta2 * v + (1 - beta2) * g**2
        z -= 0.1 * g / (np.sqrt(v / (1 - beta2**t)) + eps)
        x += (z - x) / t
    # A hundred steps of a dozen roundings, of numbers that begin at 1.
    np.testing.assert_allclose(names["averaged"]["x"], np.full(3, x), rtol=0, atol=1e-12)


def sharpness_aware(gradient: Callable[[Any], Any], theta: Any, norm: Callable[[Any], Any]) -> Any:
    for _ in range(100):
        g = gradient(theta)
        theta = theta - 0.1 * gradient(theta + 0.05 * g / norm(g))
    return theta


def _is_sharpness_aware(names: Names) -> None:
    x = torch.cat([names["inputs"], torch.ones(64, 1)], 1).double()
    y = names["targets"].double()
    torch.manual_seed(0)
    torch.randn(64, 4), torch.randn(64, 1)
    model = torch.nn.Linear(4, 1)
    start = torch.cat([model.weight.T, model.bias[None]]).detach().double()
    end = sharpness_aware(lambda w: 2 * x.T @ (x @ w - y) / 64, start, torch.linalg.norm)
    found = torch.cat([names["model"].weight.T, names["model"].bias[None]]).detach().double()
    # The program is in float32; a hundred steps forget what early ones rounded.
    torch.testing.assert_close(found, end, rtol=0, atol=1e-5)


def _is_sharpness_aware_in_numpy(names: Names) -> None:
    end = sharpness_aware(names["gradient"], np.zeros(4), np.linalg.norm)
    np.testing.assert_allclose(names["weight"], end, rtol=0, atol=1e-12)


def _is_composed(names: Names) -> None:
    made = names["optimizer"]
    assert type(made).__name__ == "LookaheadCautiousAdamW"
    (group,) = made.param_groups
    assert (group["lr"], group["weight_decay"], group["alpha"], group["k"]) == (1e-3, 0.1, 0.5, 5)


CHECKS: dict[tuple[str, str], Callable[[Names], None]] = {
    ("groups", "torch"): _has_groups,
    ("accumulate", "torch"): lambda names: _is_of_whole_batches(names, clips=True),
    ("accumulating", "torch"): lambda names: _is_of_whole_batches(names, clips=False),
    ("resume", "torch"): _goes_on,
    ("resume", "numpy"): _goes_on_in_numpy,
    ("mixed", "torch"): _is_mixed,
    ("schedules", "torch"): _has_schedules,
    ("schedules", "numpy"): _has_schedules_in_numpy,
    ("precision", "bfloat16"): lambda names: _is_of_low_precision(names, torch.bfloat16),
    ("precision", "float16"): lambda names: _is_of_low_precision(names, torch.float16),
    ("averaged", "torch"): _is_averaged,
    ("averaged", "numpy"): _is_averaged_in_numpy,
    ("closure", "torch"): _is_sharpness_aware,
    ("closure", "numpy"): _is_sharpness_aware_in_numpy,
    ("composed", "torch"): _is_composed,
}
ELSEWHERE = {("sharded", "torch"), ("audited", "torch")}
"""Those that need more than a process, or a command."""


@pytest.mark.parametrize(("name", "package"), CHECKS)
def test_it_comes_to_what_can_be_known(
    name: str,
    package: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    CHECKS[name, package](run(name, package))


@pytest.mark.parametrize("language", languages())
def test_all_are_printed_and_checked(language: str, material: Material) -> None:
    found = {page.name: page.text for page in chapter_pages(material, edition(language))}
    shown = {(name, package) for name, of in PROGRAMS.items() for package in of}
    assert shown == CHECKS.keys() | ELSEWHERE
    for name, package in shown:
        assert f"```python\n{PROGRAMS[name][package]}```\n" in found["recipes"]


@pytest.mark.exhaustive
def test_sharded_parameters_are_trained_as_whole_ones(tmp_path: Path) -> None:
    """On two ranks, with a checkpoint half way, as by one on the data of both."""
    (tmp_path / "sharded.py").write_text(PROGRAMS["sharded"]["torch"])
    command = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "sharded.py"]
    done = subprocess.run(
        [sys.executable, *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    dcp_to_torch_save(tmp_path / "end", tmp_path / "end.pt")
    found = torch.load(tmp_path / "end.pt")["model"]

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 6))
    adamw = torch.optim.AdamW([p for p in model.parameters() if p.ndim == 1], lr=1e-2)
    muon = steprule.torch.Muon([p for p in model.parameters() if p.ndim == 2], lr=1e-2)
    for _ in range(2):
        of_ranks = [torch.Generator().manual_seed(1 + rank) for rank in range(2)]
        for _ in range(5):
            inputs = torch.cat([torch.randn(16, 6, generator=rank) for rank in of_ranks])
            model.zero_grad()
            (model(inputs) - inputs).square().mean().backward()
            adamw.step()
            muon.step()
    for name, p in model.named_parameters():
        # The mean over ranks is rounded otherwise, and Muon's first rounds enlarge that.
        torch.testing.assert_close(found[name], p.detach(), rtol=0, atol=1e-3)


@pytest.mark.exhaustive
def test_an_audit_says_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(PROGRAMS["audited"]["torch"])
    done = CliRunner().invoke(cli, ["audit", "sgd", "--against", "mine.py:sgd"])
    assert done.exit_code == 1
    printed = edition().chapters["recipes"].partition("```text\n")[2].partition("```")[0]
    assert done.stdout.startswith(printed)
    done = CliRunner().invoke(cli, ["audit", "sgd", "--against", "torch.optim:SGD"])
    assert done.exit_code == 0
