"""Terms that a hyperparameter of 0 switches off are skipped."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.skip_optional import skip_optional
from steprule.specs.language import (
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    norm,
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


def test_a_term(make, text):
    program = skip_optional(lower(make(Update(theta[t], P - lr * (G + decay * P)))))
    assert text(program) == (
        "---\ntheta[t] = select(decay != 0, theta - lr * (decay * theta + grad), theta - lr * grad)"
    )


def test_a_factor_that_becomes_one(make, text):
    program = skip_optional(lower(make(Update(theta[t], (1 - lr * decay) * P))))
    assert text(program) == "---\ntheta[t] = select(decay != 0, (1 - lr * decay) * theta, theta)"


def test_within_the_case_of_an_option(make, text):
    update = Update(x[t], Piecewise((G, flag), (G + decay * P, True)))
    program = skip_optional(lower(make(update, Update(theta[t], P - x[t]))))
    assert text(program) == (
        "---\nx = select(decay != 0 and not flag, decay * theta + grad, grad)\ntheta[t] = theta - x"
    )


def test_what_saves_no_work_on_tensors_stays(make, text):
    program = skip_optional(lower(make(Update(theta[t], P - (lr + decay) * G))))
    assert text(program) == "---\ntheta[t] = theta - (decay + lr) * grad"


def test_hyperparameters_that_are_not_optional(make, text):
    program = skip_optional(lower(make(Update(theta[t], P - a * G))))
    assert text(program) == "---\ntheta[t] = theta - a * grad"


def test_a_norm_is_not_left_with_a_number(make, text):
    program = skip_optional(lower(make(Update(theta[t], P - norm(decay * P) * G))))
    assert text(program) == "---\ntheta[t] = theta - norm(decay * theta) * grad"
