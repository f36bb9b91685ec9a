"""The same specs give the same bytes, on every run."""

from pathlib import Path
from typing import Any

import pytest


def contents(folder: Path) -> dict[str, bytes]:
    files = (f for f in folder.rglob("*") if f.is_file())
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in files}


@pytest.mark.slow
def test_whatever_the_order_of_sets(python: Any, tmp_path: Path) -> None:
    """Sets of strings, and SymPy's arguments, are ordered by hashes that differ between runs."""
    for seed in "01":
        done = python(
            "-m", "steprule.codegen", "generate", "--out", seed, cwd=tmp_path, PYTHONHASHSEED=seed
        )
        assert done.returncode == 0, done.stderr
    first, other = (contents(tmp_path / seed) for seed in "01")
    assert len(first) > 30
    assert other == first
