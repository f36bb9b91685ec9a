"""The proof of a claim: its obligations, each an expression that must vanish."""

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Basic, Dummy, Expr, Integer, S, Symbol, sympify
from sympy.core.relational import Relational

from ...specs.language import GradientAt, SpecError, Value, t, theta
from ...specs.language.claims import Equivalence, Side
from .domains import known, scalars
from .equalities import always_equal
from .in_cases import InCases
from .symbolic import Setting, symbolic_step


@dataclass(frozen=True)
class Obligation:
    """Something that must be zero for a claim to hold.

    Args:
        what: in words, e.g. ``"d after a step"``.
        residual: what is left of it in normal form; 0 where it is met.
        case: the condition under which it must be, where cases are told apart.
        part: the number of the equation it belongs to, of those of an identity.
        quantity: the right side's that it is about, of an equivalence; else nothing.
        when: of an equivalence ``start``, ``first-step`` or ``step``, ``point`` for that of the
            gradient, or ``same`` of a quantity of the left side that is another one at every step;
            of an identity ``induction`` over the terms of its sums; else nothing.
        other: the quantity that it is the ``same`` as.
    """

    what: str
    residual: Expr
    case: Basic = S.true
    part: int = 0
    quantity: str = ""
    when: str = ""
    other: str = ""

    @property
    def is_met(self) -> bool:
        return self.residual == 0


def setting(side: Side) -> Setting:
    """A side with every option decided."""
    options = {o.flag: o.flag in set(side.options) for o in side.spec.options}
    return Setting(side.spec, options, side.hyper)


def _is_now(quantity: Basic) -> bool:
    return isinstance(quantity, Value) and quantity.lag == 0


class Correspondence:
    """The map phi of a claim, at any time and of any values."""

    def __init__(self, claim: Equivalence) -> None:
        self.left, self.right = setting(claim.left), setting(claim.right)
        given = {value.name: sympify(e) for value, e in claim.phi.items()}
        if unknown := sorted(given.keys() - set(self.right.quantities)):
            raise SpecError(
                "map",
                spec=claim.name,
                where="phi",
                problem=f"{', '.join(unknown)} is no quantity of {self.right.spec.name}",
                remedy=f"Map {', '.join(self.right.quantities)}",
            )
        self._phi: dict[str, Expr] = {}
        for name in self.right.quantities:
            e = given.get(name, Value(Symbol(name, real=True), t))
            read = {v.name for v in e.atoms(Value)}
            if missing := sorted(read - set(self.left.quantities)):
                raise SpecError(
                    "map",
                    spec=claim.name,
                    where=f"phi of {name}",
                    problem=f"{', '.join(missing)} is no quantity of {self.left.spec.name}",
                    remedy=f"Express {name} in {', '.join(self.left.quantities)}",
                )
            if late := sorted(str(v) for v in e.atoms(Value, GradientAt) if not _is_now(v)):
                raise SpecError(
                    "map",
                    spec=claim.name,
                    where=f"phi of {name}",
                    problem=f"{', '.join(late)} is no quantity at time t",
                    remedy="Keep it in a state, and read that at t",
                )
            self._phi[name] = e

    def of(self, values: Mapping[str, Expr | None], at: Expr) -> dict[str, Expr | None]:
        """The right side's quantities at a time, for values of the left's.

        None where a value it reads is missing.
        """
        mapped: dict[str, Expr | None] = {}
        for name, e in self._phi.items():
            read = {v: values[v.name] for v in e.atoms(Value)}
            # The values may speak of t themselves, so they are put in last.
            held = {v: Dummy(v.name) for v in read}
            timed = e.xreplace(held).xreplace({t: at})
            missing = any(value is None for value in read.values())
            mapped[name] = None if missing else timed.xreplace({held[v]: read[v] for v in read})
        return mapped

    def fresh(self, name: str) -> Symbol:
        """A symbol that no side uses, by this name where that is free."""
        used = {h.name for side in (self.left, self.right) for h in side.spec.hyperparameters}
        while name in used:
            name += "_"
        return Symbol(name, real=True)

    @property
    def equations(self) -> dict[str, Expr]:
        """The map at time t, by name of the right side's quantity."""
        return dict(self._phi)


def obligations(claim: Equivalence) -> list[Obligation]:
    """What must vanish: at the start, of the points, and after a step from any state."""
    phi = Correspondence(claim)
    normal = InCases(known(claim), scalars(claim))
    starts = _has_first_step(phi.left) or _has_first_step(phi.right)
    found = _at_the_start(phi, normal, starts)
    stored: dict[str, Expr | None] = {
        name: Value(Symbol(name, real=True), t - 1) for name in phi.left.quantities
    }
    stepped = _stepped(phi, normal, stored)
    if not all(o.is_met for o in stepped):
        equal = always_equal(phi.left, normal.is_zero)
        merged = {name: stored[equal[name]] for name in stored}
        again = _stepped(phi, normal, merged) if merged != stored else stepped
        if all(o.is_met for o in again):
            same = [
                Obligation(f"{n} is {e}", S.Zero, quantity=n, when="same", other=e)
                for n, e in equal.items()
                if n != e
            ]
            return found + same + again
    return found + stepped


def _stepped(
    phi: Correspondence, normal: InCases, stored: Mapping[str, Expr | None]
) -> list[Obligation]:
    right = phi.of(stored, t - 1)
    return _after_a_step(phi, normal, stored, right, first=False, when="a step")


def _has_first_step(side: Setting) -> bool:
    return any(value is None for value in side.initial(theta[0]).values()) or any(
        relation.has(t) for u in side.spec.updates for relation in u.value.atoms(Relational)
    )


def _at_the_start(phi: Correspondence, normal: InCases, starts: bool) -> list[Obligation]:
    left = phi.left.initial(theta[0])
    mapped = {name: _defined(e) for name, e in phi.of(left, sympify(0)).items()}
    starts = starts or any(e is None for e in mapped.values())
    right = phi.right.initial(theta[0] if mapped["theta"] is None else mapped["theta"])
    found = [
        Obligation(
            f"{name} at the start",
            normal.numerator(mapped[name] - value),  # pyright: ignore[reportOptionalOperand]
            quantity=name,
            when="start",
        )
        for name, value in right.items()
        if value is not None and mapped[name] is not None
    ]
    if not starts and all(o.is_met for o in found):
        return found
    stepped = _after_a_step(phi, normal, left, right, first=True, when="the first step")
    if all(o.is_met for o in stepped):
        # Induction begins there: a first step may forget what differs before it.
        return [o for o in found if o.is_met] + stepped
    return found + stepped if starts else found


def _defined(e: Expr | None) -> Expr | None:
    """A value of the map before the first step; None where it divides by 0 there."""
    return None if e is None or e.has(S.NaN, S.ComplexInfinity) else e


def _after_a_step(
    phi: Correspondence,
    normal: InCases,
    left: Mapping[str, Expr | None],
    right: Mapping[str, Expr | None],
    *,
    first: bool,
    when: str,
) -> list[Obligation]:
    points: list[tuple[Expr, Expr]] = []
    others: list[tuple[Expr, Expr]] = []
    found: list[Obligation] = []

    def of_left(point: Expr) -> Expr:
        known = next((g for p, g in points if normal.is_zero(p - point)), None)
        if known is None:
            known = phi.fresh("g" if not points else f"g_{len(points) + 1}")
            points.append((point, known))
        return known

    def of_right(point: Expr) -> Expr:
        known = next((g for p, g in (*points, *others) if normal.is_zero(p - point)), None)
        if known is None:
            apart = normal.readable(point - points[0][0]) if points else point
            what = f"the point of the gradient in {when}"
            found.append(Obligation(what, apart, when="point"))
            known = phi.fresh("g'")
            others.append((point, known))
        return known

    new_left = symbolic_step(phi.left, left, of_left, first=first)
    new_right = symbolic_step(phi.right, right, of_right, first=first)
    mapped = phi.of(new_left, t)
    for name, value in new_right.items():
        difference = mapped[name] - value  # pyright: ignore[reportOptionalOperand]
        if first:
            difference = difference.xreplace({t: Integer(1)})
        met = normal.is_zero(difference)
        residual = sympify(0) if met else normal.readable(difference)
        moment = "first-step" if first else "step"
        what = f"{name} after {when}"
        found.append(Obligation(what, residual, quantity=name, when=moment))
    return found
