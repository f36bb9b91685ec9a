"""Files of compiled kernels that are torn are made anew; without any, the step is taken as well."""

from pathlib import Path
from typing import Any

import pytest

STEP = """
import warnings
import numpy as np
from steprule.numpy import SGD

theta = np.ones(3, np.float32)
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for engine in range(2):
        SGD(lr=0.5, engine="numba").update(theta, np.ones(3, np.float32))
print(theta.tolist(), [w.category.__name__ for w in told])
"""


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        ("nbc", b"\x80\x05torn"),
        pytest.param("nbi", b"", marks=pytest.mark.exhaustive),
        pytest.param("nbi", b"\x80\x05torn", marks=pytest.mark.exhaustive),
        pytest.param("nbc", b"", marks=pytest.mark.exhaustive),
    ],
)
def test_a_torn_file(ending: str, content: bytes, tmp_path: Path, python: Any) -> None:
    first = python(STEP, cwd=tmp_path, NUMBA_CACHE_DIR=str(tmp_path))
    assert first.stdout == "[0.0, 0.0, 0.0] []\n", first.stderr
    files = list(tmp_path.rglob(f"*.{ending}"))
    assert files
    for file in files:
        file.write_bytes(content)
    second = python(STEP, cwd=tmp_path, NUMBA_CACHE_DIR=str(tmp_path))
    assert second.stdout == "[0.0, 0.0, 0.0] []\n", second.stderr
    anew = {file: (file.read_bytes(), file.stat().st_ino) for file in files}
    assert all(text != content for text, _ in anew.values())
    third = python(STEP, cwd=tmp_path, NUMBA_CACHE_DIR=str(tmp_path))
    assert third.stdout == "[0.0, 0.0, 0.0] []\n", third.stderr
    assert {file: (file.read_bytes(), file.stat().st_ino) for file in files} == anew


def test_kernels_share_no_file(tmp_path: Path, python: Any) -> None:
    """Two processes that compile at once then write over nothing of one another's."""
    both = STEP + STEP.replace("float32", "float64")
    done = python(both, cwd=tmp_path, NUMBA_CACHE_DIR=str(tmp_path))
    assert done.stdout == "[0.0, 0.0, 0.0] []\n" * 2, done.stderr
    indices = {file.name.removesuffix(".nbi") for file in tmp_path.rglob("*.nbi")}
    assert len(indices) == 3  # with what calls both, which they share
    assert {file.name for file in tmp_path.rglob("*.nbc")} == {f"{x}.1.nbc" for x in indices}


def test_kernels_of_several_processes_are_told_apart(tmp_path: Path, python: Any) -> None:
    """Each was the first that a process compiled, of the same lines and for the same arguments."""
    narrow = STEP.replace("lr=0.5", "lr=0.25, clipvalue=1.0")
    wide = narrow.replace("float32", "float64")
    for step in (narrow, wide):
        done = python(step, cwd=tmp_path, NUMBA_CACHE_DIR=str(tmp_path))
        assert done.stdout == "[0.5, 0.5, 0.5] []\n", done.stderr
    again = narrow.replace("clipvalue=1.0", "clipnorm=2.0")  # asks for the first once more
    done = python(narrow + wide + again, cwd=tmp_path, NUMBA_CACHE_DIR=str(tmp_path))
    assert done.stdout == "[0.5, 0.5, 0.5] []\n" * 3, done.stderr


def test_a_disk_that_is_full(tmp_path: Path, python: Any) -> None:
    full = """
from numba.core.caching import IndexDataCacheFile
def save(*_):
    raise OSError(28, "No space left on device")
IndexDataCacheFile.save = save
"""
    done = python(full + STEP, cwd=tmp_path, NUMBA_CACHE_DIR=str(tmp_path))
    assert done.stdout == "[0.0, 0.0, 0.0] ['RuntimeWarning']\n", done.stderr
