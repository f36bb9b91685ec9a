"""A claim about expressions as a page to read: its equations, and what settles them."""

from collections.abc import Iterator

from sympy import S, factor, sstr

from ...specs.language.claims import Identity, Part, Stability
from ..text import TextPrinter
from .identity import IdentityWitness, stability_parts, step_matrix
from .induction import Obligation
from .prove import Settled

_INDENT = "    "


def parts_of(claim: Identity | Stability) -> list[Part]:
    """The equations of a claim; those of a region of stability are derived from its rule."""
    return stability_parts(claim) if isinstance(claim, Stability) else list(claim.parts)


def equations(settled: Settled, claim: Identity | Stability) -> Iterator[str]:
    """The claim, its equations one by one, and the numbers that refute it, if any do."""
    yield f"{settled.verdict.value}: {claim.statement}"
    if claim.assumptions:
        yield f"Assuming that {'; '.join(claim.assumptions)}."
    if isinstance(claim, Stability):
        yield from _rule(claim)
    elif claim.where:
        yield ""
        yield "With"
        yield from (f"{_INDENT}{name} = {sstr(e)}" for name, e in claim.where.items())
    for part in parts_of(claim):
        yield ""
        yield f"{part.what}:"
        yield f"{_INDENT}  {sstr(part.left)}"
        yield f"{_INDENT}= {sstr(part.right)}"
        for obligation in settled.obligations:
            if obligation.what == part.what:
                yield _INDENT + _settled_by(obligation)
    witness = settled.witness
    if isinstance(witness, IdentityWitness):
        yield ""
        yield f"A witness for {witness.what}:"
        yield from (f"{_INDENT}{name} = {value}" for name, value in witness.numbers.items())
        yield f"{_INDENT}left:  {sstr(witness.left)}"
        yield f"{_INDENT}right: {sstr(witness.right)}"


def _settled_by(obligation: Obligation) -> str:
    met = "vanishes" if obligation.is_met else f"is {sstr(factor(obligation.residual))}"
    everywhere = obligation.case == S.true
    where = "The" if everywhere else f"Where {sstr(obligation.case)}, the"
    return f"{where} difference {met}."


def _rule(claim: Stability) -> Iterator[str]:
    spec = claim.side.spec
    text = TextPrinter(spec)
    yield ""
    yield f"The rule: {spec.name} ({spec.source})"
    yield from (_INDENT + text.equation(u) for u in spec.updates)
    yield ""
    yield f"One step, where the gradient is {claim.curvature} times the parameter, as a matrix:"
    matrix, _ = step_matrix(claim)
    yield from (_INDENT + sstr(matrix.row(i).tolist()[0]) for i in range(matrix.rows))
