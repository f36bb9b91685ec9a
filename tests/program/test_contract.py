"""Sums of products become the calls torch has for them."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.choose_forms import choose_forms
from steprule.codegen.program.passes.collect_scalars import collect_scalars
from steprule.codegen.program.passes.contract import contract
from steprule.specs.language import (
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    lerp,
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


def contracted(spec, text):
    return text(contract(lower(spec))).removeprefix("---\n")


def test_a_scaled_tensor(make, text):
    assert contracted(make(Update(theta[t], P + a * G)), text) == "theta[t] = axpy(theta, grad, a)"
    assert contracted(make(Update(theta[t], P - a * G)), text) == "theta[t] = axpy(theta, grad, -a)"


def test_a_product(make, text):
    assert contracted(make(Update(theta[t], G + P * Abs(G))), text) == (
        "theta[t] = addcmul(grad, theta, abs(grad), 1)"
    )
    assert contracted(make(Update(theta[t], P - a * (G**2))), text) == (
        "theta[t] = addcmul(theta, grad, grad, -a)"
    )


def test_a_quotient(make, text):
    assert contracted(make(Update(theta[t], P - G / (Abs(P) + 1))), text) == (
        "theta[t] = addcdiv(theta, grad, 1 + abs(theta), -1)"
    )
    scaled = collect_scalars(lower(make(Update(theta[t], P - lr * G / (Abs(P) + 1)))))
    assert text(contract(scaled)) == "---\ntheta[t] = addcdiv(theta, grad, 1 + abs(theta), -lr)"


def test_a_product_that_comes_first(make, text):
    assert contracted(make(Update(theta[t], a * P + G)), text) == "theta[t] = axpy(grad, theta, a)"


def test_a_plain_sum_stays(make, text):
    assert contracted(make(Update(theta[t], P + G)), text) == "theta[t] = theta + grad"


def test_a_number_is_added_as_it_is(make, text):
    assert contracted(make(Update(theta[t], P + a * w)), text) == "theta[t] = theta + a * w"


def test_a_scalar_that_scales_the_first_of_the_factors(make, text):
    weighted = Update(theta[t], w * P + (1 - w) * G**2)
    program = contract(choose_forms(lower(make(weighted))))
    assert text(program) == "---\ntheta[t] = addcmul(w * theta, grad, grad, 1 - w)"


def test_an_average(make, text):
    assert contracted(make(Update(theta[t], lerp(P, G, w))), text) == (
        "theta[t] = axpy((1 - w) * theta, grad, w)"
    )
