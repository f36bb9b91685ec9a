"""Settle identities: each part's difference must vanish, or numbers show that it does not."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import (
    Add,
    Basic,
    Derivative,
    Expr,
    Integer,
    Limit,
    Matrix,
    N,
    Rational,
    S,
    Subs,
    Sum,
    Symbol,
    expand,
    eye,
    sympify,
)
from sympy.core.function import AppliedUndef

from ...specs.language import GradientAt, SpecError, Value
from ...specs.language.claims import Identity, Part, Stability
from .cases import CHOOSING, cases, chosen, vanishes
from .conditions import can_hold
from .functions import evaluated, written_out
from .induction import Obligation, setting
from .normal_form import NormalForm
from .sums import Canonical, common_end, taken
from .symbolic import symbolic_step

TRIES = 25
"""With numbers above 0, and then as many with others too."""
DIGITS = 50

APART = Rational(1, 10**30)
"""Relative, absolute below 1. Roots carry 50 digits; what differs by more differs."""


@dataclass(frozen=True)
class IdentityWitness:
    """Numbers at which the two sides of an equation differ.

    Args:
        what: the equation, in words.
        at: rational numbers for what stands in it; for an undefined function, a polynomial.
        left: the left side's value.
        right: the right side's.
    """

    what: str
    at: Mapping[Basic, Expr]
    left: Expr
    right: Expr

    @property
    def numbers(self) -> dict[str, Expr]:
        """The numbers by name."""
        return {_name(node): value for node, value in self.at.items()}


def prove_identity(
    claim: Identity | Stability,
) -> tuple[list[Obligation], IdentityWitness | None]:
    """What must vanish, and numbers where something does not.

    PROVED if every obligation is met, REFUTED if there is a witness, UNKNOWN otherwise.

    Raises:
        SpecError: a sum does not run from 1 to about t or to a whole number, a condition never
            holds or is no relation, or a margin belongs elsewhere.
    """
    parts = _spelled_out(claim) if isinstance(claim, Identity) else stability_parts(claim)
    found = [_obligations(claim.name, part, k) for k, part in enumerate(parts)]
    everything = [o for of_part in found for o in of_part]
    draw = random.Random(0)
    for part, of_part in zip(parts, found, strict=True):
        if not all(o.is_met for o in of_part):
            witness = _find_witness(part, draw)
            if witness is not None:
                return everything, witness
    return everything, None


def _spelled_out(claim: Identity) -> list[Part]:
    """The equations with the expressions put in that names stand for."""

    def put_in(e: Basic) -> Basic:
        for name, meaning in reversed(list(claim.where.items())):
            e = sympify(e).xreplace({name: meaning})
        return e

    return [replace(p, left=put_in(p.left), right=put_in(p.right)) for p in claim.parts]


def _obligations(name: str, part: Part, k: int) -> list[Obligation]:
    """The difference must vanish, in each case if there are several.

    What chooses is told apart into cases where its arguments alone do not settle it.
    """
    if not can_hold(part.given):
        raise SpecError(
            "given",
            spec=name,
            where=part.what,
            problem=f"{part.given} never holds, so nothing is claimed",
            remedy="Give a condition that can be met",
        )
    found: list[Obligation] = []
    for case, both in cases((sympify(part.left), sympify(part.right)), part.given):
        residual = _residual(name, both, case)
        if residual != 0 and any(side.has(*CHOOSING) for side in both):
            finer = cases([chosen(side) for side in both], case)
            found += [
                Obligation(part.what, _residual(name, those, c), c, part=k) for c, those in finer
            ]
        elif residual != 0 and case == S.true and _holds_by_induction(name, both):
            found.append(Obligation(part.what, S.Zero, part=k, when="induction"))
        else:
            found.append(Obligation(part.what, residual, case, part=k))
    return found


def _holds_by_induction(name: str, sides: Sequence[Basic]) -> bool:
    """Whether the difference of sums is 0 for one term, and stays what it is with one more."""
    n = common_end(sides)
    if n is None:
        return False
    one = [side.xreplace({n: Integer(1)}) for side in sides]
    added = [side.xreplace({n: n + 1}) - side for side in sides]
    return all(_residual(name, each, S.true) == 0 for each in (one, added))


def _residual(name: str, sides: Sequence[Basic], case: Basic) -> Expr:
    """What is left of the difference of two sides; 0 where the case leaves no room for it."""
    canonical, normal = Canonical(name), NormalForm(given=case)
    left, right = (canonical.of(evaluated(side)) for side in sides)
    if normal.is_zero(left - right):
        return sympify(0)
    residual = canonical.written_out(normal.readable(left - right))
    return sympify(0) if case != S.true and vanishes(residual, case) else residual


def parts_of(claim: Identity | Stability) -> list[Part]:
    """The equations of a claim; those of a region of stability are derived from its rule."""
    return stability_parts(claim) if isinstance(claim, Stability) else list(claim.parts)


def step_matrix(claim: Stability) -> tuple[Matrix, list[Part]]:
    """One step on a quadratic as a matrix, with the equations that say it is linear."""
    side = setting(claim.side)
    stored = {name: Symbol(name, real=True) for name in side.quantities}
    new = symbolic_step(side, stored, lambda point: claim.curvature * point, first=False)
    vector = list(stored.values())
    matrix = Matrix([[new[name].diff(v) for v in vector] for name in stored])
    acted = matrix * Matrix(vector)
    parts = [
        Part(f"{name} after a step on the quadratic", new[name], acted[k])
        for k, name in enumerate(stored)
    ]
    return matrix, parts


def stability_parts(claim: Stability) -> list[Part]:
    """The equations that give the region of stability; see :class:`Stability`."""
    matrix, parts = step_matrix(claim)
    z, n = claim.variable, matrix.shape[0]
    if n != (1 if claim.margin is None else 2):
        raise SpecError(
            "stability",
            spec=claim.name,
            where="margin",
            problem=f"it belongs to rules of two quantities, and here are {n}",
            remedy="Give a margin for two quantities, None for one",
        )
    derived = expand((z * eye(n) - matrix).det())
    rate = Symbol("lr", real=True) * claim.curvature
    at_minus_one = (-1) ** n * derived.xreplace({z: Integer(-1)})
    without_rate = at_minus_one.xreplace({claim.curvature: Integer(0)})
    parts.append(Part("the characteristic polynomial p(z)", derived, claim.polynomial))
    parts.append(Part("p(1) is lr*h", derived.xreplace({z: Integer(1)}), rate))
    parts.append(
        Part(
            "p(-1) has the sign of bound - lr*h",
            at_minus_one,
            without_rate * (1 - rate / claim.bound),
        )
    )
    if claim.margin is not None:
        inside = 1 - derived.xreplace({z: Integer(0)})
        parts.append(Part("1 - p(0) is the margin", inside, claim.margin))
    return parts


def _find_witness(part: Part, draw: random.Random) -> IdentityWitness | None:
    for k in range(2 * TRIES):
        numbers = _Numbers(draw, is_signed=k >= TRIES)
        if not numbers.satisfy(part.given):
            continue
        left, right = numbers.value(part.left), numbers.value(part.right)
        if left is None or right is None:
            continue
        if abs(left - right) > APART * max(1, abs(left), abs(right)):
            return IdentityWitness(part.what, numbers.drawn, left, right)
    return None


class _Numbers:
    """Rational numbers for whatever stands in an expression, the same ones every time.

    Args:
        draw: they are drawn from.
        is_signed: symbols and gradients may be below 0, where nothing says that they are not.
    """

    def __init__(self, draw: random.Random, *, is_signed: bool = False) -> None:
        self._draw = draw
        self._is_signed = is_signed
        self._known: dict[Basic, Expr] = {}
        self._functions: dict[object, Expr] = {}
        self._argument = Symbol("x")
        self.drawn: dict[Basic, Expr] = {}

    def value(self, e: Basic) -> Expr | None:
        """Its value here: rational, or with 50 digits; None where it has none."""
        e = written_out(sympify(e)).replace(lambda n: isinstance(n, Limit), taken)
        if e.has(Limit):
            return None
        e = e.replace(lambda n: isinstance(n, AppliedUndef), self._applied)
        e = e.replace(lambda n: isinstance(n, Derivative | Subs), lambda n: n.doit())
        whole = sorted((s for s in e.free_symbols if s.is_integer), key=str)
        # The index of a sum may have the name of a symbol outside it; subs leaves it alone.
        e = e.subs({s: self._number(s) for s in whole})
        e = e.replace(lambda n: isinstance(n, Sum), _added_up)
        for kind in (GradientAt, Value, Symbol):
            nodes = sorted(e.atoms(kind), key=str)
            e = e.xreplace({n: self._number(n) for n in nodes if n in e.atoms(kind)})
        number = e if e.is_Rational else N(e, DIGITS)
        return number if number.is_Rational or number.is_Float else None  # pyright: ignore

    def satisfy(self, condition: Basic) -> bool:
        """Whether a condition is met here."""
        numbers = {s: self._number(s) for s in sorted(condition.free_symbols, key=str)}
        return condition.xreplace(numbers) == S.true

    def _number(self, node: Basic) -> Expr:
        if node not in self._known:
            whole = isinstance(node, Symbol) and node.is_integer
            drawn = Integer(self._draw.randint(2 if node.is_positive else 0, 5))
            self._known[node] = drawn if whole else self._fraction(node)
            self.drawn[node] = self._known[node]
        return self._known[node]

    def _fraction(self, node: Basic) -> Expr:
        found = Rational(self._draw.randint(1, 7), 8)
        may_be_below = self._is_signed and not isinstance(node, Value) and not node.is_nonnegative
        return -found if may_be_below and self._draw.random() < 0.5 else found

    def _applied(self, call: AppliedUndef) -> Basic:
        x = self._argument
        if call.func not in self._functions:
            a, b, c = (Rational(self._draw.randint(1, 7), 8) for _ in range(3))
            self._functions[call.func] = a * x + b * x**2 + c * x**3
            self.drawn[call.func(x)] = self._functions[call.func]
        return self._functions[call.func].xreplace({x: call.args[0]})


def _name(node: Basic) -> str:
    return str(node.func if isinstance(node, AppliedUndef) else node)


def _added_up(e: Sum) -> Basic:
    total = e.function
    for index, low, high in e.limits:
        total = Add(*(total.xreplace({index: Integer(k)}) for k in range(int(low), int(high) + 1)))
    return total
