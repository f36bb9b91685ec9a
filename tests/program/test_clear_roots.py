"""Bias correction leaves the root and meets the other scalars."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.clear_roots import clear_roots
from steprule.specs.language import Update, grad, hyperparameters, intermediates, t, theta
from sympy import Abs, sqrt

lr, a, w = hyperparameters("lr a w")
(x,) = intermediates("x")
G = grad(theta[t - 1])
P = theta[t - 1]


X = Update(x[t], Abs(G))


def test_a_divisor_in_the_root_is_cleared(make, text):
    update = Update(theta[t], P - G / (sqrt(x[t] / (1 - w)) + a))
    program = clear_roots(lower(make(X, update)))
    expected = "theta - grad * sqrt(1 - w) / (sqrt(x) + a * sqrt(1 - w))"
    assert text(program).endswith(f"theta[t] = {expected}")


def test_a_divisor_that_is_a_tensor_stays(make):
    update = Update(theta[t], P - G / (sqrt(x[t] / Abs(P)) + a))
    program = lower(make(X, update))
    assert clear_roots(program) == program


def test_without_a_term_beside_the_root_nothing_is_gained(make):
    program = lower(make(X, Update(theta[t], P - G / sqrt(x[t] / (1 - w)))))
    assert clear_roots(program) == program


def test_a_root_that_does_not_divide_stays(make):
    program = lower(make(X, Update(theta[t], P - G * (sqrt(x[t] / (1 - w)) + a))))
    assert clear_roots(program) == program


def test_a_root_that_a_scalar_multiplies_is_cleared_beside_it(make, text):
    program = clear_roots(lower(make(X, Update(theta[t], P - lr * sqrt(x[t] / (1 - w))))))
    assert text(program).endswith("theta[t] = theta - lr / sqrt(1 - w) * sqrt(x)")


def test_a_root_that_a_tensor_multiplies_stays(make):
    program = lower(make(X, Update(theta[t], P - G * sqrt(x[t] / (1 - w)))))
    assert clear_roots(program) == program
