"""Rule constraint: the defaults meet the constraints."""

from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    Constraint,
    Hyper,
    Option,
    flags,
    grad,
    hyperparameters,
    t,
    theta,
)
from sympy import Implies, Ne, Piecewise, Rational

(mu,) = hyperparameters("mu")
(nesterov,) = flags("nesterov")
g = grad(theta[t - 1])
HYPER = [Hyper(mu, "0", NON_NEGATIVE, "momentum"), Option(nesterov, "look ahead")]
USE = Piecewise((mu * g, nesterov), (g, True))


def test_met(step):
    constraint = Constraint(Implies(nesterov, mu > 0), "nesterov needs momentum")
    assert analyse(step(USE, hyper=HYPER, constraints=[constraint]))


def test_not_met(step, refused):
    constraint = Constraint(Ne(mu, 0), "momentum is needed")
    spec = step(USE, hyper=HYPER, constraints=[constraint])
    refused(spec, "constraint", "'momentum is needed'", "do not meet mu != 0", "Change a default")


def test_sums_are_compared_exactly(step, refused):
    met, not_met = (Constraint(mu + Rational(c) < Rational("0.3"), "small") for c in ("0.1", "0.2"))
    hyper = [Hyper(mu, "0.1", NON_NEGATIVE, "momentum")]
    assert analyse(step(mu * g, hyper=hyper, constraints=[met]))
    refused(step(mu * g, hyper=hyper, constraints=[not_met]), "constraint", "do not meet")


def test_option_needed(step, refused):
    spec = step(USE, hyper=HYPER, constraints=[Constraint(nesterov, "always look ahead")])
    refused(spec, "constraint", "do not meet nesterov")
