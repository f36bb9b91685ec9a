"""Suggestions: which known names are near a mistaken one."""

from collections.abc import Iterable
from difflib import get_close_matches


def near(name: str, known: Iterable[str]) -> list[str]:
    """Up to three known names that look like the given one, regardless of case, best first."""
    by_lower = {k.lower(): k for k in sorted(known)}
    return [by_lower[k] for k in get_close_matches(name.lower(), by_lower, n=3, cutoff=0.55)]


def suggestion(name: str, known: Iterable[str]) -> str:
    """``Did you mean a or b? ``, of the known names that are near one; else nothing."""
    close = near(name, known)
    return f"Did you mean {either(close)}? " if close else ""


def either(names: Iterable[str]) -> str:
    """Alternatives in words: ``a, b or c``."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
