"""A derivation as a page of text, for terminals."""

from collections.abc import Iterator, Mapping

from sympy import Basic, ImmutableDenseMatrix, sstr, sympify

from ...specs.language import Optimizer
from ...specs.language.claims import Equivalence
from ..notation.text import text_of
from .derivation import Chain, Derivation, Equation, Formula, Image, Passage
from .identity import IdentityWitness
from .witness import Witness

_INDENT = "    "
_LONG = 400

_SAID = {
    "no-map": "No map was found among these: {tried}. Give one with --map.",
    "left": "Left: {name} ({source})",
    "right": "Right: {name} ({source})",
    "rule": "The rule: {name} ({source})",
    "map": "The map, from {left} to {right}:",
    "same": "At the start and after every step, by induction over t:",
    "tried": "(Tried: {tried}.)",
    "point": "Both ask for the gradient at the same point, and its value there is g:",
    "points": "Both ask for the gradient at the same point, and its value there is g:",
    "step": "One step from any state, in the left side's quantities:",
    "mapped": f"{_INDENT}{{quantity}}, the map of what the left side computes:",
    "computed": f"{_INDENT}{{quantity}}, what the right side computes from the map:",
    "equal": f"{_INDENT}The two are equal.",
    "induction": "At the start they correspond, so by induction over t they do at every step.",
    "induction-from-first-step": (
        "After the first step they correspond, so by induction over t they do after every step."
    ),
    "two-points": "They ask for the gradient at two points, where its values are g and g':",
    "apart": "What does not vanish:",
    "matrix": "One step, where the gradient is {curvature} times the parameter, as a matrix:",
    "where": "With",
    "with": "with",
    "with-options": "with {options} and no other option, and",
    "without-options": "without options, and",
    "part": "{what}:",
    "vanishes": f"{_INDENT}The difference vanishes.",
    "vanishes-by-induction": (
        f"{_INDENT}The difference vanishes where the sums end at 1, and does not change where they "
        "end one later: by induction it vanishes."
    ),
    "vanishes-where": f"{_INDENT}Where {{case}}, the difference vanishes.",
}
_FOLLOWING = ("no-map", "with", "tried", "computed", "equal", "vanishes", "remains", "residual")
"""What is said without a blank line before it begins with one of these."""


def page(derivation: Derivation) -> str:
    """The claim, what it is about, and the algebra or the witness that settles it."""
    return "\n".join(_lines(derivation)) + "\n"


def _lines(derivation: Derivation) -> Iterator[str]:
    settled = derivation.settled
    claim = settled.claim
    yield f"{settled.verdict.value}: {claim.statement}"
    if claim.assumptions and derivation.passages[0].key != "no-map":
        yield f"Assuming that {'; '.join(claim.assumptions)}."
    for passage in derivation.passages:
        if not passage.key.startswith(_FOLLOWING):
            yield ""
        yield from _passage(passage)
    match settled.witness:
        case Witness() as witness if isinstance(claim, Equivalence):
            yield from _parted(witness, claim)
        case IdentityWitness() as witness:
            yield from _differing(witness)


def _passage(passage: Passage) -> Iterator[str]:
    spec = passage.notation
    said = {
        name: e if isinstance(e, str) else _text(spec, e) for name, e in passage.arguments.items()
    }
    if passage.key.startswith("residual"):
        residual = _values(passage, passage.formulas[0])[0]
        if len(residual) > _LONG:
            residual = f"{residual[:_LONG]} ... (whole with --json)"
        yield f"{_INDENT}{said['what']}: {residual}"
        return
    if passage.key.startswith("remains"):
        where = f"Where {said['case']}, the" if said else "The"
        yield f"{_INDENT}{where} difference is {_values(passage, passage.formulas[0])[0]}."
        return
    yield _sentence(passage, said)
    for formula in passage.formulas:
        match formula:
            case Equation():
                yield f"{_INDENT}{_text(spec, formula.left)} = {_text(spec, formula.right)}"
            case Image() if passage.key.startswith("with"):
                value = _text(formula.of, formula.value)
                yield f"{_INDENT}{value} = {_text(spec, formula.given)}"
            case Image():
                value = _text(formula.of, formula.value)
                yield f"{_INDENT}{value} of {formula.of.name}  <-  {_text(spec, formula.given)}"
            case Chain(steps=(ImmutableDenseMatrix() as matrix,)):
                rows = (matrix.row(i).tolist()[0] for i in range(matrix.rows))
                yield from (_INDENT + sstr(row) for row in rows)
            case Chain():
                yield from _chain(passage, formula)


def _sentence(passage: Passage, said: Mapping[str, str]) -> str:
    sentence = _SAID[passage.key].format_map(said)
    return sentence if passage.formulas else sentence.removesuffix(", and")


def _chain(passage: Passage, chain: Chain) -> Iterator[str]:
    first, *others = _values(passage, chain)
    match passage.key:
        case "point" | "points" | "two-points":
            yield _INDENT + first
            yield from (f"{_INDENT}= {other}, the right side's parameter" for other in others)
        case "mapped" | "computed":
            yield f"{_INDENT * 2}  {first}"
            yield from (f"{_INDENT * 2}= {other}" for other in others)
        case _:
            yield f"{_INDENT}  {first}"
            yield from (f"{_INDENT}= {other}" for other in others or [first])


def _values(passage: Passage, chain: Formula) -> list[str]:
    """The steps of a chain, those that read the same once."""
    assert isinstance(chain, Chain)
    return list(dict.fromkeys(_text(passage.notation, e) for e in chain.steps))


def _parted(witness: Witness, claim: Equivalence) -> Iterator[str]:
    yield ""
    numbers = ", ".join(f"{name} = {value}" for name, value in witness.hyper.items())
    yield f"A witness: {numbers}, theta[0] = {witness.start},"
    yield f"with the gradient {witness.slope}*x + x**2/4 at x. After step {witness.step}"
    yield f"{_INDENT}{claim.left.spec.name}, through the map:  {_number(witness.left)}"
    yield f"{_INDENT}{claim.right.spec.name}:  {_number(witness.right)}"


def _differing(witness: IdentityWitness) -> Iterator[str]:
    yield ""
    yield f"A witness for {witness.what}:"
    yield from (f"{_INDENT}{name} = {value}" for name, value in witness.numbers.items())
    yield f"{_INDENT}left:  {sstr(witness.left)}"
    yield f"{_INDENT}right: {sstr(witness.right)}"


def _number(value: object) -> str:
    text = str(value)
    return text if len(text) <= 30 else f"{float(value):.15g}"  # pyright: ignore


def _text(spec: Optimizer | None, e: Basic) -> str:
    if spec is None:
        return sstr(e)
    try:
        return text_of(spec).expression(sympify(e))
    except NotImplementedError:
        return str(e)
