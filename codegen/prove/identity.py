"""Settle identities: each part's difference must vanish, or numbers show that it does not."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from sympy import (
    Add,
    Basic,
    Expr,
    Integer,
    Limit,
    Matrix,
    N,
    Rational,
    Sum,
    Symbol,
    expand,
    eye,
    sympify,
)
from sympy.core.function import AppliedUndef

from ...specs.language import GradientAt, SpecError, Value
from ...specs.language.claims import Identity, Part, Stability
from .induction import Obligation, setting
from .normal_form import NormalForm
from .sums import Canonical
from .symbolic import symbolic_step

TRIES = 25
DIGITS = 50

APART = Rational(1, 10**30)
"""Relative. Roots carry 50 digits; what differs by more than this differs."""


@dataclass(frozen=True)
class IdentityWitness:
    """Numbers at which the two sides of an equation differ.

    Args:
        what: the equation, in words.
        numbers: rational numbers by name; for an undefined function, a polynomial.
        left: the left side's value.
        right: the right side's.
    """

    what: str
    numbers: Mapping[str, Expr]
    left: Expr
    right: Expr


def prove_identity(
    claim: Identity | Stability,
) -> tuple[list[Obligation], IdentityWitness | None]:
    """What must vanish, and numbers where something does not.

    PROVED if every obligation is met, REFUTED if there is a witness, UNKNOWN otherwise.

    Raises:
        SpecError: a sum does not run from 1 to about t, or a margin belongs elsewhere.
    """
    parts = claim.parts if isinstance(claim, Identity) else stability_parts(claim)
    found = [_obligation(claim.name, part) for part in parts]
    draw = random.Random(0)
    for part, obligation in zip(parts, found, strict=True):
        if not obligation.is_met and (witness := _find_witness(part, draw)) is not None:
            return found, witness
    return found, None


def _obligation(name: str, part: Part) -> Obligation:
    canonical, normal = Canonical(name), NormalForm()
    difference = canonical.of(sympify(part.left)) - canonical.of(sympify(part.right))
    if normal.is_zero(difference):
        return Obligation(part.what, sympify(0))
    return Obligation(part.what, canonical.written_out(normal.readable(difference)))


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
    for _ in range(TRIES):
        numbers = _Numbers(draw)
        left, right = numbers.value(part.left), numbers.value(part.right)
        if left is None or right is None:
            continue
        if abs(left - right) > APART * max(abs(left), abs(right)):
            return IdentityWitness(part.what, numbers.named, left, right)
    return None


class _Numbers:
    """Rational numbers for whatever stands in an expression, the same ones every time."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._known: dict[Basic, Expr] = {}
        self._functions: dict[object, Expr] = {}
        self._argument = Symbol("x")
        self.named: dict[str, Expr] = {}

    def value(self, e: Basic) -> Expr | None:
        """Its value here: rational, or with 50 digits; None where it has none."""
        e = sympify(e).replace(lambda n: isinstance(n, Limit), lambda n: n.doit())
        e = e.replace(lambda n: isinstance(n, AppliedUndef), self._applied).doit(sums=False)
        whole = sorted((s for s in e.free_symbols if s.is_integer), key=str)
        e = e.xreplace({s: self._number(s) for s in whole})
        e = e.replace(lambda n: isinstance(n, Sum), _added_up)
        for kind in (GradientAt, Value, Symbol):
            nodes = sorted(e.atoms(kind), key=str)
            e = e.xreplace({n: self._number(n) for n in nodes if n in e.atoms(kind)})
        number = e if e.is_Rational else N(e, DIGITS)
        return number if number.is_Rational or number.is_Float else None  # pyright: ignore

    def _number(self, node: Basic) -> Expr:
        if node not in self._known:
            whole = isinstance(node, Symbol) and node.is_integer
            drawn = Integer(self._draw.randint(2, 5))
            self._known[node] = drawn if whole else Rational(self._draw.randint(1, 7), 8)
            self.named[str(node)] = self._known[node]
        return self._known[node]

    def _applied(self, call: AppliedUndef) -> Basic:
        x = self._argument
        if call.func not in self._functions:
            a, b, c = (Rational(self._draw.randint(1, 7), 8) for _ in range(3))
            self._functions[call.func] = a * x + b * x**2 + c * x**3
            self.named[str(call.func)] = self._functions[call.func]
        return self._functions[call.func].xreplace({x: call.args[0]})


def _added_up(e: Sum) -> Basic:
    index, low, high = e.limits[0]
    terms = [e.function.xreplace({index: Integer(k)}) for k in range(int(low), int(high) + 1)]
    return Add(*terms)  # pyright: ignore[reportArgumentType]
