"""A product scales its tensor once."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.collect_scalars import collect_scalars
from steprule.codegen.program.passes.inline import inline
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
from sympy import Abs, Max

lr, a, w, decay = hyperparameters("lr a w decay")
(flag,) = flags("flag")
m, n = states("m n")
x, y, z = intermediates("x y z")
G = grad(theta[t - 1])
P = theta[t - 1]


def test_scalars_meet(make, text):
    update = Update(theta[t], P - lr * (G / (1 - w)) / (Abs(P) + 1))
    program = collect_scalars(lower(make(update)))
    assert text(program) == "---\ntheta[t] = theta - lr / (1 - w) * (grad / (1 + abs(theta)))"


def test_nested_quotients(make, text):
    updates = Update(x[t], G / a), Update(theta[t], P - lr * x[t] / (Abs(P) + 1))
    program = collect_scalars(inline(lower(make(*updates))))
    assert text(program) == "---\ntheta[t] = theta - lr / a * (grad / (1 + abs(theta)))"


def test_a_lone_divisor_stays_one(make, text):
    program = collect_scalars(lower(make(Update(theta[t], P - G / a))))
    assert text(program) == "---\ntheta[t] = theta - grad / a"


def test_tensors_keep_their_order(make, text):
    updates = Update(x[t], P / Abs(G)), Update(theta[t], P - lr * x[t] * G)
    program = collect_scalars(inline(lower(make(*updates))))
    assert text(program) == "---\ntheta[t] = theta - lr * (theta / abs(grad) * grad)"


def test_a_scalar_over_a_tensor_rounds_once(make, text):
    program = collect_scalars(lower(make(Update(theta[t], P - lr / (Abs(G) + 1)))))
    assert text(program) == "---\ntheta[t] = theta - lr / (1 + abs(grad))"


def test_inside_functions(make, text):
    program = collect_scalars(lower(make(Update(theta[t], Max(a * (lr * G / (1 - w)), P)))))
    assert text(program) == "---\ntheta[t] = max(theta, lr * a / (1 - w) * grad)"
