"""A mutant and its tests -> whether they noticed, in a copy of the package."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .mutants import Mutant
from .subjects import ROOT, Subject

PARTS = {"generated": "", "specs": "specs", "codegen": "codegen"}
"""Each folder of the repository, and where the package has it."""


@dataclass(frozen=True)
class Outcome:
    """What the tests said.

    Args:
        noticed: a test failed, or they took far longer than they should.
        seconds: how long they took.
        words: the test that failed first.
    """

    noticed: bool
    seconds: float
    words: str


class Copy:
    """A copy of the package, which tests import in place of the installed one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kernels: Path | None = folder / "kernels"
        for part, place in PARTS.items():
            without = shutil.ignore_patterns("__pycache__")
            target = folder / "steprule" / place
            shutil.copytree(ROOT / part, target, dirs_exist_ok=True, ignore=without)

    @contextmanager
    def holding(self, mutant: Mutant) -> Iterator[None]:
        part, *rest = mutant.file.parts
        path = self._folder.joinpath("steprule", PARTS[part], *rest)
        text, kernels = path.read_text(), self._kernels
        path.write_text(mutant.text)
        if part != "generated" or rest[0] == "numba":
            # Kernels are told apart by digests, which a mutant of them or their generator can keep.
            self._kernels = None
        try:
            yield
        finally:
            path.write_text(text)
            self._kernels = kernels

    def tests(self, subject: Subject, timeout: float) -> Outcome:
        """Run the tests of a part until one fails."""
        return self._run(
            timeout,
            *("-m", "pytest", "-n", "0", "-x", "-q", "--no-header", "-p", "no:cacheprovider"),
            *map(str, subject.test_files()),
        )

    def check(self, timeout: float) -> Outcome:
        """Whether the generator writes other bytes than those there are."""
        return self._run(timeout, "-m", "steprule.codegen", "generate", "--check")

    def _run(self, timeout: float, *arguments: str) -> Outcome:
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as cache:
            environment = {
                "PYTHONPATH": str(self._folder),
                # Bytecode is told from its source by seconds and sizes, which mutants can share.
                "PYTHONDONTWRITEBYTECODE": "1",
                "NUMBA_CACHE_DIR": str(self._kernels or cache),
            }
            try:
                result = subprocess.run(
                    [sys.executable, *arguments],
                    cwd=ROOT, env=os.environ | environment, timeout=timeout,
                    capture_output=True, text=True, check=False,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                return Outcome(True, time.monotonic() - start, "took too long")
        lines = result.stdout.splitlines()
        failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
        words = (failed or lines or [f"ended with {result.returncode}"])[-1]
        return Outcome(result.returncode != 0, time.monotonic() - start, words)
