"""Of forms equal in exact arithmetic, the one that rounds least."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.choose_forms import choose_forms
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
from sympy import Abs

lr, a, w, decay = hyperparameters("lr a w decay")
(flag,) = flags("flag")
m, n = states("m n")
x, y, z = intermediates("x y z")
G = grad(theta[t - 1])
P = theta[t - 1]


def test_one_minus_a_power_of_scalars(make, text):
    program = choose_forms(lower(make(Update(theta[t], P - G / (1 - w**t)))))
    assert text(program) == "---\ntheta[t] = theta - grad / one_minus_power(w, t)"


def test_one_minus_a_power_of_tensors_stays(make, text):
    program = choose_forms(lower(make(Update(theta[t], 1 - Abs(P) ** w))))
    assert text(program) == "---\ntheta[t] = 1 - abs(theta) ** w"


def test_averages_stay_sums_of_two_products(make, text):
    update = Update(m[t], w * m[t - 1] + (1 - w) * G)
    program = choose_forms(lower(make(update, Update(theta[t], P - m[t]))))
    assert text(program) == "---\nm[t] = w * m + (1 - w) * grad\ntheta[t] = theta - m[t]"


def test_a_scalar_meets_a_factor_before_the_square(make, text):
    program = choose_forms(lower(make(Update(theta[t], w * P + (1 - w) * G**2))))
    assert text(program) == "---\ntheta[t] = w * theta + (1 - w) * grad * grad"


def test_a_square_of_scalars_stays(make, text):
    program = choose_forms(lower(make(Update(theta[t], P - lr * w**2 * G))))
    assert text(program) == "---\ntheta[t] = theta - lr * w**2 * grad"
