"""What comes out of a reduction over a tensor: what is the same for all elements."""

from collections.abc import Callable, Iterator

from sympy import Add, Expr, Integer, Mul, expand, factor_list, fraction, prod

IsScalar = Callable[[Expr], bool]


def summands(e: Expr, is_scalar: IsScalar) -> Iterator[tuple[Expr, Expr]]:
    """The terms of an argument, each as a number for all elements and what varies over them."""
    above, below = fraction(e)
    outside = below if is_scalar(below) else Integer(1)
    inside = below / outside
    for term in Add.make_args(expand(above)):
        common = [f for f in Mul.make_args(term) if is_scalar(f)]
        rest = [f for f in Mul.make_args(term) if not is_scalar(f)]
        yield Mul(*common) / outside, Mul(*rest) / inside


def factors(e: Expr, is_scalar: IsScalar) -> tuple[list[tuple[Expr, int]], Expr]:
    """The factors of an argument that are numbers for all elements, with their powers; the rest."""
    above, below = fraction(e)
    constant, of_above = factor_list(above)
    divisor, of_below = factor_list(below)
    powers = [(constant / divisor, 1), *of_above, *((f, -k) for f, k in of_below)]
    common = [(f, k) for f, k in powers if is_scalar(f)]
    return common, prod(f**k for f, k in powers if not is_scalar(f))
