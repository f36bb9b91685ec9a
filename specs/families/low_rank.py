"""What rules share that keep their moments for a few directions of a matrix.

The shorter axis of a matrix is projected on a basis, by which a gradient becomes a matrix of as
many columns as that has vectors, a row for each place along the longer axis. All that is kept has
this shape. Of a square matrix, rows are projected. What has less than two axes is kept as it is.

There are two sides because the shapes of states are fixed: those of the one exist where rows are
projected, and those of the other where columns are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from sympy import And, Basic, Eq, Expr, Mod, Piecewise, sqrt

from ..gradients import g, maximize, weight_decay
from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Axis,
    Choice,
    Hyper,
    Option,
    Series,
    Shape,
    State,
    Update,
    Value,
    basis,
    cols,
    counts,
    hyperparameters,
    intermediates,
    matmul,
    ndim,
    rows,
    states,
    t,
    transpose,
)

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
rank, update_proj_gap = counts("rank update_proj_gap")
m, v = states("m v")
(n,) = intermediates("n")

DUE = Eq(Mod(t - 1, update_proj_gap), 0)
"""Whether a step finds a basis."""


@dataclass(frozen=True)
class Side:
    """One of the two axes that can be projected.

    Args:
        name: of the side, in the names of what is kept.
        of: the axis that is projected.
        other: the axis that is left.
        when: where it is this one.
    """

    name: str
    of: Axis
    other: Axis
    when: Basic

    def series(self, name: str) -> Series:
        return Series(f"{name}{self.name}")

    @cached_property
    def p(self) -> Series:
        """The basis, as columns."""
        return self.series("p")

    @cached_property
    def m(self) -> Series:
        return self.series("m")

    @cached_property
    def v(self) -> Series:
        return self.series("v")

    @cached_property
    def n(self) -> Series:
        """Where the moments lead, in the basis."""
        return self.series("n")

    @cached_property
    def low(self) -> Series:
        """The projected gradient."""
        return self.series("low")

    def turned(self, x: Expr) -> Expr:
        """A matrix with the axis that is projected as its columns, or such a one back."""
        return transpose(x) if self.of is rows else x

    def upright(self, x: Expr) -> Expr:
        """A matrix with that axis as its rows."""
        return x if self.of is rows else transpose(x)

    def gram(self, x: Expr) -> Expr:
        """The products of the axis that is projected with itself."""
        return matmul(x, transpose(x)) if self.of is rows else matmul(transpose(x), x)

    def back(self, low: Expr) -> Expr:
        """A matrix of what the basis spans."""
        p = self.p[t]
        return matmul(p, transpose(low)) if self.of is rows else matmul(low, transpose(p))

    def states(self) -> list[State]:
        kept = Shape.of((self.other, basis))
        mark = self.name[0].upper()
        return [
            State(
                self.p,
                init=0,
                key=f"projector_{self.name}",
                shape=Shape.of((self.of, basis)),
                when=self.when,
                latex=f"P_{mark}",
            ),
            State(
                self.m,
                init=0,
                key=f"exp_avg_{self.name}",
                shape=kept,
                when=self.when,
                latex=f"m_{mark}",
            ),
            State(
                self.v,
                init=0,
                key=f"exp_avg_sq_{self.name}",
                shape=kept,
                when=self.when,
                domain=NON_NEGATIVE,
                latex=f"v_{mark}",
            ),
        ]


SIDES = (
    Side("left", rows, cols, And(ndim >= 2, cols >= rows)),
    Side("right", cols, rows, And(ndim >= 2, cols < rows)),
)


def of_sides(matrix: Callable[[Side], Expr], other: Expr) -> Expr:
    """What is of each side, and what stands for it where there is no matrix."""
    of_rows, of_cols = map(matrix, SIDES)
    either = Piecewise((of_rows, cols >= rows), (of_cols, True))
    return Piecewise((either, ndim >= 2), (other, True))


def direction(low: Expr, m: Series, v: Series) -> tuple[Update, Update, Expr]:
    """Adam's moments of a gradient, and what they lead along."""
    return (
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * low),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * low**2),
        m[t] / (1 - beta1**t) / (sqrt(v[t] / (1 - beta2**t)) + eps),
    )


def kept(basis_of: Callable[[Side], Expr]) -> list[Update]:
    """The equations of bases, gradients in them and Adam's directions, and those of vectors.

    Args:
        basis_of: a new basis of a side, where it is due.
    """
    found: list[Update] = []
    for side in SIDES:
        first, second, led = direction(side.low[t], side.m, side.v)
        found += [
            Update(side.p[t], Piecewise((basis_of(side), DUE), (side.p[t - 1], True))),
            Update(side.low[t], matmul(side.turned(g[t]), side.p[t])),
            first,
            second,
            Update(side.n[t], led),
        ]
    first, second, led = direction(g[t], m, v)
    return [*found, first, second, Update(n[t], led)]


def arguments(scale: Hyper, *own: Hyper | Choice, ranks: str) -> list[Hyper | Option | Choice]:
    """Those that all of these rules have, with the default of their rank, and a rule's own."""
    return [
        Hyper(lr, "1e-2", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        Hyper(rank, ranks, AT_LEAST_ONE, "most directions that are kept", latex="r"),
        Hyper(update_proj_gap, "200", AT_LEAST_ONE, "steps from one basis to the next", latex="T"),
        scale,
        *own,
        maximize,
    ]


STATES = [
    *(state for side in SIDES for state in side.states()),
    State(m, init=0, key="exp_avg", when=ndim < 2),
    State(v, init=0, key="exp_avg_sq", when=ndim < 2, domain=NON_NEGATIVE),
]


def held(x: Expr, size: Value, length: Series, growth: Expr) -> tuple[Update, Expr]:
    """A tensor that may be longer than it was at the last step by a factor, and how long it is.

    After a step of no length nothing is held.

    Args:
        x: the tensor.
        size: its norm.
        length: the state that keeps what it was.
        growth: the factor.
    """
    most = growth * length[t - 1]
    is_over = And(length[t - 1] > 0, size > most)
    return (
        Update(length[t], Piecewise((most, is_over), (size, True))),
        Piecewise((x * (most / size), is_over), (x, True)),
    )
