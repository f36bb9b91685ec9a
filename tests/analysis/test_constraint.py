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
from sympy import Implies, Ne, Piecewise

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


def test_option_needed(step, refused):
    spec = step(USE, hyper=HYPER, constraints=[Constraint(nesterov, "always look ahead")])
    refused(spec, "constraint", "do not meet nesterov")
