"""The same specs give the same bytes, on every run."""

from pathlib import Path
from typing import Any

import pytest


@pytest.mark.slow
def test_whatever_the_order_of_sets(python: Any, tmp_path: Path) -> None:
    """Sets of strings, and SymPy's arguments, are ordered by hashes that differ between runs.

    What is committed came of a run with hashes of its own.
    """
    cold = {"XDG_CACHE_HOME": str(tmp_path / "cache")}  # where no earlier run is remembered
    done = python(
        *("-m", "steprule.codegen", "generate", "--check"),
        cwd=tmp_path, PYTHONHASHSEED="1", **cold,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
