"""``steprule audit``: what it prints, and the status it exits with."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from steprule.codegen.audit import command
from steprule.codegen.cli import cli
from steprule.codegen.loading.audited import Audited, audited, read

WRONG = Path(__file__).parent / "wrong.py"


@pytest.fixture
def run() -> Any:
    def invoke(*words: str) -> Result:
        return CliRunner().invoke(cli, ["audit", *words, "--steps", "2"])

    return invoke


def test_agreement_is_success(run: Any) -> None:
    done = run("adamw", "--against", f"{WRONG}:right", "--map", "maximize=")
    assert done.exit_code == 0
    assert f"{WRONG}:right agrees with adamw: within " in done.stdout
    assert "States compared: m, v." in done.stdout


def test_parting_is_shown_in_small_numbers(run: Any) -> None:
    done = run("adamw", "--against", f"{WRONG}:no_correction")
    assert done.exit_code == 1
    verdict, dialect, *shown = done.stdout.splitlines()
    assert "differs from adamw: in " in verdict
    assert dialect == "It agrees with adamw, but: no correction by 1 - beta1**t."
    assert shown[:6] == [
        "First in step 1, state theta, with",
        "  lr=1, weight_decay=0",
        "  theta[0] = 0",
        "  step 1: gradient 1",
        "    theta = -0.99999999 of adamw",
        "            -0.099999999 there",
    ]


def test_json_has_all_of_it(run: Any) -> None:
    done = run("adamw", "--against", f"{WRONG}:betas_swapped", "--json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert (found["agrees"], found["spec"]) == (False, "AdamW")
    assert found["dialect"] == "adamw, but: beta1 and beta2 exchanged"
    witness = found["witness"]
    assert (witness["state"], witness["step"]) == ("m", 2)
    assert witness["gradients"][0] == [0.0]
    assert len(witness["ours"]) == len(witness["theirs"]) == 2


def test_what_is_held_is_not_varied(run: Any) -> None:
    right = run("adamw", "--against", f"{WRONG}:raises", "--with", "weight_decay=0.25")
    assert right.exit_code == 0
    odd = run("adamw", "--against", f"{WRONG}:raises", "--with", "weight_decay=0")
    assert odd.exit_code == 2
    assert (
        "it takes no step, with any of the parameters tried: it raises ZeroDivisionError: no"
        in odd.stderr
    )


def test_shapes_can_be_named(run: Any) -> None:
    against = ("adamw", "--against", f"{WRONG}:vectors_alone", "--map", "maximize=")
    assert run(*against, "--shape", "3", "--shape", "0-d").exit_code == 0
    matrix = run(*against, "--shape", "2x3")
    assert matrix.exit_code == 2
    assert "with any of the parameters tried: it raises ValueError: no vector" in matrix.stderr
    assert "two is no shape such as 2x3 or 0-d" in run(*against, "--shape", "two").stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("theta_alone", "it returned an array of shape (3,), and not (theta, state), the new"),
        ("returns_nothing", "it returned None, and not (theta, state), the new parameter and what"),
        ("flat_theta", "it returned an array of shape (1,), and not a parameter of shape ()"),
        ("no_state", "it returned None, and not a dict of what it keeps, behind the parameter"),
        ("always_raises", "it raises KeyError: 'momentum'"),
    ],
)
def test_what_takes_no_step_says_what_it_did(run: Any, name: str, said: str) -> None:
    shape = "0-d" if name == "flat_theta" else "3"
    done = run("sgd", "--against", f"{WRONG}:{name}", "--shape", shape)
    assert done.exit_code == 2
    assert f"it takes no step, with any of the parameters tried: {said}" in done.stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rate_and_step", "it returned a tuple of 2, and not the rate at a step, a number"),
        ("no_schedule", "it returned a float, and not a function of the step"),
    ],
)
def test_what_gives_no_rate_says_what_it_did(run: Any, name: str, said: str) -> None:
    done = run("constantlr", "--against", f"{WRONG}:{name}", "--map", "lr=lr")
    assert done.exit_code == 2, done.stdout
    assert f"it gives no rate, with any of the arguments tried: {said}" in done.stderr


def test_a_rule_that_takes_none_of_the_shapes(run: Any) -> None:
    done = run("muon", "--against", f"{WRONG}:theta_alone", "--shape", "3")
    assert done.exit_code == 2
    assert "the rule takes no parameter of these shapes itself: 3. Name shapes" in done.stderr


@pytest.mark.parametrize("spec", ["steplr", "nothing"])
def test_bad_use_is_one_message(run: Any, spec: str) -> None:
    done = run(spec, "--against", f"{WRONG}:right")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture
def found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of peers that are audited anew, which is not done, and kept in a file apart."""
    names: list[str] = []

    def noted(known: Audited) -> Audited:
        names.append(known.name)
        return replace(known, found="agrees", version="torch 0")

    monkeypatch.setattr(command, "again", noted)
    monkeypatch.setattr(command, "FILE", tmp_path / "audited.toml")
    return names


def test_the_peers_of_one_library(run: Any, found_again: list[str], tmp_path: Path) -> None:
    done = run("torch", "--peers")
    assert done.exit_code == 0
    assert found_again == [each.name for each in audited() if each.package == "torch"]
    assert done.stdout == "".join(f"{name}: agrees\n" for name in found_again)
    kept = read((tmp_path / "audited.toml").read_text())
    versions = {each.package: each.version for each in kept}
    assert versions["torch"] == "torch 0" != versions["optax"]


def test_all_peers_are_none_that_is_named(run: Any, found_again: list[str]) -> None:
    done = run("--peers", "--against", "torch.optim:SGD")
    assert done.exit_code == 2
    assert "--peers goes without --against" in done.stderr
    assert not found_again
