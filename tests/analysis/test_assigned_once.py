"""Rule assigned-twice: one equation a value."""

from steprule.codegen.analysis import analyse
from steprule.specs.language import Update, hyperparameters, states, t, theta

(lr,) = hyperparameters("lr")
(m,) = states("m")


def test_once(momentum):
    assert len(analyse(momentum()).updates) == 2


def test_twice(momentum, refused):
    updates = [*momentum().updates, Update(theta[t], theta[t - 1] + lr * m[t])]
    refused(
        momentum(updates=updates),
        "assigned-twice",
        "theta[t] = theta[t-1] + lr*m[t]",
        "already given by theta[t] = theta[t-1] - lr*m[t]",
        "Keep one",
    )
