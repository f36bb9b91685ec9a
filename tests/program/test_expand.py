"""Heads that a language lacks are written out in their best forms."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.expand import expand, expand_scalars
from steprule.codegen.program.passes.hoist import hoist
from steprule.specs.language import (
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    lerp,
    one_minus_power,
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


def test_lerp(make, text):
    program = expand(lower(make(Update(theta[t], lerp(P, G, w)))))
    assert text(program) == "---\ntheta[t] = theta + w * (grad - theta)"


def test_one_minus_power(make, text):
    program = expand(lower(make(Update(theta[t], one_minus_power(Abs(P), w)))))
    assert text(program) == "---\ntheta[t] = -expm1(w * log(abs(theta)))"


def test_on_the_host_one_minus_power_is_a_function(make, text):
    spec = make(Update(theta[t], P - one_minus_power(w, t) * G))
    assert text(expand_scalars(expand(lower(spec)))) == text(lower(spec))


def test_on_the_host_lerp_is_an_expression(make, text):
    program = expand_scalars(hoist(lower(make(Update(theta[t], P - lerp(a, lr, w) * G)))))
    assert text(program) == "step_size = a + w * (lr - a)\n---\ntheta[t] = theta - step_size * grad"
