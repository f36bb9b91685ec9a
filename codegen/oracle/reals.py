"""Irrational numbers: each knows how it is made, and encloses itself as narrowly as asked for.

A :class:`Real` holds the operation it is the result of and the operands. From them a ball is
computed, which contains it for certain; where a ball is too wide to answer what is asked, all of
them are computed anew with twice the bits. So a comparison is never a guess: it is decided, or
:class:`UndecidedError` says that it was not, within ``MOST_BITS``. Two numbers that are equal for a
reason that shows in no ball, as ``log(6)`` and ``log(2) + log(3)``, are never told apart.

For the reasons that equations of optimizers and schedules have, there are exact forms: a rational
times a root is a :class:`Root`, a rational times pi an :class:`OfPi`, and both become rational
where they can.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from flint import arb, ctx, fmpq

Finite: TypeAlias = "fmpq | Real"

BITS = 192
"""Of the first ball: more than are asked for as a rule, as some are lost on the way there."""

MOST_BITS = 2**15


class UndecidedError(ArithmeticError):
    """What was asked of a number could not be told from its first ten thousand digits."""


class Real:
    """A number that is not known to be rational: a function of rational numbers and of others."""

    __slots__ = ("_ball", "_bits", "make", "operands")

    def __init__(self, make: Callable[..., arb], *operands: Finite) -> None:
        self.make = make
        self.operands = operands
        self._ball = arb()
        self._bits = 0

    def ball(self, bits: int = BITS) -> arb:
        """A ball that contains the number, computed with at least that many bits."""
        if self._bits < bits:
            _refine(self, bits)
        return self._ball

    def balls(self) -> Iterator[arb]:
        """Balls that contain the number, each computed with twice the bits of the one before."""
        bits = BITS
        while bits <= MOST_BITS:
            yield self.ball(bits)
            bits *= 2

    def __int__(self) -> int:
        return int(floor(self).numerator)

    def __float__(self) -> float:
        return float(narrow(self))

    def __str__(self) -> str:
        return narrow(self, 180).str(50, radius=False)


class Root(Real):
    """A root of a rational number, or the negative of one: ``sign*sqrt(square)``."""

    __slots__ = ("sign", "square")

    def __init__(self, sign: int, square: fmpq) -> None:
        super().__init__(_root if sign > 0 else _negative_root, square)
        self.sign = sign
        self.square = square


class OfPi(Real):
    """A rational number times pi."""

    __slots__ = ("factor",)

    def __init__(self, factor: fmpq) -> None:
        super().__init__(_times_pi, factor)
        self.factor = factor


def root(sign: int, square: fmpq) -> Finite:
    """The root of a positive rational number, rational where it is."""
    above, below = square.numerator, square.denominator
    if above.is_square() and below.is_square():
        return fmpq(sign * above.isqrt(), below.isqrt())
    return Root(sign, square)


def enclosure(x: Finite, bits: int = BITS) -> arb:
    """A ball around a number, computed with at least that many bits."""
    if isinstance(x, Real):
        return x.ball(bits)
    with ctx.workprec(bits):
        return arb(x)


def ends(ball: arb) -> tuple[arb, arb]:
    """The smallest and the largest number of a ball, exactly."""
    with ctx.workprec(2 * MOST_BITS):
        return ball.lower(), ball.upper()


def narrow(x: Finite, bits: int = 128) -> arb:
    """A ball whose centre agrees with the number in about so many bits, or is nothing beside 1.

    Nothing is what is below ``2**-MOST_BITS``, and not told from 0.
    """
    if not isinstance(x, Real):
        return enclosure(x, bits)
    ball = x.ball(max(bits, BITS))
    for ball in x.balls():
        if ball.rel_accuracy_bits() >= bits - 16:
            break
    return ball


def sign(x: Finite) -> int:
    """-1, 0 or 1.

    Raises:
        UndecidedError: it may be 0, and may be not.
    """
    if not isinstance(x, Real):
        return (x > 0) - (x < 0)
    for ball in x.balls():
        if ball > 0:
            return 1
        if ball < 0:
            return -1
        if ball.is_zero():
            return 0
    raise UndecidedError(f"{x} may be 0 or not: {MOST_BITS} bits do not tell")


def floor(x: Real) -> fmpq:
    """The largest whole number that is not above it.

    Raises:
        UndecidedError: it may be a whole number, or next to one.
    """
    for ball in x.balls():
        with ctx.workprec(2 * MOST_BITS):
            whole = ball.floor().unique_fmpz()
        if whole is not None:
            return fmpq(whole)
    raise UndecidedError(f"{x} may be above a whole number or below: {MOST_BITS} bits do not tell")


def _refine(x: Real, bits: int) -> None:
    """Compute the balls of a number and of all it is made of: operands first, without recursion."""
    pending = [x]
    with ctx.workprec(bits):
        while pending:
            top = pending[-1]
            wide = [o for o in top.operands if isinstance(o, Real) and o._bits < bits]
            if wide:
                pending += wide
                continue
            pending.pop()
            if top._bits < bits:
                operands = (o._ball if isinstance(o, Real) else arb(o) for o in top.operands)
                top._ball = top.make(*operands)
                top._bits = bits


def _root(x: arb) -> arb:
    return x.sqrt()


def _negative_root(x: arb) -> arb:
    return -x.sqrt()


def _times_pi(x: arb) -> arb:
    return arb.pi() * x
