"""Rule decomposition: of which matrices, and who keeps a factor."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    State,
    Update,
    cols,
    descending,
    diagonal,
    eigenvalues,
    eigenvectors,
    grad,
    hyperparameters,
    identity,
    intermediates,
    iterate,
    matmul,
    norm,
    qr,
    rows,
    states,
    t,
    theta,
    total,
    transpose,
)
from sympy import And, Eq, Mod, Piecewise, sqrt

lr, w = hyperparameters("lr w")
L, Q = states("L Q")
o, since = intermediates("o since")
g = grad(theta[t - 1])
GRAM = matmul(g, transpose(g))
STEP = Update(theta[t], theta[t - 1] - lr * w * matmul(L[t], Q[t], g))
AVERAGE = Update(L[t], w * L[t - 1] + (1 - w) * GRAM)


def keeping(*updates, shape=(rows, rows)):
    return Optimizer(
        "Keeping", summary="Keeps.", source="here",
        hyper=[Hyper(lr, "1e-3", NON_NEGATIVE, "rate"), Hyper(w, "0.9", UNIT, "weight")],
        states=[State(s, init=0, key=s.name, shape=shape) for s in (L, Q)],
        updates=[*updates, STEP],
    )  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        qr(L[t]),
        qr(matmul(L[t], descending(Q[t - 1], diagonal(L[t])))),
        eigenvectors(L[t]),
        Piecewise((eigenvectors(L[t]), Eq(t, 1)), (qr(L[t]), w > 0), (Q[t - 1], True)),
        Piecewise(
            (Piecewise((qr(L[t]), And(t > 2, w > 0)), (Q[t - 1], True)), rows > cols), (L[t], True)
        ),
        Q[t - 1] * eigenvalues(L[t]),
    ],
)  # fmt: skip
def test_a_state_keeps_a_factor(value):
    assert analyse(keeping(AVERAGE, Update(Q[t], value)))


def test_a_case_can_be_told_by_a_number_that_has_a_name():
    case = Piecewise((qr(L[t]), Eq(since[t], 0)), (Q[t - 1], True))
    assert analyse(keeping(AVERAGE, Update(since[t], Mod(t - 1, 3)), Update(Q[t], case)))


@pytest.mark.parametrize(
    "value",
    [
        w * qr(L[t]),
        transpose(eigenvectors(L[t])),
        Piecewise((qr(L[t]), norm(g) > 1), (Q[t - 1], True)),
        iterate(2, L[t], lambda X: qr(X)),
    ],
)
def test_a_factor_that_no_state_keeps(value, refused):
    spec = keeping(AVERAGE, Update(Q[t], value))
    refused(spec, "decomposition", "gives one factor of many", "Q[t] = ", "Update(Q[t], ...)")


def test_a_factor_with_a_name_of_its_own(refused):
    spec = keeping(AVERAGE, Update(o[t], qr(L[t])), Update(Q[t], o[t]))
    refused(spec, "decomposition", "o[t] = qr(L[t])", "which no state keeps", "State(Q, init=0")


def test_a_case_that_waits_for_a_tensor_with_a_name(refused):
    case = Piecewise((qr(L[t]), o[t] > 0), (Q[t - 1], True))
    refused(keeping(AVERAGE, Update(o[t], norm(g)), Update(Q[t], case)), "decomposition")


@pytest.mark.parametrize(
    "matrix",
    [
        GRAM,
        matmul(matmul(transpose(Q[t - 1]), L[t]), Q[t - 1]),
        sqrt(L[t] ** 2) + norm(g) * identity(rows) / rows,
        Q[t - 1] + transpose(Q[t - 1]),
        matmul(Q[t - 1], GRAM) + matmul(GRAM, transpose(Q[t - 1])),
        Piecewise((L[t], w > 0), (identity(rows), True)),
        total(L[t]) * transpose(L[t]),
    ],
)
def test_what_is_symmetric(matrix):
    assert analyse(keeping(AVERAGE, Update(Q[t], eigenvectors(matrix))))


@pytest.mark.parametrize("head", [eigenvectors, eigenvalues])
@pytest.mark.parametrize(
    "matrix",
    [
        Q[t - 1],
        matmul(L[t], GRAM),
        L[t] + Q[t - 1],
        eigenvalues(L[t]) * L[t],
        matmul(g, transpose(theta[t - 1])),
        descending(L[t], diagonal(L[t])),
    ],
)
def test_what_is_not_known_to_be_symmetric(matrix, head, refused):
    value = head(matrix) if head is eigenvectors else Q[t - 1] * head(matrix)
    spec = keeping(AVERAGE, Update(Q[t], value))
    words = f"{head.__name__} is taken of what is not known to be symmetric", "(x + transpose(x))"
    refused(spec, "decomposition", *words)


def test_a_state_that_does_not_stay_symmetric(refused):
    spec = keeping(Update(L[t], matmul(L[t - 1], GRAM)), Update(Q[t], eigenvectors(L[t])))
    refused(spec, "decomposition", "not known to be symmetric: L[t]")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (qr(g), "qr is taken of a tensor: qr("),
        (eigenvectors(g), "eigenvectors is taken of a tensor"),
        (L[t] * eigenvalues(g), "eigenvalues is taken of a tensor"),
        (L[t] * diagonal(g), "diagonal is taken of a tensor"),
        (descending(L[t], L[t]), "of a value of shape (rows, rows) by a value of shape (rows, row"),
        (descending(g, diagonal(L[t])), "of a tensor by a value of shape (1, rows)"),
        (qr(w) * L[t], "qr is taken of a scalar"),
        (L[t] * eigenvalues(matmul(transpose(g), g)), "meets"),
    ],
)
def test_shapes(value, words, refused):
    refused(keeping(AVERAGE, Update(Q[t], value)), "shape", words)
