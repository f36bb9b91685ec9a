"""The cast in the README: what commands say, line by line, as an animated SVG.

``python .github/pictures/cast.py`` runs the commands and writes ``.github/cast.svg`` anew. Whoever
asks for less motion sees all of it at once.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from svg import LINE, panel, picture, text

ROOT = Path(__file__).parents[2]
COMMANDS = (
    "grep Update sign_descent.py",
    "steprule generate sign_descent.py --out rules",
    "tail -n 4 rules/numpy/signdescent.py",
    "steprule prove nesterov | head -n 12",
)
SAID = "A rule of one equation is written, generated and looked at; then a claim is proved."
MOTION = """
.shown { animation: appear 0.2s both; }
@keyframes appear { from { opacity: 0; } to { opacity: 1; } }
@media (prefers-reduced-motion: reduce) { .shown { animation: none; } }
"""
TYPING, READING = 0.9, 0.12
"""Seconds before what a command says, and before each line of it."""


def spec() -> str:
    """The rule that the README writes."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```python\n# sign_descent\.py\n(.*?)```", readme, re.DOTALL)
    return found


def said() -> list[tuple[str, list[str]]]:
    """Each command, and the lines it writes."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "100"}
    with TemporaryDirectory() as folder:
        (Path(folder) / "sign_descent.py").write_text(spec(), encoding="utf-8")
        return [
            (command, _run(command, folder, environment).rstrip().split("\n"))
            for command in COMMANDS
        ]


def _run(command: str, folder: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def cast(told: list[tuple[str, list[str]]]) -> str:
    """The picture of commands and what they said."""
    body: list[str] = []
    y, delay = 30, 0.3
    for command, answer in told:
        body.append(text(20, y, f"$ {command}", "command", delay))
        delay += TYPING
        for line in answer:
            y += LINE
            body.append(text(20, y, line, _kind(line), delay))
            delay += READING
        y += LINE + 8
        delay += TYPING
    height = y + 4
    return picture(880, height, SAID, MOTION, [panel(1, 1, 878, height - 2), *body])


def _kind(line: str) -> str:
    if line.startswith(("PROVED", "REFUTED")):
        return "verdict"
    return "comment" if line.lstrip().startswith("#") else ""


if __name__ == "__main__":
    (ROOT / ".github" / "cast.svg").write_text(cast(said()), encoding="utf-8")
