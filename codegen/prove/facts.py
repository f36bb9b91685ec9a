"""What claims came to, for machines: plain numbers, strings and lists."""

from sympy import S, sstr

from ...specs.language.claims import Equivalence, Identity
from .identity import IdentityWitness, parts_of
from .induction import Correspondence, Obligation
from .prove import Settled
from .witness import Witness


def facts(settled: Settled) -> dict[str, object]:
    """One claim, JSON-ready: name, verdict, expected, seconds, and what there is to say."""
    claim = settled.claim
    found: dict[str, object] = {
        "name": claim.name,
        "verdict": settled.verdict.value,
        "expected": claim.expected.value if claim.expected else None,
        "seconds": round(settled.seconds, 4),
        "kind": type(claim).__name__.lower(),
        "statement": claim.statement,
        "assumptions": list(claim.assumptions),
        "source": claim.source,
        "residuals": {_what(o): sstr(o.residual) for o in settled.obligations if not o.is_met},
    }
    if isinstance(claim, Equivalence):
        found["left"], found["right"] = claim.left.spec.name, claim.right.spec.name
        found["tried"] = list(settled.tried)
        found["map"] = (
            {n: sstr(e) for n, e in Correspondence(claim).equations.items()}
            if settled.obligations
            else {}
        )
    else:
        found["equations"] = [
            {"what": p.what, "left": sstr(p.left), "right": sstr(p.right)}
            | ({} if p.given == S.true else {"given": sstr(p.given)})
            for p in parts_of(claim)
        ]
    if isinstance(claim, Identity) and claim.where:
        found["where"] = {str(name): sstr(e) for name, e in claim.where.items()}
    witness = settled.witness
    if isinstance(witness, Witness):
        found["witness"] = {
            "hyper": {n: str(v) for n, v in witness.hyper.items()},
            "start": str(witness.start),
            "gradient": f"{witness.slope}*x + x**2/4",
            "step": witness.step,
            "left": str(witness.left),
            "right": str(witness.right),
        }
    elif isinstance(witness, IdentityWitness):
        found["witness"] = {
            "what": witness.what,
            "numbers": {n: str(v) for n, v in witness.numbers.items()},
            "left": sstr(witness.left),
            "right": sstr(witness.right),
        }
    return found


def _what(obligation: Obligation) -> str:
    where = "" if obligation.case == S.true else f", where {sstr(obligation.case)}"
    return obligation.what + where
