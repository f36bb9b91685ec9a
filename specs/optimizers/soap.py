"""SOAP: Adam in the eigenbasis of Shampoo's preconditioner, which turns slowly.

The rule is that of https://github.com/nikhilvyas/SOAP, with the paper's names. Its first step moves
nothing: it only finds the bases, from the first gradient. Every ``precondition_frequency`` steps
after that they take one power iteration and a QR decomposition; before it, columns and second
moments are put in the order in which the eigenvalues fall, as the old basis estimates them. The
paper leaves that order out, as it does the first step and the bias corrections: it matters where
eigenvalues pass one another, of which QR would else keep the smaller one's direction first.

The momentum is kept as the paper keeps it, and not in the basis, as that repository does: turned
there when it is read, it is the same. So its ``exp_avg`` is another one, and its checkpoints, with
lists of matrices, do not load here. Left out are ``precondition_1d``, ``merge_dims``,
``normalize_grads`` and ``data_format``. What has less than two axes takes Adam. The kernel of a
convolution is seen as a matrix, its first axis by all others, and of three axes the first is a
batch of matrices, each with bases of its own; there every axis has one basis, shared by the rest.
"""

from sympy import And, Eq, Expr, Mod, Not, Or, Piecewise, sqrt

from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Interval,
    Optimizer,
    Option,
    State,
    Update,
    View,
    cols,
    counts,
    descending,
    diagonal,
    eigenvectors,
    flags,
    grad,
    hyperparameters,
    intermediates,
    matmul,
    ndim,
    qr,
    rows,
    states,
    t,
    theta,
    transpose,
)

lr, beta1, beta2, shampoo_beta, eps = hyperparameters("lr beta1 beta2 shampoo_beta eps")
(weight_decay,) = hyperparameters("weight_decay")
precondition_frequency, max_precond_dim = counts("precondition_frequency max_precond_dim")
(correct_bias,) = flags("correct_bias")
m, v, left, right, qleft, qright = states("m v left right qleft qright")
gprime, mprime, nprime, n = intermediates("gprime mprime nprime n")
u, ordered, rate, w, since = intermediates("u ordered rate w since")

G = grad(theta[t - 1])
FIRST = Eq(t, 1)
DUE = Eq(since[t], 0)
LEFT = And(ndim >= 2, rows <= max_precond_dim)
RIGHT = And(ndim >= 2, cols <= max_precond_dim)


def average(old: Expr, new: Expr, weight: Expr) -> Expr:
    """A moment, which the first step leaves as it is."""
    return Piecewise((old, FIRST), (weight * old + (1 - weight) * new, True))


def turned(A: Expr, X: Expr, B: Expr) -> Expr:
    """A matrix in other bases, of its rows and of its columns, where it has them."""
    return Piecewise(
        (matmul(A, X, B), And(LEFT, RIGHT)),
        (matmul(A, X), LEFT),
        (matmul(X, B), RIGHT),
        (X, True),
    )


def estimated(P: Expr, Q: Expr) -> Expr:
    """The eigenvalues of a matrix, as far as a basis that was another's knows them."""
    return diagonal(matmul(transpose(Q), matmul(P, Q)))


def basis(P: Expr, Q: Expr) -> Expr:
    """The eigenvectors of a matrix, found anew, approached, or as they were."""
    return Piecewise(
        (eigenvectors(P), FIRST),
        (qr(descending(matmul(P, Q), estimated(P, Q))), DUE),
        (Q, True),
    )


soap = Optimizer(
    "SOAP",
    summary="SOAP: Adam in the slowly turning eigenbasis of Shampoo's preconditioner.",
    source="Vyas et al., 2024, arXiv:2409.11321, Algorithms 3 and 4",
    view=View(flat=ndim >= 4),
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "3e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        *(
            Hyper(beta, "0.95", UNIT, f"decay rate of the {which} moment", argument="betas")
            for beta, which in ((beta1, "first"), (beta2, "second"))
        ),
        Hyper(
            shampoo_beta,
            "-1",
            Interval(low=-1, high=1, high_open=True),
            "decay rate of the preconditioner; that of the second moment where it is negative",
            latex=r"\beta_S",
        ),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        Hyper(weight_decay, "0.01", NON_NEGATIVE, "decoupled weight decay", latex=r"\lambda"),
        Hyper(
            precondition_frequency,
            "10",
            Interval(low=1),
            "steps from one basis to the next",
            latex="f",
        ),
        Hyper(
            max_precond_dim,
            "10000",
            NON_NEGATIVE,
            "largest length of an axis that has a basis",
            latex="d",
        ),
        Option(correct_bias, "correct the bias of the moments", default=True),
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
        State(left, init=0, key="GG_left", shape=(rows, rows), when=LEFT, latex="L"),
        State(right, init=0, key="GG_right", shape=(cols, cols), when=RIGHT, latex="R"),
        State(qleft, init=0, key="Q_left", shape=(rows, rows), when=LEFT, latex="Q_L"),
        State(qright, init=0, key="Q_right", shape=(cols, cols), when=RIGHT, latex="Q_R"),
    ],
    updates=[
        Update(gprime[t], turned(transpose(qleft[t - 1]), G, qright[t - 1])),
        Update(m[t], average(m[t - 1], G, beta1)),
        Update(mprime[t], turned(transpose(qleft[t - 1]), m[t], qright[t - 1])),
        Update(u[t], average(v[t - 1], gprime[t] ** 2, beta2)),
        Update(nprime[t], mprime[t] / (sqrt(u[t]) + eps)),
        Update(n[t], turned(qleft[t - 1], nprime[t], transpose(qright[t - 1]))),
        Update(
            rate[t],
            Piecewise(
                (lr, Or(FIRST, Not(correct_bias))),
                (lr * sqrt(1 - beta2 ** (t - 1)) / (1 - beta1 ** (t - 1)), True),
            ),
        ),
        Update(
            theta[t],
            Piecewise(
                (theta[t - 1], FIRST),
                ((1 - lr * weight_decay) * (theta[t - 1] - rate[t] * n[t]), True),
            ),
        ),
        Update(w[t], Piecewise((shampoo_beta, shampoo_beta >= 0), (beta2, True))),
        Update(left[t], w[t] * left[t - 1] + (1 - w[t]) * matmul(G, transpose(G))),
        Update(right[t], w[t] * right[t - 1] + (1 - w[t]) * matmul(transpose(G), G)),
        Update(since[t], Mod(t - 1, precondition_frequency)),
        Update(
            ordered[t],
            Piecewise(
                (u[t], FIRST),
                (
                    transpose(descending(transpose(u[t]), estimated(left[t], qleft[t - 1]))),
                    LEFT & DUE,
                ),
                (u[t], True),
            ),
        ),
        Update(
            v[t],
            Piecewise(
                (ordered[t], FIRST),
                (descending(ordered[t], estimated(right[t], qright[t - 1])), RIGHT & DUE),
                (ordered[t], True),
            ),
        ),
        Update(qleft[t], basis(left[t], qleft[t - 1])),
        Update(qright[t], basis(right[t], qright[t - 1])),
    ],
)
