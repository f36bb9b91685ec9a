"""What is known of the numbers that a claim leaves open: they lie in their domains."""

from collections.abc import Iterator

from sympy import And, Basic, Rational, Symbol, sympify

from ...specs.language import Interval, t
from ...specs.language.claims import Equivalence


def known(claim: Equivalence) -> Basic:
    """That every hyperparameter lies in its domain, of both sides where both leave it open."""
    return And(
        *(
            relation
            for side in (claim.left, claim.right)
            for h in side.spec.hyperparameters
            if h.symbol not in side.hyper
            for relation in _within(h.symbol, h.domain)
        )
    )


def scalars(claim: Equivalence) -> set[Symbol]:
    """What is one number for a whole tensor: the step, and what hyperparameters stand for."""
    return {t}.union(
        *(
            sympify(side.hyper.get(h.symbol, h.symbol)).free_symbols
            for side in (claim.left, claim.right)
            for h in side.spec.hyperparameters
        )
    )


def _within(x: Symbol, domain: Interval) -> Iterator[Basic]:
    if domain.low is not None:
        low = Rational(domain.low.numerator, domain.low.denominator)
        yield x > low if domain.low_open else x >= low
    if domain.high is not None:
        high = Rational(domain.high.numerator, domain.high.denominator)
        yield x < high if domain.high_open else x <= high
