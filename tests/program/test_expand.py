"""Heads that a language lacks are written out in their best forms."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.expand import expand
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
from sympy import Abs

lr, a, w, decay = hyperparameters("lr a w decay")
(flag,) = flags("flag")
m, n = states("m n")
x, y, z = intermediates("x y z")
G = grad(theta[t - 1])
P = theta[t - 1]


def test_one_minus_power(make, text):
    program = expand(lower(make(Update(theta[t], one_minus_power(Abs(P), w)))))
    assert text(program) == "---\ntheta[t] = -expm1(w * log(abs(theta)))"


def test_on_the_host_one_minus_power_is_a_function(make, text):
    spec = make(Update(theta[t], P - one_minus_power(w, t) * G))
    assert expand(lower(spec)) == lower(spec)
