"""Rules of all kinds on tensors that two processes share, beside those of one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("two_ranks.py")


@pytest.mark.slow
def test_on_two_ranks() -> None:
    run = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    for found in json.loads(run.stdout.splitlines()[-1]):
        assert len(found) == 19
        # Sums are of the same terms in another order.
        assert max(found.values()) < 1e-12, found
