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
from ...specs.language.claims import Equivalence, Identity, Side, Stability, Verdict
from .identity import parts_of, step_matrix
from .induction import Correspondence, Obligation, setting
from .opening import opened
from .prove import Settled
from .symbolic import GradientOf, Setting, symbolic_step


@dataclass(frozen=True)
class Equation:
    """What is on the left has the value on the right."""

    left: Basic
    right: Basic


@dataclass(frozen=True)
class Image:
    """What stands for something of one spec, in the quantities of another."""

    value: Basic
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
    phi = Correspondence(claim)
    yield _rule("left", left)
    yield from _setting(claim.left, phi.left, left)
    yield _rule("right", right)
    yield from _setting(claim.right, phi.right, left)
    images = tuple(Image(_at_t(name), right, e) for name, e in phi.equations.items())
    yield Passage("map", {"left": left.name, "right": right.name}, images, left)
    if settled.tried:
        yield Passage("tried", {"tried": "; ".join(settled.tried)})
    same = {o.quantity: o.other for o in settled.obligations if o.when == "same"}
    if same:
        equal = tuple(Equation(_at_t(name), _at_t(other)) for name, other in same.items())
        yield Passage("same", {}, equal, left)
    step = _one_step(phi, same, apart=any(o.when == "point" for o in settled.obligations))
    if settled.verdict is Verdict.PROVED:
        yield from _algebra(settled, left, step)
    else:
        yield from _parting(settled, left, step)


def _rule(key: str, spec: Optimizer) -> Passage:
    equations = tuple(Equation(u.target, u.value) for u in spec.updates)
    return Passage(key, {"name": spec.name, "source": spec.source}, equations, spec)


def _setting(side: Side, decided: Setting, notation: Optimizer) -> Iterator[Passage]:
    """How a rule is taken that can be taken in several ways."""
    given = tuple(Image(what, side.spec, sympify(e)) for what, e in side.hyper.items())
    on = [flag.name for flag, is_on in decided.options.items() if is_on]
    if on:
        yield Passage("with-options", {"options": ", ".join(on)}, given, notation)
    elif decided.options:
        yield Passage("without-options", {}, given, notation)
    elif given:
        yield Passage("with", {}, given, notation)


@dataclass(frozen=True)
class _Step:
    """One step of both sides from the same state: the map of the left's, and the right's."""

    points: tuple[Expr, Expr]
    before: Mapping[str, Expr]
    image: Mapping[str, Expr]
    computed: Mapping[str, Expr]


def _one_step(phi: Correspondence, same: Mapping[str, str], *, apart: bool) -> _Step:
    """Expanded by nothing yet; ``g`` is the gradient, and ``g'`` the right's at another point."""
    points: list[Expr] = []

    def asked(name: str) -> GradientOf:
        asks: list[Expr] = []

        def gradient(point: Expr) -> Expr:
            if not asks:
                points.append(point)
            asks.append(point)
            return Symbol(name, real=True)

        return gradient

    stored = {n: Value(Symbol(same.get(n, n), real=True), t - 1) for n in phi.left.quantities}
    new_left = symbolic_step(phi.left, stored, asked("g"), first=False)
    of_right = asked("g'" if apart else "g")
    new_right = symbolic_step(phi.right, phi.of(stored, t - 1), of_right, first=False)
    return _Step((points[0], points[1]), phi.equations, phi.of(new_left, t), new_right)


def _algebra(settled: Settled, spec: Optimizer, step: _Step) -> Iterator[Passage]:
    """Both sides of phi(step_A(s)) = step_B(phi(s)), expanded line by line."""
    yield _points(spec, step)
    yield Passage("step")
    for name in step.computed:
        yield from _both(name, spec, step)
        yield Passage("equal")
    starts = any(o.when == "first-step" for o in settled.obligations)
    yield Passage("induction-from-first-step" if starts else "induction")


def _parting(settled: Settled, spec: Optimizer, step: _Step) -> Iterator[Passage]:
    """What does not correspond after a step, and the difference."""
    unmet = [o for o in settled.obligations if not o.is_met]
    if any(o.when == "point" for o in unmet):
        yield Passage("two-points", {}, tuple(Chain((p,)) for p in step.points), spec)
    else:
        yield _points(spec, step)
    yield Passage("step")
    for o in unmet:
        if o.when == "step":
            yield from _both(o.quantity, spec, step)
    yield Passage("apart")
    yield from (_residual(o, spec) for o in unmet)


def _points(spec: Optimizer, step: _Step) -> Passage:
    left, right = step.points
    if left == right:
        return Passage("point", {}, (Chain((left,)),), spec)
    return Passage("points", {}, (Chain((left, right)),), spec)


def _both(name: str, spec: Optimizer, step: _Step) -> Iterator[Passage]:
    of = {"quantity": _at_t(name)}
    image, value = step.image[name], step.computed[name]
    yield Passage("mapped", of, (_chain(step.before[name], image, opened(image)),), spec)
    yield Passage("computed", of, (_chain(value, opened(value)),), spec)


def _residual(obligation: Obligation, spec: Optimizer) -> Passage:
    what: dict[str, str | Basic] = {"what": obligation.what}
    if obligation.quantity:
        what["quantity"] = Symbol(obligation.quantity, real=True)
    return Passage(f"residual-{obligation.when}", what, (Chain((_factored(obligation),)),), spec)


def _of_region(settled: Settled, claim: Stability) -> Iterator[Passage]:
    yield _rule("rule", claim.side.spec)
    yield from _setting(claim.side, setting(claim.side), claim.side.spec)
    matrix, _ = step_matrix(claim)
    once = (Chain((matrix.as_immutable(),)),)
    yield Passage("matrix", {"curvature": claim.curvature}, once)
    yield from _equations(settled, claim)


def _of_equations(settled: Settled, claim: Identity) -> Iterator[Passage]:
    if claim.where:
        meanings = tuple(Equation(name, e) for name, e in claim.where.items())
        yield Passage("where", {}, meanings)
    yield from _equations(settled, claim)


def _equations(settled: Settled, claim: Identity | Stability) -> Iterator[Passage]:
    for k, part in enumerate(parts_of(claim)):
        yield Passage("part", {"what": part.what}, (Chain((part.left, part.right)),))
        yield from _differences(o for o in settled.obligations if o.part == k)


def _differences(obligations: Iterable[Obligation]) -> Iterator[Passage]:
    """What became of the difference of an equation's sides, in every case."""
    for o in obligations:
        if o.when == "induction":
            yield Passage("vanishes-by-induction")
            continue
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
