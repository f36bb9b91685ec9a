"""Optimizers whose tensors four processes share: each check of ``ranks.py``, which are run once."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("ranks.py")


def _checks() -> list[str]:
    (listed,) = (
        node.value
        for node in ast.parse(SCRIPT.read_text()).body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.target.id == "CHECKS"
    )
    assert isinstance(listed, ast.List)
    return [ast.unparse(name) for name in listed.elts]


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    """By check, what went wrong."""
    run = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=False)
    assert run.stdout, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("check", _checks())
def test_on_four_ranks(check: str, found: dict[str, str]) -> None:
    assert found[check] == ""
