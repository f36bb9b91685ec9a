"""Factors are held against what they must satisfy: any of many passes, and nothing else."""

from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
from flint import fmpq
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.load import load
from steprule.codegen.oracle.factors import Factored
from steprule.codegen.oracle.formats import FORMATS, to_exact
from steprule.codegen.oracle.reals import Real
from steprule.codegen.program.compiled import CompiledRule
from steprule.codegen.verify.optimizers.factors import judged
from steprule.codegen.verify.optimizers.implementations import implementations
from steprule.codegen.verify.optimizers.verify import trials, verify
from steprule.codegen.verify.package import generated
from steprule.codegen.verify.roundings import carried, halves

RNG = np.random.default_rng(5)
DRAWN = RNG.standard_normal((5, 5)) * 1e3
GRAM = DRAWN @ DRAWN.T
EXACT = {"eigenvectors": GRAM, "qr": DRAWN}


def factor(name, matrix):
    if name == "qr":
        return np.linalg.qr(matrix).Q
    return np.linalg.eigh(matrix).eigenvectors[:, ::-1]


def passes(found, name, matrix, dtype="float64", off=None):
    """Whether a factor is as near to one of a matrix as rounding allows."""
    form = FORMATS[dtype]
    if off is None:  # as a bound is of a matrix that is known: the roundings, and none before
        count = halves(name, [(matrix, 0.0)], of_arrays=True)
        off = np.full(matrix.shape, count * float(form.epsilon) / 2)
    distance, may = judged(found, Factored(name, to_exact(matrix)), off, form, form)
    return bool((distance <= may).all())


def rotated(q, i, j, angle):
    turn = np.eye(q.shape[1])
    turn[i, i] = turn[j, j] = np.cos(angle)
    turn[i, j], turn[j, i] = -np.sin(angle), np.sin(angle)
    return q @ turn


def test_a_number_that_no_ball_tells_from_a_power_of_two_is_no_hindrance():
    quarter = Real(lambda x: x.log().exp(), fmpq(1, 4))
    matrix = to_exact(np.diag([1.0, 0.0625]))
    matrix[0, 0] = quarter
    off = np.full((2, 2), 1e-16)
    assert passes(np.eye(2), "eigenvectors", matrix, off=off)
    assert not passes(np.eye(2)[::-1], "eigenvectors", matrix, off=off)  # 1/16 before 1/4


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", EXACT)
def test_any_factor_passes(name, dtype):
    matrix = EXACT[name].astype(dtype)
    signs = np.array([1, -1, -1, 1, -1])
    for q in (factor(name, matrix), factor(name, matrix) * signs):
        assert passes(q, name, matrix, dtype)
    singular = np.zeros((5, 5), dtype)
    singular[:2, :2] = matrix[:2, :2]
    for q in (factor(name, singular), rotated(factor(name, singular), 2, 4, 1.0).astype(dtype)):
        assert passes(q, name, singular, dtype)


@pytest.mark.parametrize("name", EXACT)
def test_what_is_no_factor_fails(name):
    matrix = EXACT[name]
    q = factor(name, matrix)
    for i, j in ((0, 1), (3, 4)):
        assert not passes(rotated(q, i, j, 1e-10), name, matrix)
        swapped = q.copy()
        swapped[:, [i, j]] = q[:, [j, i]]
        assert not passes(swapped, name, matrix)
    assert not passes(q * (1 + 1e-13), name, matrix)
    assert not passes(np.eye(5), name, matrix)
    assert not passes(np.full((5, 5), np.nan), name, matrix)
    off = 1e-8 * np.linalg.norm(matrix)
    other = factor(name, matrix + off * np.diag(np.arange(5.0)))
    assert not passes(other, name, matrix)
    # Unless the matrix is not known better itself.
    assert passes(other, name, matrix, off=np.full((5, 5), 1e-5))


def test_sizes_make_no_difference():
    for scale in (2.0**-900, 2.0**900):
        assert passes(factor("qr", DRAWN), "qr", DRAWN * scale)
        assert not passes(rotated(factor("qr", DRAWN), 0, 1, 1e-10), "qr", DRAWN * scale)


def test_an_order_that_is_open_bounds_by_what_any_of_the_columns_would_be():
    x, by = np.array([[1.0, 2.0, 4.0, 8.0]]), np.array([[3.0, 7.0, 3.5, 1.0]])
    known = carried("descending", None, [(x, np.full((1, 4), 0.25)), (by, np.zeros((1, 4)))])
    assert known.tolist() == [[0.25] * 4]
    found = carried("descending", None, [(x, np.zeros((1, 4))), (by, np.full((1, 4), 0.5))])
    assert found.tolist() == [[0.0, 3.0, 3.0, 0.0]]  # 3 and 3.5 may change places: columns 1 and 4


def test_eigenvalues_are_off_by_no_more_than_the_matrix_is():
    off = np.full((5, 5), 1e-3)
    bound = carried("eigenvalues", np.zeros((1, 5)), [(GRAM, off)])
    seen = 0.0
    for _ in range(50):
        error = np.tril(RNG.uniform(-1, 1, (5, 5)) * off)
        moved = np.linalg.eigvalsh(GRAM + error + np.tril(error, -1).T)
        seen = max(seen, np.abs(moved - np.linalg.eigvalsh(GRAM)).max())
    assert seen < bound.max() < 20 * seen


RULE = """
from sympy import Abs, Eq, Piecewise
from steprule.specs.language import (
    NON_NEGATIVE, UNIT, Hyper, Optimizer, State, Update, descending, diagonal, eigenvectors, grad,
    hyperparameters, intermediates, matmul, qr, rows, states, t, theta, transpose,
)
G = grad(theta[t - 1])
lr, w = hyperparameters("lr w")
L, Q = states("L Q")
(u,) = intermediates("u")
square = {"shape": (rows, rows), "init": 0}
rule = Optimizer(
    "Turned",
    summary="Steps in a basis that is found in the same step.",
    source="here",
    hyper=[Hyper(lr, "0.1", NON_NEGATIVE, "rate"), Hyper(w, "0.5", UNIT, "weight")],
    states=[State(s, key=s.name, **square) for s in (L, Q)],
    updates=[
        Update(L[t], w * L[t - 1] + (1 - w) * matmul(G, transpose(G))),
        Update(Q[t], Piecewise(
            (qr(matmul(L[t], descending(Q[t - 1], diagonal(L[t])))), Eq(t, 2)),
            (eigenvectors(L[t]), True),
        )),
        Update(u[t], matmul(transpose(Q[t]), G)),
        Update(theta[t], theta[t - 1] - lr * matmul(Q[t], u[t] / (1 + Abs(u[t])) + G)),
    ],
)
"""
"""What reads a factor at once, its signs too, and another factor that is made of it."""


@pytest.fixture(scope="module")
def rule(tmp_path_factory):
    file: Path = tmp_path_factory.mktemp("specs") / "turned.py"
    file.write_text(RULE)
    spec = analyse(load(str(file))[0])
    with generated(spec) as package:
        yield CompiledRule(spec), package


def verified(rule, ways):
    """The quantities that are further off than rounding explains, and all that were compared."""
    compiled, package = rule
    chosen = [i for i in implementations(compiled, package, "cpu", "float64") if i.backend in ways]
    few = [each for each in trials(compiled, "float64") if each[1].name in ("scalar", "jumps")]
    results = verify(compiled, chosen, few[:4])
    return {r.quantity for r in results if r.failure}, {(r.backend, r.quantity) for r in results}


def test_generated_code_goes_on_from_its_own_factors(rule):
    ways = ("numpy", "torch loop", "torch foreach")
    failures, compared = verified(rule, ways)
    assert not failures
    assert compared == {(way, name) for way in ways for name in ("theta", "L", "Q")}


def test_other_signs_are_as_right_and_another_order_is_not(rule):
    eigh = np.linalg.eigh

    def with_signs(x):
        values, vectors = eigh(x)
        return SimpleNamespace(eigenvalues=values, eigenvectors=-vectors)

    def falling(x):
        values, vectors = eigh(x)
        return SimpleNamespace(eigenvalues=values, eigenvectors=vectors[..., ::-1])

    for changed, failing in ((with_signs, set()), (falling, {"Q"})):
        with mock.patch.object(np.linalg, "eigh", changed):
            assert verified(rule, ("numpy",))[0] == failing
