"""A claim about two specs of the user's own."""

import runpy
from pathlib import Path
from typing import Any

from sympy import Expr, Symbol

from ...specs.language import Axis, Optimizer, Shape, SpecError, Value
from ...specs.language.claims import Equivalence, Side
from ..loading.selection import selected


def pair(left: str, right: str, map_file: Path | None) -> Equivalence:
    """The claim that two specs are one, all options off.

    Args:
        left: a spec, as any command takes it.
        right: another.
        map_file: a Python file with ``phi``, quantities of the right spec at t to
            expressions in the left's, and, if their arguments differ, ``hyper``, symbols of
            the right spec to expressions in the left's.

    Raises:
        SpecError: a spec or the file cannot be read, or the arguments differ.
    """
    a, b = _one(left), _one(right)
    phi, hyper = _read(map_file) if map_file else ({}, {})
    known = {h.symbol for h in a.hyperparameters}
    unmapped = [h.name for h in b.hyperparameters if h.symbol not in known | hyper.keys()]
    if unmapped:
        raise SpecError(
            "inputs",
            spec=b.name,
            where="hyperparameters",
            problem=f"{a.name} has no {', '.join(unmapped)}",
            remedy="Say what they stand for: hyper = {symbol: expression} in the --map file",
        )
    return Equivalence(
        f"{a.name}-{b.name}", f"{a.name} is {b.name}.", Side(a), Side(b, hyper=hyper), phi
    )


def apart(claim: Equivalence) -> str:
    """Which states of one name hold different shapes on the two sides, in a sentence; or nothing.

    The identity, which is tried first, relates states by their names.
    """
    left, right = claim.left.spec, claim.right.spec
    theirs = {s.name: s.shape for s in right.states}
    for state in left.states:
        other = theirs.get(state.name, state.shape)
        if other != state.shape:
            return (
                f"{left.name} and {right.name} keep {state.name} in different shapes: "
                f"{_in_words(state.shape)} in {left.name}, {_in_words(other)} in {right.name}. "
                "Say with --map how one follows from the other."
            )
    return ""


def _in_words(shape: Shape) -> str:
    if shape.is_number:
        return "one number for all parameters"
    if shape.is_whole:
        return "a number for each element"
    if shape == Shape.PER_TENSOR:
        return "a number for each parameter"
    return f"numbers for {' and '.join(str(a) for a in shape.axes if isinstance(a, Axis))}"


def _one(reference: str) -> Optimizer:
    found = selected((reference,))
    if len(found) != 1:
        raise SpecError(
            "several-specs",
            spec=reference,
            where="file",
            problem=f"it holds {', '.join(s.name for s in found)}",
            remedy=f"Name one: {reference}:{found[0].name}",
        )
    if not isinstance(found[0], Optimizer):
        raise SpecError(
            "kind",
            spec=found[0].name,
            where="spec",
            problem="it is a schedule, and a proof is about two optimizers",
            remedy="Give two optimizers",
        )
    return found[0]


def _read(file: Path) -> tuple[dict[Value, Expr], dict[Symbol, Expr]]:
    try:
        namespace: dict[str, Any] = runpy.run_path(str(file))
    except Exception as error:  # whatever the user's file raises is a fault of the file
        raise SpecError(
            "map",
            spec=str(file),
            where="file",
            problem=f"it does not run: {type(error).__name__}: {error}",
            remedy="Mend it; it should define phi = {quantity[t]: expression}",
        ) from error
    phi = namespace.get("phi")
    if not isinstance(phi, dict) or not all(isinstance(k, Value) for k in phi):
        raise SpecError(
            "map",
            spec=str(file),
            where="phi",
            problem="it is no dict of quantities at t",
            remedy="Define phi = {d[t]: expression in the left spec's quantities, ...}",
        )
    return phi, namespace.get("hyper", {})
