"""What to write instead, for errors of Python and SymPy at what specs easily get wrong."""

import inspect
import re
import sys
import traceback
from collections.abc import Collection, Mapping
from enum import EnumType
from importlib.util import find_spec
from typing import Any

import sympy
from sympy import Basic

from ...specs import language
from ...specs.language.misuse import NotAnExpression
from ...specs.language.reductions import Reduction
from ..analysis.nearby import either, near, suggestion
from .equivalents import equivalent
from .foreign import NumbersOnlyError

_FROM_SYMPY = "sqrt, exp, log, floor, sign, Abs, Max and Min"
_HINTS: tuple[tuple[str, str], ...] = (
    (
        "truth value",
        "Python cannot know whether a condition on symbols holds: write Piecewise((x, condition), "
        "(y, True)) for a choice, And, Or and Not for and, or and not, Max and Min for max and "
        "min, And(0 < x, x < 1) for 0 < x < 1; all are SymPy's",
    ),
    ("ufunc", f"NumPy computes with numbers: write {_FROM_SYMPY}, from sympy"),
    (
        "convert expression to|must be real number|symbols to int",
        f"Python computes with numbers: write {_FROM_SYMPY}, from sympy",
    ),
    ("Cannot round", "Write floor(x + Rational(1, 2)), from sympy"),
    (
        "object is not iterable",
        "What has one value is neither summed nor iterated over: write it alone, or total(x), "
        "mean(x) and norm(x) for what is reduced over a tensor",
    ),
    (
        "interpreted as an integer",
        "A number that the user gives is not known yet: iterate(n, x, lambda x: ...) goes n rounds",
    ),
    ("has no len", "Write rows and cols for the lengths of a matrix, numel for the number of all"),
    (
        "(Value|GradientAt|Add|Mul|Pow)' object is not subscriptable",
        "It is at a time already: write it alone, or name it with intermediates and give its "
        "equation, Update(g[t], ...)",
    ),
    (
        "Symbol' object is not subscriptable",
        "A hyperparameter has no time: write it alone, or make it with states or intermediates",
    ),
    ("item assignment", "Write Update(x[t], ...) in the list of updates"),
    ("is not subscriptable", "Make what has a time with states or intermediates"),
    ("Series' object is not callable", "The time stands in brackets: write x[t] or x[t - 1]"),
    ("object is not callable", "Write the product with *, and the time in brackets: x[t]"),
    (r"for \^", "Write ** for a power"),
    ("for @", "Write matmul(x, y) for a product of matrices"),
    (
        "unsupported operand.*(Than|Equality|Unequality|Boolean)",
        "A condition is no number: write Piecewise((1, condition), (0, True))",
    ),
    ("must be a Boolean", "Write Piecewise((x, condition), (y, True)), pairs in parentheses"),
    ("is not comparable", "Max and Min take what they compare one by one: Max(x, y)"),
    ("specify dummy variables", "Write total(x) for the sum over a tensor"),
    ("multiply sequence", "Equations are made of symbols, not of text: write names without quotes"),
    (
        "values to unpack",
        'Unpack as many names as there are in the text: a, b = hyperparameters("a b")',
    ),
    ("has the words", "Name one of them"),
    ("goes on with a function", "What else a round reads has its name already: let it stand there"),
    ("can go over rows, cols and", "Write over=rows or over=cols, which are the language's"),
    (
        "leading columns",
        "Write leading(x, basis), and how many these are in the view: view=View(rank=rank)",
    ),
    ("unhashable type", "Write lists, of what Hyper, State, Update or Constraint make"),
    ("recursion", "Name inner parts as intermediates, so that fewer stand within one another"),
    ("Exceeds the limit", "Write numbers of fewer digits"),
)
_CALLED = re.compile(
    r"(\w+)(?:\.__init__)?(?:\(\))? (?:missing|got an|takes|has no argument|is of one)"
)


def hint(error: BaseException, names: Mapping[str, object], beside: Collection[str]) -> str:
    """What to do about an error raised by a spec file, as a clause without a full stop.

    Args:
        error: what was raised.
        names: what the file had bound until then.
        beside: the modules that lie beside it.
    """
    match error:
        case NumbersOnlyError():
            other = f"Write {_FROM_SYMPY}, from sympy, and the language's mean, norm and total"
            found = equivalent(error.operation) or other
        case AttributeError() if isinstance(error.obj, Basic | NotAnExpression):
            found = equivalent(error.name or "")
        case AttributeError() if isinstance(error.obj, EnumType):
            found = f"Write one of {', '.join(map(str, error.obj))}"
        case NameError():
            found = _of_name(error.name, names)
        case ModuleNotFoundError():
            found = suggestion(error.name or "", beside).strip()
        case ImportError():
            found = _of_import(error)
        case TypeError() | ValueError() | RecursionError():
            found = _of_text(described(error))
        case _:
            found = ""
    return found or "Mend that line"


def described(error: BaseException) -> str:
    """An error's message, without a full stop; of one whose message cannot be made, nothing."""
    try:
        return str(error).rstrip(".")
    except Exception:
        return ""


def _of_text(text: str) -> str:
    if (call := _CALLED.search(text)) and (known := getattr(language, call[1], None)):
        return _signature(call[1], known)
    return next((remedy for pattern, remedy in _HINTS if re.search(pattern, text)), "")


def _signature(name: str, function: Any) -> str:
    """What it takes."""
    if isinstance(function, type) and issubclass(function, Reduction):
        return f"Write {name}(x), or along axes {name}(x, over=cols)"
    if (formula := getattr(function, "formula", None)) is not None:
        return f"Give its arguments by position: it is {formula}"
    found = inspect.signature(function)
    bare = [p.replace(annotation=p.empty) for p in found.parameters.values()]
    short = [p if _is_short(p.default) else p.replace(default=_Other()) for p in bare]
    return f"It is {name}{inspect.Signature(short)}"


def _is_short(default: object) -> bool:
    return default is inspect.Parameter.empty or isinstance(default, str | int | tuple | None)


class _Other:
    """In place of a default that says little in a line."""

    def __repr__(self) -> str:
        return "..."


def _of_name(name: str | None, names: Mapping[str, object]) -> str:
    if name is None:
        return ""
    if name in language.__all__:
        return f"Import it: from {language.__name__} import {name}"
    own = {n for n, x in names.items() if n[0] != "_" and getattr(sympy, n, None) is not x}
    close = near(name, own.union(language.__all__))
    return (len(name) > 1 and equivalent(name)) or (
        f"Perhaps {either(close)} is meant" if close else ""
    )


def _of_import(error: ImportError) -> str:
    if "relative import" in str(error):
        return _of_relative_import(error)
    wanted = re.search(r"cannot import name '(\w+)'", str(error))
    if wanted is None or error.name is None:
        return ""
    name = wanted[1]
    if name in language.__all__:
        return f"Import it: from {language.__name__} import {name}"
    close = near(name, getattr(sys.modules.get(error.name), "__all__", ()))
    return equivalent(name) or (f"Perhaps {either(close)} is meant" if close else "")


def _of_relative_import(error: ImportError) -> str:
    lines = [frame.line or "" for frame in traceback.extract_tb(error.__traceback__)]
    named = re.search(r"from \.+(\w+)", lines[-1] if lines else "")
    package = language.__name__.rpartition(".")[0]
    if named and find_spec(f"{package}.{named[1]}"):  # a copy of a built-in file has them
        return f"Outside this package its parts have their whole names: from {package}.{named[1]}"
    return (
        "Import what lies beside the file without a dot: from parts import x; dots are for folders "
        "with an __init__.py"
    )
