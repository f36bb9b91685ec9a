"""Kron: PSGD, whose preconditioner is fitted to gradients as they come, one factor for each axis.

The preconditioner of a matrix is Q^T Q of an upper triangular matrix on its left, and of another on
its right; of an axis that is long, and of a vector, it is diagonal. A step of the fit takes noise
beside the gradient: the one, made longer or shorter by the factors, is to be as long as the other,
made so by their inverses. It is as long as the largest eigenvalue of what it is of allows, bounded
from below by what that makes of its longest column.

Momentum, the length of a step of the fit and the bound on a step are those of kron_torch. There the
fit is taken ever less often, and here every so many steps; and now and then the factors are brought
to one size, which changes nothing else. Of more than two axes, the first by all others is seen as a
matrix.
"""

from sympy import And, Eq, Expr, Integer, Max, Min, Mod, Piecewise, Rational

from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Axis,
    Hyper,
    Input,
    Optimizer,
    Option,
    Series,
    Source,
    State,
    Update,
    View,
    amax,
    cols,
    counts,
    descending,
    flags,
    hyperparameters,
    identity,
    inputs,
    intermediates,
    leading,
    lower,
    matmul,
    ndim,
    norm,
    rms,
    rows,
    solve,
    states,
    t,
    theta,
    total,
    transpose,
)

lr, momentum, precond_lr, max_rms = hyperparameters("lr momentum precond_lr max_rms")
precondition_frequency, max_size_triangular = counts("precondition_frequency max_size_triangular")
(momentum_into_precond_update,) = flags("momentum_into_precond_update")
m, d = states("m d")
(xi,) = inputs("xi")
mhat, seen, half, grown, shrunk, n, u = intermediates("mhat seen half grown shrunk n u")
undone, done = intermediates("undone done")

MATRIX = ndim >= 2
DUE = Eq(Mod(t - 1, precondition_frequency), 0)
FIRST = Eq(t, 1)
_LEAST = Rational(1, 10**30)


class Factor:
    """That of one axis: triangular, or diagonal where the axis is long."""

    def __init__(self, axis: Axis, side: str) -> None:
        mark = side[0].upper()
        self.axis = axis
        self.is_short = max_size_triangular >= axis
        self.q, self.d, self.oldq, self.more, self.less, self.both, self.ahead = (
            Series(f"{name}{side}") for name in ("q", "d", "oldq", "more", "less", "both", "ahead")
        )
        self.size, self.a, self.b = (Series(f"{name}_{side[0]}") for name in ("size", "a", "b"))
        short, long = And(MATRIX, self.is_short), And(MATRIX, max_size_triangular < axis)
        self.is_triangular, self.is_diagonal = short, long
        square = (axis, axis)
        self.states = [
            State(self.q, init=None, key=f"Q_{side}", shape=square, when=short, latex=f"Q_{mark}"),
            State(
                self.d,
                init=1,
                key=f"d_{side}",
                shape=(axis,),
                when=long,
                domain=POSITIVE,
                latex=f"d_{mark}",
            ),
        ]

    def of(self, triangle: Expr, diagonal: Expr) -> Expr:
        """What is of a triangular factor, and what of a diagonal one."""
        return Piecewise((triangle, self.is_short), (diagonal, True))

    def there(self, x: Expr) -> Expr:
        """What a triangular factor is fitted by."""
        return Piecewise((x, self.is_triangular), (Integer(0), True))

    def upright(self, x: Expr) -> Expr:
        """A matrix with the axis as its rows, or such a one back."""
        return x if self.axis is rows else transpose(x)

    def times(self, x: Expr) -> Expr:
        """A matrix times the factor as it was, along the axis."""
        q = self.oldq[t]
        product = matmul(q, x) if self.axis is rows else matmul(x, transpose(q))
        return self.of(product, self.d[t - 1] * x)

    def preconditioned(self, x: Expr) -> Expr:
        """A matrix times the product of the factor with its transpose, along the axis."""
        q = self.q[t]
        product = (
            matmul(transpose(q), matmul(q, x))
            if self.axis is rows
            else matmul(matmul(x, transpose(q)), q)
        )
        return self.of(product, self.d[t] ** 2 * x)

    def undone(self, x: Expr) -> Expr:
        """A matrix times the inverse of the transposed factor along the axis."""
        solved = self.upright(solve(transpose(self.oldq[t]), self.upright(x)))
        return self.of(solved, x / self.d[t - 1])

    def gram(self, x: Expr) -> Expr:
        """The products of the axis with itself."""
        return matmul(x, transpose(x)) if self.axis is rows else matmul(transpose(x), x)

    def squares(self, x: Expr) -> Expr:
        """Their diagonal."""
        return total(x**2, over=cols if self.axis is rows else rows)

    def kept(self) -> Update:
        """The factor as it was."""
        return Update(self.oldq[t], Piecewise((identity(self.axis), FIRST), (self.q[t - 1], True)))

    def updates(self) -> list[Update]:
        """The factor as it is fitted."""
        old = self.oldq[t]
        more, less, both, ahead = self.more[t], self.less[t], self.both[t], self.ahead[t]
        squares = total(both**2, over=self.axis)
        squares = squares if self.axis is rows else transpose(squares)
        step = precond_lr / Max(self.size[t], _LEAST) * matmul(transpose(lower(more - less)), old)
        return [
            Update(more, self.there(self.gram(grown[t]))),
            Update(less, self.there(self.gram(shrunk[t]))),
            Update(both, more + less),
            Update(ahead, self.there(matmul(both, leading(descending(both, squares), 1)))),
            Update(self.size[t], self.there(norm(matmul(both, ahead / Max(norm(ahead), _LEAST))))),
            Update(self.q[t], Piecewise((old - step, DUE), (old, True))),
            Update(self.a[t], Piecewise((self.squares(grown[t]), self.is_diagonal), (0, True))),
            Update(self.b[t], Piecewise((self.squares(shrunk[t]), self.is_diagonal), (0, True))),
            Update(
                self.d[t],
                Piecewise(
                    (line_fitted(self.d[t - 1], self.a[t], self.b[t]), DUE), (self.d[t - 1], True)
                ),
            ),
        ]


def line_fitted(d: Expr, a: Expr, b: Expr) -> Expr:
    """A diagonal factor, of the squares of what it made longer, and of the others."""
    return Max(d * (1 - precond_lr * (a - b) / Max(amax(a + b), _LEAST)), _LEAST)


LEFT, RIGHT = Factor(rows, "left"), Factor(cols, "right")


kron = Optimizer(
    "Kron",
    summary="Kron: SGD with a Kronecker-factored preconditioner that whitens gradients.",
    source="Li, 2018, arXiv:1809.10232, on triangular factors of a Kronecker product, as in "
    "github.com/evanatyourself/kron_torch; not checked against the paper",
    lineage=["SGD(momentum)"],
    view=View(flat=ndim >= 3),
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(momentum, "0.9", UNIT, "decay rate of the momentum", latex=r"\beta"),
        weight_decay,
        Hyper(precond_lr, "0.1", UNIT, "rate of the fit", latex=r"\mu"),
        Hyper(
            precondition_frequency, "1", AT_LEAST_ONE, "steps from one fit to the next", latex="k"
        ),
        Hyper(
            max_size_triangular,
            "8192",
            NON_NEGATIVE,
            "largest length of an axis that has a triangular factor",
            latex="s",
        ),
        Hyper(max_rms, "1.1", POSITIVE, "largest root mean square of a step", latex="c"),
        Option(
            momentum_into_precond_update,
            "fit to the momentum in place of the gradient",
            default=True,
        ),
        maximize,
    ],
    inputs=[
        Input(xi, Source.NORMAL, "noise that the fit is beside", when=DUE, latex=r"\xi"),
    ],
    states=[
        State(m, init=0, key="momentum_buffer"),
        *LEFT.states,
        *RIGHT.states,
        State(d, init=1, key="d", when=ndim < 2, domain=POSITIVE),
    ],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(m[t], momentum * m[t - 1] + (1 - momentum) * g[t]),
        Update(mhat[t], m[t] / (1 - momentum**t)),
        Update(seen[t], Piecewise((mhat[t], momentum_into_precond_update), (g[t], True))),
        LEFT.kept(),
        RIGHT.kept(),
        Update(done[t], Piecewise((LEFT.times(seen[t]), MATRIX), (seen[t], True))),
        Update(grown[t], Piecewise((RIGHT.times(done[t]), MATRIX), (d[t - 1] * done[t], True))),
        Update(undone[t], Piecewise((LEFT.undone(xi[t]), And(DUE, MATRIX)), (xi[t], True))),
        Update(
            shrunk[t],
            Piecewise(
                (RIGHT.undone(undone[t]), And(DUE, MATRIX)),
                (undone[t] / d[t - 1], DUE),
                (grown[t], True),
            ),
        ),
        *LEFT.updates(),
        *RIGHT.updates(),
        Update(
            d[t],
            Piecewise(
                (line_fitted(d[t - 1], grown[t] ** 2, shrunk[t] ** 2), DUE), (d[t - 1], True)
            ),
        ),
        Update(half[t], Piecewise((LEFT.preconditioned(mhat[t]), MATRIX), (mhat[t], True))),
        Update(
            n[t],
            Piecewise((RIGHT.preconditioned(half[t]), MATRIX), (d[t] ** 2 * mhat[t], True)),
        ),
        Update(u[t], n[t] * Min(1, max_rms / Max(rms(n[t]), _LEAST))),
        Update(theta[t], thetabar[t] - lr * u[t]),
    ],
)
