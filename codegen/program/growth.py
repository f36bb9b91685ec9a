"""What a schedule multiplies the rate by between two steps, where it does nothing else.

The quotient of two rates says it too, until both have left the range of floats. Written as a
power of the difference of exponents, and as the product of the factors in between, it stays
right however far out the two steps are::

    lr*gamma**floor(step/step_size)  ->  gamma**(floor(step/step_size) - floor(earlier/step_size))
    lr*product(f(1), ..., f(step))   ->  product(f(earlier + 1), ..., f(step))
"""

from functools import partial, reduce
from itertools import combinations_with_replacement
from typing import cast

from sympy import Expr, Mul, Pow, factor_terms

from ...specs.language import Schedule, Value, eta, lr, running_product, step
from ..oracle.exact import exact, multiply
from . import operations as ops
from .check import POINTS, RewriteError, agree
from .evaluate import value_of
from .nodes import Node, apply
from .schedule import earlier, lower_between
from .schedule_points import schedule_points

_STEPS = (0, 1, 7, 24)


def growth(schedule: Schedule) -> Node | None:
    """The factor from the rate at ``earlier`` to that at ``step``; None where there is none.

    Raises:
        RewriteError: it is not the quotient of the two.
    """
    factors = _factors(schedule)
    if not factors:
        return None
    lowered = [_between(schedule, factor) for factor in factors]
    node = reduce(partial(apply, ops.MUL), lowered)
    check_growth(schedule, node)
    return node


def check_growth(schedule: Schedule, factor: Node) -> None:
    """Compare the factor between two steps with the equations at both, at random exact points.

    Raises:
        RewriteError: the rate at one is not the rate at the other times the factor.
    """
    for point in schedule_points(schedule, POINTS):
        assert point.rate is not None
        for before, after in combinations_with_replacement(_STEPS, 2):
            steps = {"earlier": exact(before), "step": exact(after)}
            found = value_of(factor, {**point.values, **steps})
            if not agree(multiply(point.rate(before), found), point.rate(after)):
                raise RewriteError(
                    f"{schedule.name}: {found} is not the factor from step {before} to step {after}"
                )


def _factors(schedule: Schedule) -> list[Expr]:
    """The powers and products of which the rate is ``lr`` times the product."""
    (value,) = (u.value for u in schedule.updates if u.target.name == eta.name)
    moving = [f for f in Mul.make_args(value) if f.has(step) or f.has(lr)]
    if lr not in moving or schedule.states or schedule.composes:
        return []
    moving.remove(lr)
    return moving if all(map(_is_growth, moving)) else []


def _is_growth(factor: Expr) -> bool:
    if factor.has(Value):  # an intermediate, whose own equation would have to be known
        return False
    if isinstance(factor, Pow):
        return not factor.base.has(step)
    return isinstance(factor, running_product)


def _between(schedule: Schedule, factor: Expr) -> Node:
    count = cast(Expr, factor.exp if isinstance(factor, Pow) else factor.args[1])
    before = cast(Expr, count.subs(step, earlier))
    if isinstance(factor, Pow):
        parts = (factor.base, factor_terms(count - before))
        return apply(ops.POW, *(lower_between(schedule, e) for e in parts))
    parts = (factor.args[0], before, count)
    return apply(ops.PRODUCT_BETWEEN, *(lower_between(schedule, e) for e in parts))
