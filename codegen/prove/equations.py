"""A claim about expressions as a page to read: its equations, and what settles them."""

from collections.abc import Iterator

from sympy import factor, sstr

from ...specs.language.claims import Identity, Part, Stability
from ..text import TextPrinter
from .identity import IdentityWitness, stability_parts, step_matrix
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
    met = {o.what: o for o in settled.obligations}
    for part in parts_of(claim):
        yield ""
        yield f"{part.what}:"
        yield f"{_INDENT}  {sstr(part.left)}"
        yield f"{_INDENT}= {sstr(part.right)}"
        obligation = met.get(part.what)
        if obligation is None or obligation.is_met:
            yield f"{_INDENT}The difference vanishes."
        else:
            yield f"{_INDENT}The difference is {sstr(factor(obligation.residual))}."
    witness = settled.witness
    if isinstance(witness, IdentityWitness):
        yield ""
        yield f"A witness for {witness.what}:"
        yield from (f"{_INDENT}{name} = {value}" for name, value in witness.numbers.items())
        yield f"{_INDENT}left:  {sstr(witness.left)}"
        yield f"{_INDENT}right: {sstr(witness.right)}"


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
