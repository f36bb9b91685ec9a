"""The command, from its arguments to its files."""

import json
from functools import partial, reduce
from itertools import count

import pytest
import torch
from click.testing import CliRunner
from steprule.codegen.bench import command
from steprule.codegen.bench.arrays import DeviceArrays
from steprule.codegen.bench.measure import wall
from steprule.codegen.bench.workload import Workload
from steprule.codegen.cli import cli

TINY = ("--parameters", 2000, "--repeats", 2)


def run(*arguments):
    result = CliRunner().invoke(cli, ["bench", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refused(*arguments):
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    return result.stderr


@pytest.fixture
def small_model(monkeypatch):
    """Two tensors in place of three hundred."""
    for name in ("small", "model"):
        described = getattr(command, name)().name
        monkeypatch.setattr(command, name, partial(Workload, described, (10, 20)))


@pytest.mark.usefixtures("small_model")
def test_two_optimizers(tmp_path):
    pytest.importorskip("matplotlib")
    found, drawn = tmp_path / "found.json", tmp_path / "drawn.svg"
    result = run("adam", "lion", *TINY, "--threads", 1, "--json", found, "--chart", drawn)
    assert result.exit_code == 0, result.output
    assert "Adam, large tensors" in result.stdout
    assert "Adam, 300 tensors of 64x64" in result.stdout
    assert "Lion, model of 300 tensors" in result.stdout
    assert drawn.read_text().startswith("<?xml")
    read = json.loads(found.read_text())
    assert (read["parameters"], read["threads"], read["repeats"]) == (2000, 1, 2)
    assert {"python", "steprule", "numpy", "torch"} <= read["versions"].keys()
    assert read["machine"]["cores"] >= 1
    names = {(r["optimizer"], r["contender"]) for r in read["results"]}
    assert {("Adam", "torch.optim fused"), ("Lion", "textbook numpy"), ("Lion", "limit")} <= names
    assert not any(o == "Lion" and c.startswith("torch.optim") for o, c in names)  # no peer
    assert {len(r["samples"]) for r in read["results"]} == {2}
    assert not any(r["wrong"] for r in read["results"])


@pytest.fixture
def a_second_each(monkeypatch):
    """Every step takes a second, by a clock of its own."""
    monkeypatch.setattr(command, "wall", lambda: wall(clock=count().__next__))


@pytest.mark.usefixtures("a_second_each")
def test_those_named_in_one_table(tmp_path):
    found = tmp_path / "found.json"
    result = run("--all", "adam", "lion", *TINY, "--json", found)
    assert result.exit_code == 0, result.output
    head, adam, lion, *told = result.stdout[result.stdout.index("optimizer ") :].splitlines()
    assert head.split()[:3] == ["optimizer", "limit", "ms"]
    row = "1000 1000 1.00 [1.00 1.00] 1.00 [1.00 1.00]"
    assert " ".join(adam.split()) == f"Adam {row} torch.optim fused 1000 1.00 [1.00 1.00]"
    assert " ".join(lion.split()).startswith(f"Lion {row} ")
    assert told[0] == "2 of 2 fused steps reach 0.9 of the limit"
    read = json.loads(found.read_text())
    assert {r["optimizer"] for r in read["results"]} == {"Adam", "Lion"}
    assert {r["workload"] for r in read["results"]} == {"large tensors"}
    assert not {r["contender"] for r in read["results"]} & {"textbook numpy", "steprule numpy"}


def test_one_table_is_of_all_where_none_is_named(monkeypatch):
    timed = set()

    def measured(specs, *_, **__):
        timed.update(spec.name for spec in specs)
        return [], []

    monkeypatch.setattr(command, "_measured", measured)
    assert run("--all", *TINY).exit_code == 0
    assert {"Adam", "Lion", "SGD"} <= timed
    assert not timed & {"Muon", "NoisySGD", "StepLR"}


@pytest.mark.usefixtures("small_model")
def test_a_spec_of_ones_own(spec_file):
    result = run(spec_file(), *TINY)
    assert result.exit_code == 0, result.output
    assert "HeavyBall, large tensors" in result.stdout


@pytest.mark.usefixtures("small_model")
def test_what_is_wrong_ends_in_failure(monkeypatch):
    monkeypatch.setattr("torch.optim.SGD.step", lambda self: None)
    result = run("sgd", *TINY)
    assert result.exit_code == 1
    assert "torch.optim loop, SGD, large tensors: " in result.stdout
    assert "did not do the work their times are of" in result.stderr


@pytest.mark.usefixtures("small_model")
def test_without_torch(monkeypatch):
    for module in ("command", "contenders"):
        monkeypatch.setattr(f"steprule.codegen.bench.{module}.has_torch", lambda: False)
    result = run("lion", *TINY)
    assert result.exit_code == 0, result.output
    assert "torch is left out: it is not installed: pip install 'steprule[torch]'" in result.stdout
    assert "limit" in result.stdout


@pytest.fixture
def device(monkeypatch):
    """A device such as CUDA's, with 200 kB, that torch has nowhere but on the CPU."""
    there = torch.device("cpu")
    monkeypatch.setattr(command, "require_device", lambda device: None)
    monkeypatch.setattr(command, "arrays", lambda dtype, device: DeviceArrays(dtype, there))
    monkeypatch.setattr(command, "memory", lambda device: 200_000)
    monkeypatch.setattr(command, "cuda", lambda device: wall())
    monkeypatch.setattr(command, "description", lambda device: {"accelerator": device})


@pytest.mark.usefixtures("small_model", "device")
def test_on_a_device(tmp_path):
    found = tmp_path / "found.json"
    result = run("adam", *TINY, "--device", "cuda", "--json", found)
    assert result.exit_code == 0, result.output
    # An array has 8 kB: six of them are set aside, seven are copied, and each has three.
    assert (
        "Adam, large tensors: more than fits into the 0.0002 GB that may be filled; "
        "contenders take turns in 2 groups, one group after another\n"
    ) in result.stdout
    read = json.loads(found.read_text())
    order = [r["contender"] for r in read["results"] if r["workload"] == "large tensors"]
    assert order[:3] == ["limit", "steprule torch fused", "torch.optim fused"]
    assert len(order) == 7
    assert not any("numpy" in name or "numba" in name for name in order)
    assert not any(r["wrong"] for r in read["results"])
    assert all(r["deviation"] for r in read["results"] if r["contender"] != "limit")


def test_rules_that_draw_are_left_out(spec_file):
    drawn = {
        "states, t, theta\n": "states, t, theta, Input, Source, inputs\n",
        '(b,) = states("b")': '(b,) = states("b")\n(u,) = inputs("u")',
        'key="momentum_buffer")],': 'key="m")], inputs=[Input(u, Source.UNIFORM, "drawn")],',
        "+ grad(theta[t - 1])": "+ u[t] * grad(theta[t - 1])",
    }
    file = spec_file()
    text = reduce(lambda text, words: text.replace(*words), drawn.items(), file.read_text())
    file.write_text(text)
    assert "HeavyBall draws random numbers, so that no two contenders end in one place" in refused(
        file
    )


def test_bad_arguments(tmp_path):
    assert "2.5 is no whole number of at least 4" in refused("--parameters", 2.5)
    assert "nan is no whole number of at least 4" in refused("--parameters", "nan")
    assert "3 is no whole number of at least 4" in refused("--parameters", 3)
    assert "0 is not in the range" in refused("--repeats", 0)
    assert "is not in the range" in refused("--threads", 1000)
    assert "'int8' is not one of" in refused("--dtype", "int8")
    for form in ((), ("--all",)):
        assert "Did you mean Adam" in refused(*form, "adamm")
        assert "only optimizers have a step" in refused(*form, "StepLR")
        assert "SOAP works on matrices, and every workload has vectors too" in refused(
            *form, "SOAP"
        )
    assert "Muon works on matrices, and every workload" in refused("Muon")
    nowhere = tmp_path / "nowhere"
    message = f"{nowhere} is no folder that can be written to"
    assert message in refused("--json", nowhere / "x.json")
    assert message in refused("--chart", nowhere / "x.svg")
    assert "x.pdf ends in none of .svg, .png" in refused("--chart", tmp_path / "x.pdf")


def test_a_device_there_is_not():
    assert "--device nowhere is neither cpu nor cuda" in refused("--device", "nowhere")


def test_a_chart_needs_matplotlib(monkeypatch, tmp_path):
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    message = refused("--chart", tmp_path / "x.svg")
    assert "--chart needs matplotlib: pip install 'steprule[bench]'" in message


@pytest.mark.usefixtures("small_model")
def test_why_rules_with_a_number_of_all_tensors_are_not_raced():
    result = run("dog", *TINY)
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "DoG is left out: it computes one number from all tensors together, and a race can check "
        "where a step ends for one tensor at a time alone\n"
    )
