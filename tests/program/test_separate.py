"""New values that stand for what another slot stores get memory of their own."""

from steprule.codegen.program.lower import lower
from steprule.codegen.program.passes.branch import branch
from steprule.codegen.program.passes.reuse_names import reuse_names
from steprule.codegen.program.passes.separate import separate
from steprule.codegen.program.passes.settle import settle
from steprule.specs.language import (
    State,
    Update,
    flags,
    grad,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
    transpose,
)
from sympy import Piecewise

lr, a, w, decay = hyperparameters("lr a w decay")
(flag,) = flags("flag")
m, n = states("m n")
x, y, z = intermediates("x y z")
G = grad(theta[t - 1])
P = theta[t - 1]


def separated(spec, text):
    return text(separate(settle(reuse_names(branch(lower(spec)))))).removeprefix("---\n")


def test_a_swap(make, text):
    updates = Update(m[t], n[t - 1]), Update(n[t], m[t - 1])
    assert separated(make(*updates, Update(theta[t], P - G * m[t])), text) == (
        "m_new = n\nn = copy(m)\ntheta = theta - m_new * grad\nm = copy(m_new)"
    )


def test_the_old_parameter_is_kept(make, text):
    updates = Update(m[t], P), Update(theta[t], P - G)
    assert separated(make(*updates), text) == "m = copy(theta)\ntheta = theta - grad"


def test_a_view_of_the_state_itself(make, text):
    updates = Update(m[t], transpose(m[t - 1])), Update(theta[t], P - m[t])
    assert separated(make(*updates), text) == "m = copy(transpose(m))\ntheta = theta - m"


def test_a_copy_in_one_case_alone(make, text):
    updates = Update(m[t], Piecewise((P, flag), (G + P, True))), Update(theta[t], P - m[t])
    assert separated(make(*updates), text) == (
        "if flag:\n    m = copy(theta)\nelse:\n    m = theta + grad\ntheta = theta - m"
    )


def test_the_gradient_may_be_kept_as_it_is(make, text):
    updates = Update(m[t], G), Update(theta[t], P - m[t])
    assert separated(make(*updates), text) == "m = grad\ntheta = theta - m"


def test_settled_where_the_state_exists(make, text):
    kept = [State(m, init=0, key="m", when=flag)]
    updates = Update(m[t], G), Update(theta[t], Piecewise((P - m[t - 1], flag), (P, True)))
    assert separated(make(*updates, states=kept), text) == (
        "if flag:\n    m_new = grad\n    theta = theta - m\nif flag:\n    m = m_new"
    )
