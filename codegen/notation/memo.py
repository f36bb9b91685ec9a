"""What follows from a spec, worked out once: kept with it, which never changes and has no hash."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Given = TypeVar("Given")
Found = TypeVar("Found")

_KEPT = "_kept"


class _Kept(dict[str, Any]):
    """By function. What is found may hold functions, so that no copy of the spec takes it along."""

    def __reduce__(self) -> Any:
        return _Kept, ()


def once(function: Callable[[Given], Found]) -> Callable[[Given], Found]:
    """The function of a spec, which for one object works out its result once."""

    @wraps(function)
    def known(spec: Given) -> Found:
        results = kept(spec)
        if name not in results:
            results[name] = function(spec)
        return results[name]

    name = f"{function.__module__}.{function.__qualname__}"
    return known


def kept(spec: object) -> dict[str, Any]:
    """What is kept with a spec."""
    return vars(spec).setdefault(_KEPT, _Kept())
