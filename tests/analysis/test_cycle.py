"""Rule cycle: the values at t can be computed one after another."""

from steprule.codegen.analysis import analyse
from steprule.specs.language import Update, grad, hyperparameters, intermediates, states, t, theta

lr, beta = hyperparameters("lr beta")
(m,) = states("m")
a, b = intermediates("a b")


def updates(last):
    return [
        Update(theta[t], theta[t - 1] - lr * a[t]),
        Update(a[t], beta * b[t]),
        Update(b[t], m[t] + grad(theta[t - 1])),
        Update(m[t], last),
    ]


def test_through_the_last_step(momentum):
    spec = momentum(updates=updates(m[t - 1] + theta[t - 1]))
    assert [u.target.name for u in analyse(spec).updates] == ["m", "b", "a", "theta"]


def test_within_the_step(momentum, refused):
    spec = momentum(updates=updates(m[t - 1] + a[t]))
    refused(spec, "cycle", "a[t] needs b[t] needs m[t] needs a[t]", "at t - 1")


def test_itself(momentum, refused):
    refused(momentum(updates=updates(beta * m[t])), "cycle", "m[t] = beta*m[t]", "m[t] needs m[t]")
