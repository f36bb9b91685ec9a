"""Quantities of one formulation that are the same at every step."""

from collections.abc import Callable, Mapping

from sympy import Expr, Symbol

from ...specs.language import Value, t, theta
from .symbolic import GradientOf, Setting, symbolic_step

IsZero = Callable[[Expr], bool]


def always_equal(side: Setting, is_zero: IsZero) -> dict[str, str]:
    """What each quantity is the same as, at the start and after every step; itself if nothing.

    Those that start alike are taken to be the same until a step from there tells them apart. When
    none does, they are the same by induction.
    """
    start = side.initial(theta[0])
    found = _joined({name: [e] for name, e in start.items()}, is_zero)
    while True:
        stored = {n: Value(Symbol(same, real=True), t - 1) for n, same in found.items()}
        later = symbolic_step(side, stored, _numbered(is_zero), first=False)
        first = symbolic_step(side, start, _numbered(is_zero), first=True)
        finer = _joined({n: [stored[n], later[n], first[n]] for n in start}, is_zero)
        if finer == found:
            return found
        found = finer


def _joined(values: Mapping[str, list[Expr | None]], is_zero: IsZero) -> dict[str, str]:
    """Each name with the first whose values are the same."""
    firsts: list[str] = []
    found: dict[str, str] = {}
    for name, own in values.items():
        same = (
            f
            for f in firsts
            if all(_same(a, b, is_zero) for a, b in zip(own, values[f], strict=True))
        )
        found[name] = next(same, name)
        if found[name] == name:
            firsts.append(name)
    return found


def _same(one: Expr | None, other: Expr | None, is_zero: IsZero) -> bool:
    return one is not None and other is not None and is_zero(one - other)


def _numbered(is_zero: IsZero) -> GradientOf:
    """A number for the gradient at each point."""
    points: list[tuple[Expr, Symbol]] = []

    def gradient(point: Expr) -> Expr:
        for known, number in points:
            if is_zero(known - point):
                return number
        points.append((point, Symbol(f"gradient {len(points)}", real=True)))
        return points[-1][1]

    return gradient
