"""Find a map between two specs where none is given: the identity, then linear maps.

A linear map takes the parameter to the parameter plus multiples of the states, and each
state to multiples of the states, the multiples being expressions in hyperparameters. They
are unknowns of the equations that say the map holds for one step; where those are linear
in the unknowns, they are solved. Last come maps whose multiples depend on t, such as that between
an average and a corrected one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from sympy import (
    Add,
    Expr,
    Integer,
    Poly,
    PolynomialError,
    Symbol,
    expand,
    factor,
    linsolve,
    numer,
    symbols,
    together,
)
from sympy.solvers.solveset import NonlinearError

from ...specs.language import Value, t, theta
from ...specs.language.claims import Equivalence
from .induction import Correspondence, setting
from .symbolic import Setting, symbolic_step

IDENTITY = "the identity map"
LINEAR = "linear maps of the states with hyperparameters as coefficients"
TIMED = "linear maps of the states alone, with coefficients that may depend on t"


def candidates(claim: Equivalence) -> Iterator[tuple[str, Equivalence]]:
    """What is tried, in words, and the claim with that map."""
    left, right = setting(claim.left), setting(claim.right)
    if set(right.quantities) <= set(left.quantities):
        yield IDENTITY, replace(claim, phi={})
    phi = _linear(claim, left, right)
    if phi is not None:
        yield LINEAR, replace(claim, phi=phi)
    timed = _timed(claim, left, right)
    if timed is not None:
        yield TIMED, replace(claim, phi=timed)
    if not (claim.left.hyper or claim.right.hyper):  # one algorithm, whichever stands first
        turned = _timed(replace(claim, left=claim.right, right=claim.left), right, left)
        if turned is not None:
            yield TIMED, replace(claim, left=claim.right, right=claim.left, phi=turned)


def _timed(claim: Equivalence, left: Setting, right: Setting) -> dict[Value, Expr] | None:
    """A map of the states alone, by other multiples before a step than after it.

    Both are unknowns of linear equations, which say that each of the right side's states is what
    its own equation makes of it. That the multiples before a step are those after the last one is
    left to the proof.
    """
    states = [n for n in left.quantities if n != theta.name]
    names = [n for n in right.quantities if n != theta.name]
    if not states or not names:
        return None
    size = len(states) * len(names)
    after, before = symbols(f"k:{size}"), symbols(f"l:{size}")
    g = Symbol("g", real=True)
    stored = {n: Value(Symbol(n, real=True), t - 1) for n in left.quantities}
    new = symbolic_step(left, stored, lambda point: g, first=False)

    def mapped(multiples: Sequence[Symbol], values: Mapping[str, Expr | None], i: int) -> Expr:
        row = multiples[i * len(states) : (i + 1) * len(states)]
        return Add(*(k * values[n] for k, n in zip(row, states, strict=True)))  # pyright: ignore

    held = {n: mapped(before, stored, i) for i, n in enumerate(names)}
    made = symbolic_step(
        right, {theta.name: stored[theta.name], **held}, lambda point: g, first=False
    )
    residuals = [mapped(after, new, i) - made[n] for i, n in enumerate(names)]  # pyright: ignore
    try:
        equations = _coefficients(residuals, [*stored.values()], g)
        solutions = linsolve(equations, *after, *before)
    except (NonlinearError, PolynomialError, ValueError):
        return None
    if not solutions:
        return None
    (solution,) = cast(Iterable[Sequence[Expr]], solutions)
    free = dict.fromkeys((*after, *before), Integer(0))
    found = [_simplified(k.xreplace(free)) for k in solution[:size]]
    return {
        _at_t(n): mapped(found, {s: _at_t(s) for s in states}, i)  # pyright: ignore
        for i, n in enumerate(names)
    }


def _simplified(e: Expr) -> Expr:
    return cast(Expr, factor(together(e)))


def _linear(claim: Equivalence, left: Setting, right: Setting) -> dict[Value, Expr] | None:
    states = [_at_t(n) for n in left.quantities if n != theta.name]
    names = [n for n in right.quantities if n != theta.name]
    rows = len(names) + 1
    unknown = symbols(f"k:{rows * len(states)}") if states else ()
    row = [unknown[i * len(states) : (i + 1) * len(states)] for i in range(rows)]
    combined = [sum((k * s for k, s in zip(ks, states, strict=True)), Integer(0)) for ks in row]
    phi = {theta[t]: theta[t] + combined[0]}
    phi |= {_at_t(n): combination for n, combination in zip(names, combined[1:], strict=True)}
    try:
        equations = _equations(replace(claim, phi=phi), left)
        solutions = linsolve(equations, *unknown) if unknown else None
    except (NonlinearError, PolynomialError, ValueError):
        return None
    if not solutions:
        return None
    (solution,) = solutions
    # What the equations leave free is of no account: a state nothing reads.
    free = dict.fromkeys(unknown, 0)
    found = {k: value.xreplace(free) for k, value in zip(unknown, solution, strict=True)}
    return {target: e.xreplace(found) for target, e in phi.items()}


def _equations(claim: Equivalence, left: Setting) -> list[Expr]:
    """The coefficients, in the stored quantities and the gradient, of what must vanish."""
    phi = Correspondence(claim)
    g = Symbol("g", real=True)
    points: list[Expr] = []

    def gradient(point: Expr) -> Expr:
        points.append(point)
        return g

    stored = {n: Value(Symbol(n, real=True), t - 1) for n in left.quantities}
    new_left = symbolic_step(phi.left, stored, gradient, first=False)
    asked = len(points)
    new_right = symbolic_step(phi.right, phi.of(stored, t - 1), gradient, first=False)
    mapped = phi.of(new_left, t)
    residuals = [mapped[n] - value for n, value in new_right.items()]  # pyright: ignore
    residuals += [point - points[0] for point in points[asked:]]
    return _coefficients(residuals, [*stored.values()], g)


def _coefficients(residuals: Sequence[Expr], stored: Sequence[Value], g: Symbol) -> list[Expr]:
    """The coefficients, in stored quantities and the gradient, of expressions that must vanish."""
    plain = {v: Symbol(f"stored_{v.name}") for v in stored}
    equations: list[Expr] = []
    for residual in residuals:
        polynomial = expand(numer(together(residual.xreplace(plain))))
        equations += Poly(polynomial, *plain.values(), g).coeffs()
    return equations


def _at_t(name: str) -> Value:
    return Value(Symbol(name, real=True), t)
