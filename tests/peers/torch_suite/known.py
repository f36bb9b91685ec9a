"""The failures that are understood, each with its reason."""

import tomllib
from pathlib import Path

TABLE = Path(__file__).with_name("known.toml")


def reasons(text: str) -> dict[str, str]:
    """The reason of each test that a table names.

    Raises:
        ValueError: a test has two reasons.
    """
    found: dict[str, str] = {}
    for entry in tomllib.loads(text).get("failures", []):
        for test in entry["tests"]:
            if test in found:
                raise ValueError(f"{test} has two reasons: {found[test]!r} and {entry['reason']!r}")
            found[test] = entry["reason"]
    return found
