"""Generated Python is parsed, and formatted by one call of the pinned formatter."""

import ast
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from ruff import find_ruff_bin  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from ..backends.rendering import LINE_LENGTH


class GenerationError(Exception):
    """A backend's fault: a template fails, or what it gives does not parse."""


def formatted(files: Mapping[PurePosixPath, str]) -> dict[PurePosixPath, str]:
    """All files, the Python among them formatted.

    Raises:
        GenerationError: the formatter fails.
    """
    python = [path for path in files if path.suffix == ".py"]
    done = dict(files)
    if not python:
        return done
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in python:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(files[path], encoding="utf-8")
        options = ["--isolated", "--quiet", "--no-cache", f"--line-length={LINE_LENGTH}"]
        command = [find_ruff_bin(), "format", *options, "--target-version=py311", name]
        formatter = subprocess.run(command, capture_output=True, text=True, check=False)
        if formatter.returncode:
            raise GenerationError(f"the formatter fails: {formatter.stderr.strip()}")
        for path in python:
            done[path] = (folder / path).read_text(encoding="utf-8")
    return done


def require_parses(path: PurePosixPath, text: str) -> None:
    """Refuse Python that is none.

    Raises:
        GenerationError: the text of a file of Python does not parse.
    """
    if path.suffix != ".py":
        return
    try:
        ast.parse(text)
    except SyntaxError as error:
        line = text.splitlines()[(error.lineno or 1) - 1]
        raise GenerationError(f"{path} does not parse, line {error.lineno}: {line}") from error
