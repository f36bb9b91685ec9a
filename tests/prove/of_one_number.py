"""Expressions as those of one number: what heads and undefined functions come to there."""

from steprule.specs.language import clip, mean, norm
from sympy import Abs, Expr, Integer, Max, Min
from sympy.core.function import AppliedUndef


def of_one_number(e: Expr) -> Expr:
    """A norm is an absolute value, a mean the number; any function may be this polynomial."""
    e = e.replace(norm, Abs).replace(mean, lambda x: x)
    e = e.replace(clip, lambda x, low, high: Max(low, Min(x, high)))
    return e.replace(
        lambda node: isinstance(node, AppliedUndef),
        lambda node: sum(
            (Integer(k + 2) / 3 * a**k for k, a in enumerate(node.args, 1)), Integer(0)
        ),
    )
