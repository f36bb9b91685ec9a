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
from sympy import Eq, Piecewise, sqrt

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


def hoisted(value, text, make):
    host, _, body = text(hoist(lower(make(Update(theta[t], value))))).partition("\n---\n")
    return host, body


def test_a_scalar_of_one_branch_is_computed_where_that_is_taken(make, text):
    assert hoisted(Piecewise((P - lr * sqrt(t - 5) * G, t > 5), (P, True)), text, make) == (
        "step_size = select(t > 5, lr * sqrt(t - 5), 0)",
        "theta[t] = select(t > 5, theta - step_size * grad, theta)",
    )


def test_a_scalar_that_never_fails_is_computed_always(make, text):
    host, _ = hoisted(Piecewise((P - lr * a * G, t > 5), (P, True)), text, make)
    assert host == "step_size = lr * a"


def test_a_scalar_of_all_branches_is_computed_always(make, text):
    value = Piecewise((P - sqrt(lr) * G, t > 5), (P - sqrt(lr) * P, a > 0), (sqrt(lr) * G, True))
    host, _ = hoisted(value, text, make)
    assert host == "step_size = sqrt(lr)"


def test_a_scalar_of_two_branches_out_of_three(make, text):
    value = Piecewise((G * sqrt(a), a > 1), (G, flag), (P * sqrt(a), True))
    host, _ = hoisted(P - value, text, make)
    assert host == "grad_factor = select(a > 1 or not flag, sqrt(a), 0)"


def test_what_a_condition_compares_is_computed_where_it_is_asked(make, text):
    value = Piecewise((P, Eq(t, 3)), (G, 1 / (t - 3) > a), (-G, True))
    host, body = hoisted(value, text, make)
    assert host == "theta_factor = select(t != 3, 1 / (t - 3), 0)"
    assert "select(a < theta_factor, grad, -grad)" in body
