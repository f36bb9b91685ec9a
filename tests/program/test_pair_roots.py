"""Roots are divided by roots, whose quotient no float makes overflow."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.pair_roots import pair_roots
from steprule.specs.language import Update, grad, hyperparameters, t, theta
from sympy import Abs, sqrt

lr, a = hyperparameters("lr a")
G = grad(theta[t - 1])
P = theta[t - 1]


def test_a_factor_comes_after_the_quotient(make, text):
    value = P - sqrt(Abs(P) + a) / sqrt(Abs(G) + a) * G
    program = pair_roots(lower(make(Update(theta[t], value))))
    expected = "theta - sqrt(abs(theta) + a) / sqrt(abs(grad) + a) * grad"
    assert text(program) == f"---\ntheta[t] = {expected}"


def test_two_roots_stay_two(make):
    program = lower(make(Update(theta[t], P - sqrt(Abs(P) + a) / sqrt(Abs(G) + a))))
    assert pair_roots(program) == program


def test_a_lone_root_stays(make):
    program = lower(make(Update(theta[t], P - lr * G / sqrt(Abs(G) + a))))
    assert pair_roots(program) == program
