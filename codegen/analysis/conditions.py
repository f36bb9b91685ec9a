"""Three-valued truth of conditions, and what a true condition says about a range."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from typing import cast

from sympy import (
    Abs,
    Add,
    Basic,
    Eq,
    Expr,
    Ge,
    Gt,
    Le,
    Lt,
    Mul,
    Ne,
    Pow,
    S,
    Symbol,
    default_sort_key,
    erf,
    sign,
    tanh,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Implies, Not, Or

from . import intervals
from .intervals import Range

Truth = bool | None
"""None: it depends."""

Ranges = Callable[[Basic], Range]
Flags = Callable[[Symbol], Truth]
Answers = Callable[[Relational], Truth]


def truth(condition: Basic, ranges: Ranges, flags: Flags, answers: Answers | None = None) -> Truth:
    """Whether a condition holds for all numbers in the given ranges, for none, or it depends.

    Args:
        condition: it.
        ranges: what each side of a comparison can be.
        flags: which options are on.
        answers: whether a comparison holds that ranges do not decide.
    """
    match condition:
        case Symbol():
            return flags(condition)
        case Not():
            return _negated(truth(condition.args[0], ranges, flags, answers))
        case And() | Or() | Implies():
            parts = [truth(a, ranges, flags, answers) for a in condition.args]
            match condition:
                case And():
                    return _all(parts)
                case Or():
                    return _negated(_all([_negated(part) for part in parts]))
            premise, conclusion = parts
            return _negated(_all([premise, _negated(conclusion)]))
        case Relational():
            found = _compare(condition, ranges)
            return answers(condition) if found is None and answers else found
    return condition == True  # noqa: E712  SymPy's true, which is not Python's


@cache
def asked(relation: Relational) -> tuple[Relational, bool]:
    """What a comparison asks, and whether it holds where that does.

    It is one question for a comparison, its negation, and either with its sides changed.
    """
    left, right = relation.args
    match relation:
        case Eq() | Ne():
            sides = sorted((left, right), key=default_sort_key)
            return cast(Relational, Eq(*sides, evaluate=False)), isinstance(relation, Eq)
        case Gt() | Le():
            return cast(Relational, Gt(left, right, evaluate=False)), isinstance(relation, Gt)
    return cast(Relational, Gt(right, left, evaluate=False)), isinstance(relation, Lt)


def _negated(value: Truth) -> Truth:
    return None if value is None else not value


def _all(values: list[Truth]) -> Truth:
    return False if False in values else None if None in values else True


def _compare(relation: Relational, ranges: Ranges) -> Truth:
    left, right = ranges(relation.lhs), ranges(relation.rhs)
    difference = intervals.add(left, intervals.negate(right))
    if right == intervals.ZERO:
        difference = left
    elif left == intervals.ZERO:
        difference = intervals.negate(right)
    equal: Truth = False if difference.excludes_zero else None
    if difference.low == difference.high == 0:
        equal = True
    match relation:
        case Eq():
            return equal
        case Ne():
            return _negated(equal)
        case Gt():
            return True if difference.positive else False if difference.high <= 0 else None
        case Ge():
            return _negated(_less(difference))
        case Lt():
            return _less(difference)
        case Le():
            return False if difference.positive else True if difference.high <= 0 else None
    raise NotImplementedError(f"no truth for {relation}")


def _less(difference: Range) -> Truth:
    """Whether the difference is below zero."""
    if difference.high <= 0 and difference.excludes_zero:
        return True
    return False if difference.low >= 0 else None


def implied(condition: Basic, ranges: Ranges) -> list[tuple[Basic, Range]]:
    """Ranges of expressions that follow from a condition being true: x > 0 bounds x below."""
    if isinstance(condition, And):
        return [bound for a in condition.args for bound in implied(a, ranges)]
    if isinstance(condition, Not) and isinstance(condition.args[0], Or):
        return [bound for a in condition.args[0].args for bound in implied(Not(a), ranges)]
    if not isinstance(condition, Relational):
        return []
    found: list[tuple[Basic, Range]] = []
    for x, other, relation in _ways(condition):
        if not x.is_number:
            bound = _bound(relation, ranges(other))
            found.append((x, bound))
            if bound.excludes_zero:
                found += [(part, intervals.NONZERO) for part in _parts(x)]
    return found


@cache
def _ways(condition: Relational) -> list[tuple[Basic, Basic, Basic]]:
    """What is compared with what, and how: either side with the other, and both with 0."""
    left, right = condition.lhs, condition.rhs
    ways = [(left, right, condition), (right, left, condition.reversed)]
    if right != 0 and left != 0:
        difference = cast(Expr, left) - cast(Expr, right)
        ways.append((difference, S.Zero, condition.func(difference, 0, evaluate=False)))
    return ways


def _parts(x: Basic) -> Iterator[Basic]:
    """What is not zero if an expression is not: the factors of a product, the base of a power."""
    match x:
        case Mul():
            below = [a for a in x.args if not a.is_number]
        case Abs() | sign() | tanh() | erf():
            below = [x.args[0]]
        case Pow() if x.exp.is_number:
            below = [x.base]
        case _:
            return
    for part in below:
        yield part
        yield from _parts(part)


def multiple(e: Basic, of: Basic) -> Fraction | None:
    """The number by which one expression is another's multiple, None if it is none."""
    if e == of:
        return Fraction(1)
    if not (isinstance(e, Add) and isinstance(of, Add)):
        return None
    (factor, sum_), (other, model) = e.primitive(), of.primitive()
    if sum_ != model:
        factor, sum_ = -factor, -sum_
    return Fraction(str(factor / other)) if sum_ == model else None


def _bound(relation: Basic, other: Range) -> Range:
    """What x can be if ``x relation other`` holds."""
    match relation:
        case Eq():
            return other
        case Ne():
            return intervals.NONZERO if other == intervals.ZERO else intervals.REAL
        case Gt():
            return Range(other.low, intervals.REAL.high, other.low >= 0)
        case Ge():
            return Range(other.low, intervals.REAL.high, other.positive)
        case Lt():
            return Range(intervals.REAL.low, other.high, other.high <= 0)
        case Le():
            negative = intervals.negate(other).positive
            return Range(intervals.REAL.low, other.high, negative)
    return intervals.REAL
