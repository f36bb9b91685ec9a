"""What depends on hyperparameters and the step alone is computed once, on the host."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.hoist import hoist
from steprule.specs.language import (
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    one_minus_power,
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


def test_names_say_what_scalars_are(make, text):
    update = Update(theta[t], P - G * lr**2)
    corrected = Update(m[t], (1 - w) * G / one_minus_power(w, t))
    program = hoist(lower(make(corrected, update)))
    assert text(program) == (
        "one_minus_w = 1 - w\none_minus_w_pow_t = one_minus_power(w, t)\n"
        "step_size = lr**2\n---\n"
        "m[t] = one_minus_w * grad / one_minus_w_pow_t\ntheta[t] = theta - step_size * grad"
    )


def test_equal_scalars_are_one(make, text):
    updates = Update(m[t], (1 - w) * G), Update(theta[t], P - (1 - w) * m[t])
    program = hoist(lower(make(*updates)))
    assert text(program) == (
        "one_minus_w = 1 - w\n---\nm[t] = one_minus_w * grad\ntheta[t] = theta - one_minus_w * m[t]"
    )


def test_a_name_that_is_taken(make, text):
    (taken,) = intermediates("one_minus_w")
    updates = Update(taken[t], G * P), Update(theta[t], P - (1 - w) * taken[t])
    program = hoist(lower(make(*updates)))
    assert text(program) == (
        "one_minus_w2 = 1 - w\n---\none_minus_w = theta * grad\n"
        "theta[t] = theta - one_minus_w2 * one_minus_w"
    )


def test_intermediate_scalars(make, text):
    updates = Update(x[t], lr / (1 + a * t)), Update(theta[t], P - x[t] * G)
    program = hoist(lower(make(*updates)))
    assert text(program) == "x = lr / (1 + a * t)\n---\ntheta[t] = theta - x * grad"


def test_a_state_that_takes_a_number_stays_a_tensor(make, text):
    program = hoist(lower(make(Update(m[t], a + 1), Update(theta[t], P - m[t]))))
    assert text(program) == "---\nm[t] = 1 + a\ntheta[t] = theta - m[t]"


def test_a_test_stays_where_it_is_made(make, text):
    program = hoist(lower(make(Update(theta[t], Piecewise((P, a > w), (G, True))))))
    assert text(program) == "---\ntheta[t] = select(a > w, theta, grad)"
