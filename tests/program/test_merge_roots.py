"""One root instead of two."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.merge_roots import merge_roots
from steprule.specs.language import Update, grad, hyperparameters, t, theta
from sympy import Abs, sqrt

lr, a = hyperparameters("lr a")
G = grad(theta[t - 1])
P = theta[t - 1]


def test_a_quotient_of_roots(make, text):
    program = merge_roots(lower(make(Update(theta[t], P - sqrt(Abs(P) + a) / sqrt(Abs(G) + a)))))
    assert text(program) == "---\ntheta[t] = theta - sqrt((abs(theta) + a) / (abs(grad) + a))"


def test_a_factor_beside_them(make, text):
    value = P - sqrt(Abs(P) + a) / sqrt(Abs(G) + a) * G
    program = merge_roots(lower(make(Update(theta[t], value))))
    expected = "theta - sqrt((abs(theta) + a) / (abs(grad) + a)) * grad"
    assert text(program) == f"---\ntheta[t] = {expected}"


def test_a_lone_root_stays(make):
    program = lower(make(Update(theta[t], P - G / sqrt(Abs(G) + a))))
    assert merge_roots(program) == program
