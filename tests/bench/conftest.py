"""Races whose times nobody looks at."""

import pytest
from steprule.codegen.bench import measure


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for before a step."""
    monkeypatch.setattr(measure, "SETTLING", 0.0)
