"""Find a map between two specs where none is given: the identity, then linear maps.

A linear map takes the parameter to the parameter plus multiples of the states, and each
state to multiples of the states, the multiples being expressions in hyperparameters. They
are unknowns of the equations that say the map holds for one step; where those are linear
in the unknowns, they are solved.
"""

from collections.abc import Iterator
from dataclasses import replace

from sympy import (
    Expr,
    Integer,
    Poly,
    PolynomialError,
    Symbol,
    expand,
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


def candidates(claim: Equivalence) -> Iterator[tuple[str, Equivalence]]:
    """What is tried, in words, and the claim with that map."""
    left, right = setting(claim.left), setting(claim.right)
    if set(right.quantities) <= set(left.quantities):
        yield IDENTITY, replace(claim, phi={})
    phi = _linear(claim, left, right)
    if phi is not None:
        yield LINEAR, replace(claim, phi=phi)


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
    plain = {v: Symbol(f"stored_{n}") for n, v in stored.items()}
    equations: list[Expr] = []
    for residual in residuals:
        polynomial = expand(numer(together(residual.xreplace(plain))))
        equations += Poly(polynomial, *plain.values(), g).coeffs()
    return equations


def _at_t(name: str) -> Value:
    return Value(Symbol(name, real=True), t)
