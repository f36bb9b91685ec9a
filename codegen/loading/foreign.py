"""Functions that compute with numbers, called with expressions.

Some of NumPy's refuse them with a word about ufuncs; ``np.mean(m[t])`` is ``m[t]`` without a word.
A spec file is compiled so that what it calls is looked at first.
"""

from functools import wraps
from typing import Any

from sympy import Basic

from ...specs.language.misuse import NotAnExpression
from ..analysis.fault import short

_PACKAGES = {"numpy": "NumPy", "torch": "torch", "math": "Python", "cmath": "Python"}


class NumbersOnlyError(TypeError):
    """A function was given an expression, and takes numbers alone."""

    def __init__(self, package: str, name: str, given: object) -> None:
        super().__init__(f"{package} computes with numbers: its {name} is given {short(given)}")
        self.operation = name


def guarded(function: Any) -> Any:
    """The function; one of numbers alone, as a function that says so where it is given others.

    Raises:
        NumbersOnlyError: from what is called then.
    """
    package = _PACKAGES.get(_module(function).partition(".")[0])
    if package is None or not callable(function):
        return function
    name = getattr(function, "__name__", "function")

    @wraps(function, assigned=("__name__", "__doc__"), updated=())
    def checked(*args: Any, **kwargs: Any) -> Any:
        for given in (*args, *kwargs.values()):
            for each in given if isinstance(given, list | tuple) else (given,):
                if isinstance(each, NotAnExpression) or (
                    isinstance(each, Basic) and each.free_symbols
                ):
                    raise NumbersOnlyError(package, name, each)
        return function(*args, **kwargs)

    return checked


def _module(function: Any) -> str:
    """Where a function is defined; of what is written in C, where what it hangs on is."""
    found = getattr(function, "__module__", None) or getattr(type(function), "__module__", None)
    return found if isinstance(found, str) else ""
