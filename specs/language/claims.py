"""What is claimed of two formulations: that they are one algorithm, or that they are not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from sympy import Expr, Symbol

from .optimizer import Optimizer
from .symbols import Value


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
        hyper: hyperparameters that stand for expressions in the left side's.
    """

    spec: Optimizer
    options: Sequence[Symbol] = ()
    hyper: Mapping[Symbol, Expr] = field(default_factory=dict[Symbol, Expr])


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
        expected: the verdict its author expects.
        assumptions: what the proof rests on, in words.
        source: where the formulations, or the misprint, stand.
    """

    name: str
    statement: str
    left: Side
    right: Side
    phi: Mapping[Value, Expr]
    expected: Verdict
    assumptions: tuple[str, ...] = ()
    source: str = ""
