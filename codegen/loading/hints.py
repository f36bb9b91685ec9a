"""What to write instead, for errors of Python and SymPy at what specs easily get wrong."""

import re

_HINTS: tuple[tuple[str, str], ...] = (
    (
        "truth value",
        "Python cannot know whether a condition on symbols holds: write Piecewise((x, condition), "
        "(y, True)) for a choice, And, Or and Not for and, or and not, Max and Min for max and "
        "min, And(0 < x, x < 1) for 0 < x < 1; all are SymPy's",
    ),
    (
        "ufunc",
        "NumPy computes with numbers: write sqrt, exp, log, Abs, sign, Max and Min, from sympy",
    ),
    (
        "convert expression to|must be real number|symbols to int",
        "Python computes with numbers: write sqrt, exp, log, floor and Abs, from sympy",
    ),
    ("Cannot round", "Write floor(x + Rational(1, 2)), from sympy"),
    (
        "object is not iterable",
        "What has one value is neither summed nor iterated over: write it alone, or mean(x) and "
        "norm(x) for what is reduced over a tensor",
    ),
    ("object is not subscriptable", "Make what has a time with states or intermediates"),
    ("unhashable type", "Write lists, of what Hyper, State, Update or Constraint make"),
    ("takes exactly", "Give as many arguments as it takes"),
    ("required|unexpected keyword|positional", "Give the arguments that its documentation names"),
    ("recursion", "Name inner parts as intermediates, so that fewer stand within one another"),
    ("Exceeds the limit", "Write numbers of fewer digits"),
)


def hint(error: BaseException) -> str:
    """What to do about an error raised by a spec file, as a clause without a full stop."""
    text = described(error)
    if isinstance(error, TypeError | ValueError | RecursionError):
        for pattern, remedy in _HINTS:
            if re.search(pattern, text):
                return remedy
    return "Mend that line"


def described(error: BaseException) -> str:
    """An error's message; of one whose message cannot be made, nothing."""
    try:
        return str(error)
    except Exception:
        return ""
