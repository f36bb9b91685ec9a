"""Files of compiled kernels that are torn, or cannot be written: the step is taken all the same."""

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


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
@pytest.mark.parametrize("content", [b"", b"\x80\x05torn"])
def test_a_torn_file(ending: str, content: bytes, tmp_path: Path, python: Any) -> None:
    first = python(STEP, cwd=tmp_path, NUMBA_CACHE_DIR=str(tmp_path))
    assert first.stdout == "[0.0, 0.0, 0.0] []\n", first.stderr
    files = list(tmp_path.rglob(f"*.{ending}"))
    assert files
    for file in files:
        file.write_bytes(content)
    second = python(STEP, cwd=tmp_path, NUMBA_CACHE_DIR=str(tmp_path))
    assert second.stdout == "[0.0, 0.0, 0.0] ['RuntimeWarning']\n", second.stderr


def test_a_disk_that_is_full(tmp_path: Path, python: Any) -> None:
    full = """
from numba.core.caching import IndexDataCacheFile
def save(*_):
    raise OSError(28, "No space left on device")
IndexDataCacheFile.save = save
"""
    done = python(full + STEP, cwd=tmp_path, NUMBA_CACHE_DIR=str(tmp_path))
    assert done.stdout == "[0.0, 0.0, 0.0] ['RuntimeWarning']\n", done.stderr
