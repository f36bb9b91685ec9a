"""Rule python-condition: a condition is SymPy's, not Python's."""

from dataclasses import replace

from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    REAL,
    Constraint,
    Hyper,
    State,
    Update,
    grad,
    hyperparameters,
    states,
    t,
    theta,
)
from sympy import Ne, Piecewise

lr, mu = hyperparameters("lr mu")
(m,) = states("m")
MU = Hyper(mu, "0", REAL, "momentum")
UPDATES = [
    Update(m[t], mu * m[t - 1] + grad(theta[t - 1])),
    Update(theta[t], theta[t - 1] - lr * Piecewise((m[t], Ne(mu, 0)), (grad(theta[t - 1]), True))),
]


def valid(momentum):
    spec = momentum(updates=UPDATES, states=[State(m, 0, "m", when=Ne(mu, 0))])
    return replace(spec, hyper=(spec.hyper[0], MU))


def test_sympy_decides(momentum):
    spec = valid(momentum)
    assert analyse(spec) == spec


def test_python_decided(momentum, refused):
    spec = replace(valid(momentum), states=(State(m, 0, "m", when=mu != 0),))
    refused(spec, "python-condition", "when of state m", "Python's True", "Ne(x, 0)")


def test_python_decided_a_constraint(momentum, refused):
    spec = momentum(constraints=[Constraint(mu == 0, "mu is zero")])
    refused(spec, "python-condition", "constraint 'mu is zero'", "Python's False", "Eq(x, 0)")
