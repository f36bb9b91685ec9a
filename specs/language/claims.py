"""What is claimed: that two formulations are one algorithm, that two expressions are equal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from sympy import Basic, Expr, S, Symbol, sympify

from .optimizer import Optimizer
from .schedule import Spec
from .symbols import Value, t


class Verdict(Enum):
    """What a claim comes to."""

    PROVED = "PROVED"
    REFUTED = "REFUTED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Side:
    """One formulation as a claim takes it.

    Args:
        spec: its equations.
        options: the options that are on; all others are off.
        hyper: hyperparameters, or what the claim assumes to be known, that stand for expressions
            in the left side's.
    """

    spec: Optimizer
    options: Sequence[Symbol] = ()
    hyper: Mapping[Basic, Expr] = field(default_factory=dict[Basic, Expr])


@dataclass(frozen=True)
class Equivalence:
    """Two formulations take the same steps, for every loss.

    Args:
        name: how the command line calls it.
        statement: one sentence.
        left: the formulation whose states the map reads.
        right: the other.
        phi: the right side's quantities at time t, as expressions in the left side's; those
            left out are the same.
        expected: the verdict its author expects; None where nothing is expected.
        assumptions: what the proof rests on, in words.
        source: where the formulations, or the misprint, stand.
        about: what it says something of: built-in specs, transforms and operators by their names,
            specs of one's own themselves.
    """

    name: str
    statement: str
    left: Side
    right: Side
    phi: Mapping[Value, Expr] = field(default_factory=dict[Value, Expr])
    expected: Verdict | None = None
    assumptions: tuple[str, ...] = ()
    source: str = ""
    about: tuple[str | Spec, ...] = ()


@dataclass(frozen=True)
class Part:
    """One equation of an identity.

    Args:
        what: what it says, in words.
        left: an expression. Sums up to t or up to a whole number N, limits, undefined functions
            and cases (``Piecewise``) may stand in it. That a sum has a closed form is proved by
            induction over its terms.
        right: what it is equal to.
        given: the condition under which it is claimed. It settles the cases it speaks of, and
            the numbers of a witness satisfy it.
    """

    what: str
    left: Basic
    right: Basic
    given: Basic = S.true


@dataclass(frozen=True)
class Identity:
    """Equations between expressions hold for all values of what stands in them.

    Args:
        name: how the command line calls it.
        statement: one sentence.
        parts: the equations; the claim is that all of them hold.
        expected: the verdict its author expects.
        assumptions: what the proof rests on, in words.
        source: where the identity, or the misprint, stands.
        where: names that stand for expressions in the equations, each in terms of those before
            it. A page reads by the names; what is proved is about the expressions.
        about: what it says something of: built-in specs and transforms by their names, specs of
            one's own themselves. An identity is written in their notation, that of the first
            before all.
    """

    name: str
    statement: str
    parts: tuple[Part, ...]
    expected: Verdict
    assumptions: tuple[str, ...] = ()
    source: str = ""
    where: Mapping[Symbol, Expr] = field(default_factory=dict[Symbol, Expr])
    about: tuple[str | Spec, ...] = ()


@dataclass(frozen=True)
class Stability:
    """On a quadratic loss a rule contracts where, and only where, ``0 < lr*h < bound``.

    There one step is a matrix acting on the parameter and the states. The roots of its
    characteristic polynomial p, of degree n <= 2, lie inside the unit circle where, and only
    where, p(1), (-1)^n p(-1) and, for n = 2, 1 - p(0) are positive (Jury). The claim is that
    p(1) = lr*h, that (-1)^n p(-1) is its positive value at lr = 0 times 1 - lr*h/bound, and that
    1 - p(0) is the margin.

    Args:
        name: how the command line calls it.
        statement: one sentence.
        side: the formulation; its learning rate is ``lr``.
        curvature: h, the second derivative of the loss.
        variable: the polynomial's.
        polynomial: p as stated; it is compared with the one derived from the equations.
        bound: what ``lr*h`` stays below.
        margin: 1 - p(0) written so that its sign shows; None for n = 1.
        expected: the verdict its author expects.
        assumptions: what the proof rests on, in words.
        source: where the region, or the misprint, stands.
        about: what it says something of: built-in specs, transforms and operators by their names,
            specs of one's own themselves.
    """

    name: str
    statement: str
    side: Side
    curvature: Symbol
    variable: Symbol
    polynomial: Expr
    bound: Expr
    margin: Expr | None
    expected: Verdict
    assumptions: tuple[str, ...] = ()
    source: str = ""
    about: tuple[str | Spec, ...] = ()


Claim: TypeAlias = Equivalence | Identity | Stability


def by_induction(
    value: Value, closed: Basic, recurrence: Basic, initial: Basic
) -> tuple[Part, ...]:
    """The equations that make a closed form the solution of a recurrence, by induction over t.

    Args:
        value: the quantity at time t, ``m[t]``.
        closed: its closed form at time t.
        recurrence: its value in terms of that at ``t - 1``.
        initial: its value at time 0.
    """
    before = value.xreplace({t: t - 1})
    stepped = recurrence.xreplace({before: closed.xreplace({t: t - 1})})
    return (
        Part(f"{value.name} at the start", closed.xreplace({t: sympify(0)}), initial),
        Part(f"{value.name} after a step", closed, stepped),
    )
