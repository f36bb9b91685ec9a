"""Rule argument: a constructor that can be written down."""

from dataclasses import replace

from steprule.codegen.analysis import analyse
from steprule.specs.language import REAL, Hyper, Option, flags, grad, hyperparameters, t, theta
from sympy import Piecewise

a, b, c = hyperparameters("a b c")
(flip,) = flags("flip")
A, B, C = (Hyper(s, "1", REAL, "") for s in (a, b, c))
PAIR = [replace(A, argument="pair"), replace(B, argument="pair")]
FLIP = Option(flip, "flip the sign", keyword=True)
g = grad(theta[t - 1])
USE = Piecewise((a * b * c * g, flip), (-g, True))


def test_in_a_row_and_keywords_last(step):
    assert analyse(step(USE, hyper=[*PAIR, C, FLIP]))


def test_scattered(step, refused):
    spec = step(USE, hyper=[PAIR[0], C, PAIR[1], FLIP])
    refused(spec, "argument", "hyperparameter b", "member of pair", "in a row")


def test_keyword_before_positional(step, refused):
    spec = step(USE, hyper=[*PAIR, FLIP, C])
    refused(spec, "argument", "hyperparameter c", "follows option flip", "before flip")
