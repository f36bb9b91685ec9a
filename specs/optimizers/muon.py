"""Muon: momentum, brought near to the orthogonal matrix next to it by a few matrix products.

The rule is torch's: an average for momentum, the norm bounded from below, and a rate adjusted to
the shape. What torch transposes is here multiplied from its other side, which is the same, so that
the square matrix is the smaller of the two. A batch of matrices is taken one by one.

torch takes matrices alone. Of what has more axes, kernels of convolutions in two dimensions and
more are seen as Jordan sees them, out x (in*height*width). What has three axes is a batch, as with
him, unless one says that it is such a kernel, too.
"""

from dataclasses import replace
from fractions import Fraction

from sympy import And, Expr, Max, Or, Piecewise, Rational, sqrt

from ..gradients import decay_parameter, thetabar, weight_decay
from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    REAL,
    Choice,
    Hyper,
    Interval,
    Optimizer,
    Option,
    State,
    Update,
    View,
    cols,
    counts,
    flags,
    grad,
    hyperparameters,
    intermediates,
    iterate,
    matmul,
    ndim,
    norm,
    rows,
    states,
    t,
    theta,
    transpose,
)

lr, momentum, a, b, c, eps = hyperparameters("lr momentum a b c eps")
ns_steps, split = counts("ns_steps split")
(nesterov,) = flags("nesterov")
(m,) = states("m")
u, x, o, rate = intermediates("u x o rate")
adjust = Choice(
    "adjust_lr_fn",
    ("original", "match_rms_adamw"),
    "how the learning rate follows from the shape of a matrix",
    omissible=True,
)
flatten = Choice(
    "flatten",
    ("convolutions", "always", "never"),
    "which parameters of more than two axes are seen as their first axis by all others, and not as "
    "a batch of matrices; those of four and more, as kernels of convolutions have, all, or none",
    keyword=True,
)


def coefficients(*defaults: str) -> list[Hyper]:
    """Those of a round, by their defaults."""
    powers = (a, "matrix"), (b, "cube"), (c, "fifth power")
    return [
        Hyper(symbol, default, REAL, f"coefficient of the {power}", argument="ns_coefficients")
        for (symbol, power), default in zip(powers, defaults, strict=True)
    ]


def polynomial(A: Expr) -> Expr:
    """What a round multiplies by beside a, of X times its transpose."""
    return b * A + c * matmul(A, A)


def wide(X: Expr) -> Expr:
    """A round for a matrix of no more rows than columns."""
    return a * X + matmul(polynomial(matmul(X, transpose(X))), X)


def tall(X: Expr) -> Expr:
    """The same of its transpose, transposed."""
    return a * X + matmul(X, polynomial(matmul(transpose(X), X)))


muon = Optimizer(
    "Muon",
    summary="Muon: nearly orthogonalised momentum, for the matrices of hidden layers.",
    source="Jordan et al., 2024, https://kellerjordan.github.io/posts/muon; rates for AdamW's: "
    "Liu et al., 2025, arXiv:2502.16982, eq. 4",
    peer="torch.optim.Muon",
    step_key="",
    lineage=["SGD(momentum)"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        replace(weight_decay, default="0.1"),
        Hyper(momentum, "0.95", NON_NEGATIVE, "decay rate of the momentum", latex=r"\mu"),
        Option(nesterov, "take Nesterov's momentum", default=True),
        *coefficients("3.4445", "-4.775", "2.0315"),
        Hyper(eps, "1e-7", NON_NEGATIVE, "least norm that is divided by", latex=r"\epsilon"),
        Hyper(
            ns_steps,
            "5",
            Interval(low=Fraction(0), high=Fraction(100), high_open=True),
            "rounds of Newton and Schulz",
            latex="k",
        ),
        adjust,
        flatten,
        Hyper(
            split,
            "1",
            AT_LEAST_ONE,
            "equal matrices, one below the other, that a parameter consists of; 3 where it "
            "projects to queries, keys and values",
            latex="n",
            keyword=True,
        ),
    ],
    view=View(flat=Or(flatten["always"], And(flatten["convolutions"], ndim >= 4)), parts=split),
    states=[State(m, init=0, key="momentum_buffer")],
    updates=[
        Update(m[t], momentum * m[t - 1] + (1 - momentum) * grad(theta[t - 1])),
        Update(
            u[t],
            Piecewise(
                ((1 - momentum) * grad(theta[t - 1]) + momentum * m[t], nesterov), (m[t], True)
            ),
        ),
        Update(x[t], u[t] / Max(norm(u[t], over=(rows, cols)), eps)),
        Update(
            o[t],
            Piecewise(
                (iterate(ns_steps, x[t], tall, dtype="bfloat16"), rows > cols),
                (iterate(ns_steps, x[t], wide, dtype="bfloat16"), True),
            ),
        ),
        decay_parameter(lr),
        Update(
            rate[t],
            Piecewise(
                (Rational(1, 5) * lr * sqrt(Max(rows, cols)), adjust["match_rms_adamw"]),
                (lr * sqrt(Max(1, rows / cols)), True),
            ),
        ),
        Update(theta[t], thetabar[t] - rate[t] * o[t]),
    ],
)
