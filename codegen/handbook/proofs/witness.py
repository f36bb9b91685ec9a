"""The numbers that refute a claim, and what both sides make of them."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from sympy import Basic, Expr, Rational, Symbol

from ....specs.language import theta
from ....specs.language.claims import Equivalence
from ...oracle.exact import fmpq
from ...prove.identity import IdentityWitness
from ...prove.prove import Settled
from ...prove.witness import Witness
from ..edition import Edition
from ..markdown import escaped, inline
from .claims import printer, said
from .printer import ProofPrinter

_LONGEST = 24
"""An exact value of more digits is shown rounded."""
_DIGITS = 12


def witnessed(settled: Settled, edition: Edition) -> str:
    """One paragraph, or nothing where no numbers were needed or found."""
    claim, words = settled.claim, edition.words["derivation"]
    prints = printer(claim)
    match settled.witness:
        case Witness() as witness if isinstance(claim, Equivalence):
            return words["witness-of-steps"].format(
                numbers=_listed(_start(witness), prints),
                gradient=inline(prints.expression(_gradient(witness))),
                step=witness.step,
                left=escaped(claim.left.spec.name),
                right=escaped(claim.right.spec.name),
                left_value=inline(_number(witness.left)),
                right_value=inline(_number(witness.right)),
            )
        case IdentityWitness() as witness:
            several = len({o.part for o in settled.obligations}) > 1
            return words["witness-of-part" if several else "witness"].format(
                what=said(witness.what, edition),
                numbers=_listed(witness.at, prints),
                left_value=inline(_number(witness.left)),
                right_value=inline(_number(witness.right)),
            )
    return ""


def _start(witness: Witness) -> Mapping[Basic, Expr]:
    given = [(Symbol(name, real=True), value) for name, value in witness.hyper.items()]
    numbers: list[tuple[Basic, Fraction]] = [*given, (theta[0], witness.start)]
    return {what: Rational(n.numerator, n.denominator) for what, n in numbers}


def _gradient(witness: Witness) -> Expr:
    x = Symbol("x", real=True)
    return Rational(witness.slope.numerator, witness.slope.denominator) * x + x**2 / 4


def _listed(numbers: Mapping[Basic, Expr], prints: ProofPrinter) -> str:
    return ", ".join(_equations(numbers, prints))


def _equations(numbers: Mapping[Basic, Expr], prints: ProofPrinter) -> Iterator[str]:
    for what, value in numbers.items():
        shown = _number(value) if value.is_number else prints.inline(value)
        yield inline(f"{prints.inline(what)} = {shown}")


def _number(value: Any) -> str:
    """An exact number, or what it is about."""
    if isinstance(value, fmpq | Rational) and len(str(value)) <= _LONGEST:
        return str(value)
    return rf"{float(value):.{_DIGITS}g}\ldots"
