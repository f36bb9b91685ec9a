"""What the README shows is what happens."""

import importlib
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import click
import numpy as np
import pytest
import torch
from click.testing import CliRunner
from steprule.codegen.cli import cli
from steprule.codegen.commands.readme import rewritten
from steprule.codegen.loading.load import builtin, builtin_schedules
from steprule.codegen.loading.stacks import operators

README = (Path(__file__).parent.parent / "README.md").read_text()
GITHUB = Path(__file__).parent.parent / ".github"
SVG = "{http://www.w3.org/2000/svg}"
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def block(containing: str) -> str:
    (found,) = [text for text in PYTHON if containing in text]
    return found


def test_rules_of_their_own():
    torch.manual_seed(0)  # weights of some size decay by more than is allowed below
    model = torch.nn.ModuleDict({"embed": torch.nn.Embedding(4, 3), "out": torch.nn.Linear(3, 2)})
    names = {"model": model}
    exec(block("Mixed, Muon, groups"), names)
    model["out"](model["embed"](torch.tensor([1]))).square().sum().backward()
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    names["optimizer"].step()
    moved = {name: (p - before[name]).abs().max() for name, p in model.named_parameters()}
    # AdamW's first steps are of the rate; Muon's are of its own, nearly orthogonal.
    torch.testing.assert_close(moved["out.bias"].item(), 3e-4, rtol=1e-4, atol=0)
    torch.testing.assert_close(moved["embed.weight"].item(), 3e-4, rtol=0.02, atol=0)
    assert moved["out.weight"] > 3e-3


def test_numpy(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"grads": {"weight": np.ones((3, 2)), "bias": -np.ones(2)}}
    exec(block("from steprule.numpy import Adam"), names)
    # At the first step the bias-corrected moments cancel: every element moves by lr.
    np.testing.assert_allclose(names["params"]["weight"], -1e-3, rtol=1e-6)  # eps beside |g| = 1
    np.testing.assert_allclose(names["params"]["bias"], 1e-3, rtol=1e-6)
    with np.load("checkpoint.npz") as kept:
        assert int(kept["step"]) == 1


def test_torch(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = torch.nn.Linear(2, 1)
    theirs = torch.optim.Adam(model.parameters())
    model(torch.ones(3, 2)).sum().backward()
    theirs.step()
    torch.save(theirs.state_dict(), "saved_by_torch.pt")
    names = {"model": model, "torch": torch}
    exec(block("import Adam  # in place of"), names)
    ours = names["optimizer"].state[model.weight]
    assert torch.equal(ours["exp_avg"], theirs.state[model.weight]["exp_avg"])


def test_clipping():
    model = torch.nn.Linear(2, 1)
    before = model.weight.detach().clone()
    loss = (torch.tensor([[300.0, 400.0]]) * model.weight).sum()
    exec(block("global_clipnorm=1.0"), {"model": model, "loss": loss})
    assert model.weight.grad.tolist() == [[300.0, 400.0]]
    # The gradient over its norm, 500, times lr; float32 rounds weights of up to 0.7.
    moved = before - model.weight.detach()
    torch.testing.assert_close(moved, torch.tensor([[0.06, 0.08]]), rtol=0, atol=1e-7)


def test_schedules_in_numpy():
    names = {"np": np}
    exec(block("from steprule.numpy.schedules import"), names)
    # Half way up the warm-up, at its end, and half way down the cosine.
    np.testing.assert_allclose(names["rates"][[5, 10, 55]], [0.05, 0.1, 0.05], rtol=1e-15)


def test_schedules_in_torch():
    names = {"model": torch.nn.Linear(2, 1)}
    exec(block("from steprule.torch.lr_scheduler import"), names)
    rates = []
    for _ in range(56):
        rates += names["scheduler"].get_last_lr()
        names["optimizer"].step()
        names["scheduler"].step()
    np.testing.assert_allclose([rates[k] for k in (5, 10, 55)], [0.05, 0.1, 0.05], rtol=1e-15)


def test_the_schedules_it_names_are_there():
    (paragraph,) = re.findall(r"names all of them\. (.*?)\n\n", README, re.DOTALL)
    named = {*re.findall(r"\w*(?:LR|Restarts|Plateau|Scheduler|Test)\b", paragraph)}
    assert len(named) > 40
    assert named <= set(builtin_schedules())


def test_a_spec_of_ones_own(tmp_path):
    spec = block("sign_descent = Optimizer(")
    (tmp_path / "sign_descent.py").write_text(spec)
    (command,) = re.findall(r"^steprule (generate sign_descent.*)$", README, re.MULTILINE)
    words = command.replace("sign_descent.py", str(tmp_path / "sign_descent.py"))
    words = words.replace("--out rules", f"--out {tmp_path / 'rules'}")
    result = CliRunner().invoke(cli, words.split())
    assert result.exit_code == 0, result.output
    use = (
        "import numpy as np\n"
        "from rules.numpy import SignDescent\n"
        "x = np.array([1.0, 2.0, 3.0])\n"
        "SignDescent(lr=0.5).update(x, np.array([4.0, -0.1, 0.0]))\n"
        "print(x.tolist())\n"
    )
    run = subprocess.run([sys.executable, "-c", use], cwd=tmp_path, capture_output=True, text=True)
    assert run.stdout == "[0.5, 2.5, 3.0]\n", run.stderr


def test_a_class_where_a_program_asks_for_it():
    torch.manual_seed(0)
    models = [torch.nn.Linear(2, 1), torch.nn.Linear(2, 1)]
    models[1].load_state_dict(models[0].state_dict())
    start = models[0].weight.detach().clone()
    names = {"model": models[0]}
    exec(block("steprule.compile("), names)
    theirs = names["steprule"].torch.AdamW(models[1].parameters(), lr=1e-3)
    for step in range(1, 6):
        for model, optimizer in zip(models, (names["optimizer"], theirs), strict=True):
            # Of one sign in every step: nothing is masked, and each goes its own way by lr.
            for p in model.parameters():
                p.grad = torch.ones_like(p)
            optimizer.step()
        if step < 5:
            assert all(map(torch.equal, models[0].parameters(), models[1].parameters()))
    # After k steps it goes back half the way; float32 rounds once on it.
    half = start + (models[1].weight.detach() - start) / 2
    torch.testing.assert_close(models[0].weight.detach(), half, rtol=0, atol=1e-7)
    assert not torch.equal(models[0].weight, models[1].weight)


def test_an_audit(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(block("# mine.py"))
    (command,) = re.findall(r"^steprule (audit lion .*)$", README, re.MULTILINE)
    done = CliRunner().invoke(cli, command.split())
    (shown,) = re.findall(r"```\n(mine.py:lion differs.*?)```", README, re.DOTALL)
    assert done.stdout.startswith(shown)
    assert done.exit_code == 1


def test_its_table_of_optimizers_is_as_the_specs_are():
    assert rewritten(README, [*builtin().values()]) == README, "run: steprule generate"
    (count, table) = re.findall(
        r"<summary>(\d+) optimizers, by family.*?\|---\|---\|\n(.*?)</details>", README, re.DOTALL
    )[0]
    families = dict(re.findall(r"^\| (.+?) \| (.*) \|$", table, re.MULTILINE))
    named = [name for names in families.values() for name in names.split(", ")]
    assert sorted(named, key=str.lower) == [*builtin()]
    assert int(count) == len(named)
    assert families["Curvature"] == "AdaHessian, Sophia"
    # Through what is no optimizer of its own.
    assert "NAdamW" in families["Adam with decoupled weight decay"].split(", ")


def test_its_cast_says_what_the_commands_say():
    shown = [
        text.text or ""
        for text in ElementTree.fromstring((GITHUB / "cast.svg").read_text()).iter(f"{SVG}text")
    ]
    (spec,) = [line for line in block("# sign_descent.py").splitlines() if "Update" in line]
    assert spec in shown
    proof = shown[shown.index("$ steprule prove nesterov | head -n 12") + 1 :]
    assert len(proof) == 12
    done = CliRunner().invoke(cli, ["prove", "nesterov"])
    assert done.stdout.splitlines()[:12] == proof


def test_its_picture_is_of_the_code_as_it_is_generated(monkeypatch):
    pytest.importorskip("ziamath")
    monkeypatch.syspath_prepend(GITHUB / "pictures")
    picture = importlib.import_module("head")
    assert picture.head() == (GITHUB / "head.svg").read_text(), "run: .github/pictures/head.py"


def test_pictures_it_shows_are_there():
    for file in re.findall(r"!\[[^\]]*\]\((\.github/[^)]*)\)", README):
        assert (GITHUB.parent / file).is_file(), file
    for badge in re.findall(r"workflows/(\w+\.yml)/badge", README):
        assert (GITHUB / "workflows" / badge).is_file(), badge


def test_the_commands_it_lists_are_all_there_are():
    listed = set(re.findall(r"^\| `steprule (\w+)", README, re.MULTILINE))
    assert listed == set(cli.list_commands(click.Context(cli)))


def test_the_operators_it_names_are_all_there_are():
    (sentence,) = re.findall(
        r"^There are, for the gradient, (.*?) A stack", README, re.M | re.DOTALL
    )
    assert set(re.findall(r"`(\w+)`", sentence)) == set(operators())
