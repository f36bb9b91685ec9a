"""A proof as a page to read: the two formulations, the map between them, every expansion."""

from collections.abc import Iterator

from sympy import Expr, Symbol, expand, factor, sympify

from ...specs.language import Optimizer, Value, t
from ...specs.language.claims import Equivalence, Verdict
from ..text import TextPrinter
from .equations import equations
from .induction import Correspondence
from .prove import Settled
from .symbolic import GradientOf, symbolic_step
from .witness import Witness

_INDENT = "    "
_LONG = 400


def derivation(settled: Settled) -> str:
    """The claim, what it is about, and the algebra or the witness that settles it."""
    claim = settled.claim
    is_equivalence = isinstance(claim, Equivalence)
    lines = _lines(settled, claim) if is_equivalence else equations(settled, claim)
    return "\n".join(lines) + "\n"


def _lines(settled: Settled, claim: Equivalence) -> Iterator[str]:
    left, right = claim.left.spec, claim.right.spec
    yield f"{settled.verdict.value}: {claim.statement}"
    if settled.tried and not settled.obligations:
        yield f"No map was found among these: {'; '.join(settled.tried)}. Give one with --map."
        return
    if claim.assumptions:
        yield f"Assuming that {'; '.join(claim.assumptions)}."
    for label, spec in (("Left", left), ("Right", right)):
        text = TextPrinter(spec)
        yield ""
        yield f"{label}: {spec.name} ({spec.source})"
        yield from (_INDENT + text.equation(u) for u in spec.updates)
    phi = Correspondence(claim)
    yield ""
    yield f"The map, from {left.name} to {right.name}:"
    for name, e in phi.equations.items():
        yield f"{_INDENT}{name}[t] of {right.name}  <-  {_text(left, e)}"
    if settled.tried:
        yield f"(Tried: {'; '.join(settled.tried)}.)"
    if settled.verdict is Verdict.PROVED:
        yield from _algebra(claim, phi)
    else:
        yield from _parted(settled, claim)


def _algebra(claim: Equivalence, phi: Correspondence) -> Iterator[str]:
    """Both sides of phi(step_A(s)) = step_B(phi(s)), expanded line by line."""
    g = Symbol("g", real=True)
    points: dict[str, Expr] = {}

    def asked(side: str) -> GradientOf:
        def gradient(point: Expr) -> Expr:
            points.setdefault(side, point)
            return g

        return gradient

    stored = {n: Value(Symbol(n, real=True), t - 1) for n in phi.left.quantities}
    mapped = phi.of(stored, t - 1)
    new_left = symbolic_step(phi.left, stored, asked("left"), first=False)
    new_right = symbolic_step(phi.right, mapped, asked("right"), first=False)
    spec = claim.left.spec
    yield ""
    yield "Both ask for the gradient at the same point, and its value there is g:"
    yield f"{_INDENT}{_text(spec, points['left'])}"
    if points["right"] != points["left"]:
        yield f"{_INDENT}= {_text(spec, points['right'])}, the right side's parameter"
    yield ""
    yield "One step from any state, in the left side's quantities:"
    after = phi.of(new_left, t)
    for name, value in new_right.items():
        image = after[name]
        assert image is not None
        yield ""
        yield f"{_INDENT}{name}[t], the map of what the left side computes:"
        yield from _expansion(spec, phi.equations[name], image)
        yield f"{_INDENT}{name}[t], what the right side computes from the map:"
        yield from _expansion(spec, None, value)
        yield f"{_INDENT}The two are equal."
    yield ""
    yield "At the start they correspond, so by induction over t they do at every step."


def _expansion(spec: Optimizer, before: Expr | None, value: Expr) -> Iterator[str]:
    lines = [] if before is None else [_text(spec, before)]
    lines.append(_text(spec, value))
    expanded = expand(value)
    lines.append(_text(spec, expanded))
    kept = list(dict.fromkeys(lines))
    yield f"{_INDENT * 2}  {kept[0]}"
    yield from (f"{_INDENT * 2}= {line}" for line in kept[1:])


def _parted(settled: Settled, claim: Equivalence) -> Iterator[str]:
    witness = settled.witness
    yield ""
    yield "What does not vanish:"
    for o in settled.obligations:
        if not o.is_met:
            residual = _text(claim.left.spec, sympify(factor(o.residual)))
            if len(residual) > _LONG:
                residual = f"{residual[:_LONG]} ... (whole with --json)"
            yield f"{_INDENT}{o.what}: {residual}"
    if not isinstance(witness, Witness):
        return
    yield ""
    numbers = ", ".join(f"{name} = {value}" for name, value in witness.hyper.items())
    yield f"A witness: {numbers}, theta[0] = {witness.start},"
    yield f"with the gradient {witness.slope}*x + x**2/4 at x. After step {witness.step}"
    yield f"{_INDENT}{claim.left.spec.name}, through the map:  {_number(witness.left)}"
    yield f"{_INDENT}{claim.right.spec.name}:  {_number(witness.right)}"


def _number(value: object) -> str:
    text = str(value)
    return text if len(text) <= 30 else f"{float(value):.15g}"  # pyright: ignore


def _text(spec: Optimizer, e: Expr) -> str:
    try:
        return TextPrinter(spec).expression(sympify(e))
    except NotImplementedError:
        return str(e)
