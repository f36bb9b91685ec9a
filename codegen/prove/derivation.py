"""A proof as data: what is said, and the formulas under it, for printers to write out.

A claim of two formulations has them both, the map between them, and every expansion of a step;
a claim of expressions has its equations. What is said is named by a key, so that a printer can
say it in any language.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sympy import Basic, Expr, S, Symbol, factor, sympify

from ...specs.language import Optimizer, Value, t
from ...specs.language.claims import Equivalence, Identity, Stability, Verdict
from .identity import parts_of, step_matrix
from .induction import Correspondence, Obligation
from .opening import opened
from .prove import Settled
from .symbolic import GradientOf, symbolic_step


@dataclass(frozen=True)
class Equation:
    """What is on the left has the value on the right."""

    left: Basic
    right: Basic


@dataclass(frozen=True)
class Image:
    """A quantity of one spec as the map gives it, in the quantities of another."""

    value: Value
    of: Optimizer
    given: Expr


@dataclass(frozen=True)
class Chain:
    """Expressions, each equal to the next."""

    steps: tuple[Basic, ...]


Formula: TypeAlias = Equation | Image | Chain


@dataclass(frozen=True)
class Passage:
    """Something that is said, and the formulas it speaks of.

    Args:
        key: of the sentence.
        arguments: what the sentence names, words or expressions.
        formulas: those under it.
        notation: the spec in whose notation all expressions are; None for those of no spec.
    """

    key: str
    arguments: Mapping[str, str | Basic] = field(default_factory=dict[str, str | Basic])
    formulas: tuple[Formula, ...] = ()
    notation: Optimizer | None = None


@dataclass(frozen=True)
class Derivation:
    """A claim with all that is said between its statement and its witness."""

    settled: Settled
    passages: tuple[Passage, ...]


def derivation(settled: Settled) -> Derivation:
    """What the claim is about, and the algebra or the residuals that settle it."""
    match settled.claim:
        case Equivalence() as claim:
            passages = _of_formulations(settled, claim)
        case Stability() as claim:
            passages = _of_region(settled, claim)
        case Identity() as claim:
            passages = _of_equations(settled, claim)
    return Derivation(settled, tuple(passages))


def _of_formulations(settled: Settled, claim: Equivalence) -> Iterator[Passage]:
    if settled.tried and not settled.obligations:
        yield Passage("no-map", {"tried": "; ".join(settled.tried)})
        return
    left, right = claim.left.spec, claim.right.spec
    yield _rule("left", left)
    yield _rule("right", right)
    phi = Correspondence(claim)
    images = tuple(Image(_at_t(name), right, e) for name, e in phi.equations.items())
    yield Passage("map", {"left": left.name, "right": right.name}, images, left)
    if settled.tried:
        yield Passage("tried", {"tried": "; ".join(settled.tried)})
    if settled.verdict is Verdict.PROVED:
        yield from _algebra(claim, phi)
    else:
        yield Passage("apart")
        yield from (_residual(o, left) for o in settled.obligations if not o.is_met)


def _rule(key: str, spec: Optimizer) -> Passage:
    equations = tuple(Equation(u.target, u.value) for u in spec.updates)
    return Passage(key, {"name": spec.name, "source": spec.source}, equations, spec)


def _algebra(claim: Equivalence, phi: Correspondence) -> Iterator[Passage]:
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
    if points["right"] == points["left"]:
        yield Passage("point", {"gradient": g}, (Chain((points["left"],)),), spec)
    else:
        both = Chain((points["left"], points["right"]))
        yield Passage("points", {"gradient": g}, (both,), spec)
    yield Passage("step")
    after = phi.of(new_left, t)
    for name, value in new_right.items():
        image = after[name]
        assert image is not None
        of = {"quantity": _at_t(name)}
        first = (phi.equations[name], image, opened(image))
        yield Passage("mapped", of, (_chain(*first),), spec)
        yield Passage("computed", of, (_chain(value, opened(value)),), spec)
        yield Passage("equal")
    yield Passage("induction")


def _residual(obligation: Obligation, spec: Optimizer) -> Passage:
    what: dict[str, str | Basic] = {"what": obligation.what}
    if obligation.quantity:
        what["quantity"] = Symbol(obligation.quantity, real=True)
    return Passage(f"residual-{obligation.when}", what, (Chain((_factored(obligation),)),), spec)


def _of_region(settled: Settled, claim: Stability) -> Iterator[Passage]:
    yield _rule("rule", claim.side.spec)
    matrix, _ = step_matrix(claim)
    once = (Chain((matrix.as_immutable(),)),)
    yield Passage("matrix", {"curvature": claim.curvature}, once)
    yield from _equations(settled, claim)


def _of_equations(settled: Settled, claim: Identity) -> Iterator[Passage]:
    if claim.where:
        meanings = tuple(Equation(name, e) for name, e in claim.where.items())
        yield Passage("with", formulas=meanings)
    yield from _equations(settled, claim)


def _equations(settled: Settled, claim: Identity | Stability) -> Iterator[Passage]:
    for k, part in enumerate(parts_of(claim)):
        yield Passage("part", {"what": part.what}, (Chain((part.left, part.right)),))
        yield from _differences(o for o in settled.obligations if o.part == k)


def _differences(obligations: Iterable[Obligation]) -> Iterator[Passage]:
    """What became of the difference of an equation's sides, in every case."""
    for o in obligations:
        key = "vanishes" if o.is_met else "remains"
        case = {} if o.case == S.true else {"case": o.case}
        left = () if o.is_met else (Chain((_factored(o),)),)
        yield Passage(f"{key}-where" if case else key, case, left)


def _factored(obligation: Obligation) -> Expr:
    return sympify(factor(obligation.residual))


def _chain(*steps: Basic) -> Chain:
    return Chain(tuple(dict.fromkeys(steps)))


def _at_t(name: str) -> Value:
    return Value(Symbol(name, real=True), t)
