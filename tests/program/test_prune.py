"""What nothing reads is removed."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.branch import branch
from steprule.codegen.program.passes.hoist import hoist
from steprule.codegen.program.passes.prune import prune
from steprule.specs.language import (
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)
from sympy import Piecewise

lr, a, w, decay = hyperparameters("lr a w decay")
(flag,) = flags("flag")
m, n = states("m n")
x, y, z = intermediates("x y z")
G = grad(theta[t - 1])
P = theta[t - 1]


def test_statements_and_the_scalars_they_alone_read(make, text):
    updates = Update(x[t], G * (1 - w)), Update(theta[t], P - lr**2 * G)
    program = prune(hoist(lower(make(*updates))))
    assert text(program) == "step_size = lr**2\n---\ntheta[t] = theta - step_size * grad"


def test_within_a_case(make, text):
    updates = [
        Update(x[t], Piecewise((G, flag), (P, True))),
        Update(y[t], Piecewise((G, flag), (P, True))),
        Update(theta[t], P - y[t]),
    ]
    program = prune(branch(lower(make(*updates))))
    assert text(program) == (
        "---\nif flag:\n    y = grad\nelse:\n    y = theta\ntheta[t] = theta - y"
    )


def test_states_are_kept_whoever_reads_them(make, text):
    program = prune(lower(make(Update(m[t], G), Update(theta[t], P - G))))
    assert text(program) == "---\nm[t] = grad\ntheta[t] = theta - grad"
