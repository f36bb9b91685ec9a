"""What several equations compute alike is computed once."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.share import share
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
from sympy import Abs, Piecewise, sqrt

lr, a, w, decay = hyperparameters("lr a w decay")
(flag,) = flags("flag")
m, n = states("m n")
x, y, z = intermediates("x y z")
G = grad(theta[t - 1])
P = theta[t - 1]


def test_a_square(make, text):
    updates = Update(m[t], m[t - 1] + G**2), Update(theta[t], P - G**2 * m[t])
    program = share(lower(make(*updates)))
    assert text(program) == (
        "---\ngrad_squared = grad**2\nm[t] = m + grad_squared\n"
        "theta[t] = theta - m[t] * grad_squared"
    )


def test_the_largest_first(make, text):
    updates = Update(m[t], sqrt(Abs(G + P))), Update(theta[t], P - sqrt(Abs(G + P)))
    program = share(lower(make(*updates)))
    assert text(program) == (
        "---\nshared = sqrt(abs(theta + grad))\nm[t] = shared\ntheta[t] = theta - shared"
    )


def test_one_case_is_not_computed_for_the_other(make, text):
    cases = Piecewise((G**2, flag), (G, True))
    updates = Update(m[t], cases), Update(n[t], Piecewise((G**2 + P, flag), (P, True)))
    program = share(lower(make(*updates, Update(theta[t], P - m[t] * n[t]))))
    assert text(program) == (
        "---\nm[t] = select(flag, grad**2, grad)\nn[t] = select(flag, theta + grad**2, theta)\n"
        "theta[t] = theta - m[t] * n[t]"
    )


def test_a_case_before_does_not_count(make, text):
    updates = Update(m[t], Piecewise((G**2, flag), (G, True))), Update(theta[t], P - m[t] * G**2)
    program = share(lower(make(*updates)))
    assert text(program) == (
        "---\nm[t] = select(flag, grad**2, grad)\ntheta[t] = theta - m[t] * grad**2"
    )


def test_a_name_that_is_taken(make, text):
    (taken,) = intermediates("grad_squared")
    updates = Update(taken[t], G + 1), Update(m[t], G**2 * taken[t])
    program = share(lower(make(*updates, Update(theta[t], P - G**2))))
    assert "grad_squared2 = grad**2" in text(program)
