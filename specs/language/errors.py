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
        super().__init__(f"[{code}] {spec}: {where}: {problem}. {remedy}.")

    def __reduce__(self) -> tuple[Any, ...]:
        """Exceptions are otherwise made anew from their message alone, as between processes."""
        fields = {k: getattr(self, k) for k in ("spec", "where", "problem", "remedy")}
        return partial(SpecError, self.code, **fields), ()
