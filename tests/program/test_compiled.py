"""A spec is compiled once, whoever asks for its program."""

import pickle
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from steprule.codegen.analysis import analyse
from steprule.codegen.cli import cli
from steprule.codegen.loading.load import load
from steprule.codegen.program import compiled as program
from steprule.codegen.program.compiled import compiled


def test_a_spec_has_one_program(spec_file: Callable[..., Path]) -> None:
    (spec,) = load(str(spec_file()))
    assert compiled(analyse(spec)) is compiled(analyse(analyse(spec)))


@pytest.mark.parametrize(
    "arguments",
    [
        ["cost"],
        ["show", "--as", "numpy"],
        pytest.param(
            ["bench", "--parameters", "1000", "--repeats", "1", "--threads", "1"],
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_command_compiles_it_once(
    arguments: list[str], spec_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: Counter[str] = Counter()
    compile_spec = program.compile_spec

    def counting(spec):
        counted[spec.name] += 1
        return compile_spec(spec)

    monkeypatch.setattr(program, "compile_spec", counting)
    name, *options = arguments
    result = CliRunner().invoke(cli, [name, str(spec_file()), *options])
    assert result.exit_code == 0, result.output
    assert counted["HeavyBall"] == 1
    assert max(counted.values()) == 1


def test_a_compiled_spec_can_be_sent_elsewhere(spec_file: Callable[..., Path]) -> None:
    (spec,) = map(analyse, load(str(spec_file())))
    program = compiled(spec).program
    (sent,) = pickle.loads(pickle.dumps([spec]))
    assert sent is not spec
    assert compiled(sent).spec is sent
    assert compiled(sent).program == program
