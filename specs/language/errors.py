"""The one error a fault in a spec is reported with."""

from functools import partial
from typing import Any


class SpecError(Exception):
    """A fault in a spec: what is wrong, where, and what to do about it.

    Args:
        code: a stable name of the violated rule, e.g. ``"undeclared"``.
        spec: the name of the spec, or the path it was to be read from.
        where: the equation or declaration at fault, as the author would recognise it.
        problem: what is wrong with it.
        remedy: what to change.
    """

    def __init__(self, code: str, *, spec: str, where: str, problem: str, remedy: str) -> None:
        self.code = code
        self.spec = spec
        self.where = where
        self.problem = problem
        self.remedy = remedy
        parts = (_readable(part) for part in (spec, where, problem, remedy))
        text = "[{}] {}: {}: {}. {}".format(code, *parts)
        super().__init__(text if text.endswith("?") else f"{text}.")

    def __reduce__(self) -> tuple[Any, ...]:
        """Exceptions are otherwise made anew from their message alone, as between processes."""
        fields = {k: getattr(self, k) for k in ("spec", "where", "problem", "remedy")}
        return partial(SpecError, self.code, **fields), ()


_LONGEST = 1500
"""Letters of one part of a message."""


def _readable(text: object) -> str:
    """One line that any terminal can show, of a length that can be read."""
    text = str(text)
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]} ... {text[-_LONGEST // 2 :]}"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
