"""The exercises: the program that settles an answer runs, and every answer is a claim."""

import re
from pathlib import Path

from click.testing import CliRunner
from steprule.codegen.cli import cli
from steprule.codegen.handbook.edition import edition

TEXT = edition().chapters["exercises"]


def test_an_answer_can_be_settled(tmp_path: Path) -> None:
    (program,) = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    file = tmp_path / "answer.py"
    for answer, verdict in (("x / 2", "PROVED"), ("x / 3", "REFUTED")):
        file.write_text(program.replace("x / 2)", f"{answer})"))
        done = CliRunner().invoke(cli, ["prove", str(file)])
        assert verdict in done.output, done.output
        assert (done.exit_code == 0) is (verdict == "PROVED")


def test_every_exercise_has_an_answer_that_is_proved() -> None:
    _, _, *exercises = re.split(r"^## ", TEXT, flags=re.MULTILINE)
    assert len(exercises) >= 7
    for exercise in exercises:
        question, _, answer = exercise.partition("::::{dropdown} Answer")
        assert "?" in question
        assert re.search(r'<< theorem\("exercise-[a-z-]+"\) >>\n::::\n', answer)
