"""What chapters say of claims, each place relying on a verdict and shown broken under another.

A chapter's sentences are written for one verdict. A coefficient changed in a spec may turn it;
the handbook is built all the same, and every place that relied on the old verdict says so.
"""

from collections.abc import Iterator, Sequence

from ...specs.language.claims import Verdict
from ..prove.identity import IdentityWitness
from ..prove.prove import Settled
from ..prove.witness import Witness
from .edition import Edition
from .markdown import code, directive, escaped

_SHORT = 12
"""Exact numbers up to this length are written out; of others six digits are."""


def target(name: str) -> str:
    """What links lead to that are about a claim."""
    return f"claim-{name}"


def reference(found: Sequence[Settled], relied_on: Verdict, edition: Edition) -> str:
    """Within a line: the claims a sentence rests on, in brackets."""
    links = "; ".join(_link(s, relied_on, edition) for s in found)
    return f"[{edition.words['chapters'][relied_on.value]}: {links}]".replace("[", "\\[", 1)


def statement(settled: Settled, relied_on: Verdict, edition: Edition) -> str:
    """On its own: what is claimed, under what assumptions, and the numbers that refute it."""
    words = edition.words["chapters"]
    claim = settled.claim
    holds = settled.verdict is relied_on
    body = "\n\n".join(_body(settled, edition))
    if holds:
        title = f"{words[relied_on.value].capitalize()}: {_name(claim.name)}"
        return directive("admonition", title, f":class: {relied_on.value.lower()}\n\n{body}")
    return directive("danger", "", f"{_broken(settled, relied_on, edition)}\n\n{body}")


def _body(settled: Settled, edition: Edition) -> Iterator[str]:
    claim, words = settled.claim, edition.words["chapters"]
    yield escaped(edition.said(claim.statement))
    if claim.assumptions:
        assumed = words["and"].join(escaped(edition.said(a)) for a in claim.assumptions)
        yield words["assuming"].format(assumptions=assumed)
    if settled.witness is not None:
        yield _witness(settled.witness, edition)


def _witness(witness: Witness | IdentityWitness, edition: Edition) -> str:
    words = edition.words["chapters"]
    sides = {"left": _number(witness.left), "right": _number(witness.right)}
    if isinstance(witness, IdentityWitness):
        given = ", ".join(code(f"{n} = {v}") for n, v in witness.numbers.items())
        what = escaped(edition.said(witness.what))
        return words["identity-witness"].format(what=what, given=given, **sides)
    hyper = [code(f"{n} = {v}") for n, v in witness.hyper.items()]
    given = ", ".join([*hyper, code(f"theta[0] = {witness.start}")])
    slope = f"${witness.slope}\\,x + x^2/4$"
    return words["witness"].format(given=given, slope=slope, step=witness.step, **sides)


def _number(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHORT else f"{float(value):.6g}"  # pyright: ignore


def _link(settled: Settled, relied_on: Verdict, edition: Edition) -> str:
    if settled.verdict is relied_on:
        return _name(settled.claim.name)
    return f"**{_broken(settled, relied_on, edition)}**"


def _broken(settled: Settled, relied_on: Verdict, edition: Edition) -> str:
    words = edition.words["chapters"]
    return words["broken"].format(
        claim=_name(settled.claim.name),
        relied_on=words[relied_on.value],
        verdict=words[settled.verdict.value],
    )


def _name(name: str) -> str:
    return f"[{name}](#{target(name)})"
